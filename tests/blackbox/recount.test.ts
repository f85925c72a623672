// The figures of the reports, counted again from the event log by another way: all events in memory, one conversation at a time, in the
// order of what happened. Several seeded months; late facts and imports that come out of order; then every figure must be equal.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { events, type LogEvent } from './log.ts'
import { compare, dateOf, DAY, ZONE } from './recounting.ts'
import { Client, Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const run = (...args: string[]) => {
  const r = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
}
const started: Service[] = []
after(async () => { for (const s of started) await s.end() })

async function desk(seed: number, now: string, ...more: string[]): Promise<[Service, Client, string]> {
  const service = new Service(), dir = join(service.dir, 'data')
  started.push(service)
  mkdirSync(service.dir, { recursive: true })
  run('demo', '--month', '--data', dir, '--seed', String(seed), '--now', now, '--agents', '5', ...more)
  return [service, new Client(service), dir]
}
const signIn = async (c: Client) => { const r = await c.post('/login', { job_number: '001', password: 'guiju-demo' }); assert.equal(r.status, 200); c.signedIn(r) }

for (const [seed, now] of [[1, '2026-03-31 15:10'], [2, '2026-02-14 23:40'], [3, '2025-12-31 02:00']] as const)
  test(`month of seed ${seed}: whole, by parts, across the month's end`, async () => {
    const [service, owner, dir] = await desk(seed, now, '--conversations', '700')
    await service.start()
    await signIn(owner)
    const log = events(dir), last = dateOf(log.at(-1)!.at), month = last.slice(0, 8) + '01'
    await compare(owner, log, month, last)
    await compare(owner, log, dateOf(Date.parse(month) - ZONE - 10 * DAY), last)
    await compare(owner, log, dateOf(Date.parse(last) - ZONE - 6 * DAY), dateOf(Date.parse(last) - ZONE - 2 * DAY))
  })

test('late facts out of order move the figures to what a recount says, and a rebuild agrees', async () => {
  const [service, owner, dir] = await desk(5, '2026-03-31 15:10', '--conversations', '400')
  const log = events(dir), lines: string[] = []
  const talks = log.filter((e) => e.kind === 'conversation.closed' && e.data.agent && e.at > Date.parse('2026-03-02')).slice(0, 60)
  talks.forEach((e, i) => {
    const said = log.filter((x) => x.data.conversation === e.data.conversation && (x.kind === 'conversation.customer_spoke' || x.kind === 'conversation.agent_replied'))
    const first = said[0]!, middle = said[said.length >> 1]!
    const agent = e.data.agent, put = (kind: string, at: number, data: object, by: string) => lines.push(JSON.stringify({ kind, at, by, id: `late:${i}:${lines.length}`, data: { conversation: e.data.conversation, ...data } }))
    if (i % 4 === 0) put('conversation.agent_replied', first.at + 700, { agent, text: '补录：您好' }, agent) // now it is the first reply
    if (i % 4 === 1) put('conversation.customer_spoke', first.at - 30_000, { customer: e.data.customer, text: '补录：在吗' }, e.data.customer) // now it began to wait earlier
    if (i % 4 === 2) { put('conversation.customer_spoke', middle.at + 1, { customer: e.data.customer, text: '补录' }, e.data.customer); put('conversation.agent_replied', middle.at - 1, { agent, text: '补录' }, agent) }
    if (i % 4 === 3) put('conversation.customer_spoke', e.at - 1, { customer: e.data.customer, text: '补录：还有一句' }, e.data.customer) // now it was left without an answer
  })
  const file = join(service.dir, 'late.jsonl')
  writeFileSync(file, lines.join('\n'))
  run('import', '--data', dir, 'events', file)
  assert.ok(lines.length > 60)
  run('rebuild', '--check', '--data', dir)
  await service.start()
  await signIn(owner)
  await compare(owner, events(dir), '2026-03-01', '2026-03-31')
  await compare(owner, events(dir), '2026-03-05', '2026-03-22')
  rmSync(file)
})

test('joined conversations count where their messages are, parted again where they were; a changed rating counts once', async () => {
  const service = started[0]!, owner = new Client(service)
  await signIn(owner)
  const dir = join(service.dir, 'data')
  await service.stop()
  const log = events(dir), closed = log.filter((e) => e.kind === 'conversation.closed' && e.data.agent && e.at > Date.parse('2026-03-02')), byCustomer = new Map<string, LogEvent[]>()
  const last = log.at(-1)!.at, lines: string[] = []
  const put = (kind: string, at: number, data: object, by = '') => lines.push(JSON.stringify({ kind, at, by, id: `join:${lines.length}`, data }))
  for (const e of closed) byCustomer.set(e.data.customer, [...(byCustomer.get(e.data.customer) ?? []), e])
  const agent = closed[0]!.data.agent
  for (let i = 0; i < 12; i++) { // pairs of talks of one customer: one waits, was answered late or never; some are parted again
    const c = `join-c${i}`, a = `join-a${i}`, b = `join-b${i}`, at = last - 3_600_000 + i * 60_000
    put('conversation.started', at, { conversation: a, customer: c, channel: i % 2 ? '网页' : '邮件' })
    put('conversation.started', at + 1000, { conversation: b, customer: c, channel: '网页' })
    put('conversation.customer_spoke', at + 1500, { conversation: a, customer: c, text: '在吗' })
    put('conversation.customer_spoke', at + 2500, { conversation: b, customer: c, text: '还有一件事' })
    if (i % 3) put('conversation.agent_replied', at + 20_000, { conversation: i % 3 === 1 ? a : b, agent, text: '您好' }, agent)
    if (i % 4 === 0) put('conversation.customer_spoke', at + 25_000, { conversation: a, customer: c, text: '好的' })
    put('conversation.closed', at + 30_000, { conversation: a, customer: c, agent, reason: '并入另一段' })
    put('conversation.merged', at + 30_000, { conversation: a, into: b, person: agent, customer: c })
    if (i % 2) put('conversation.unmerged', at + 40_000, { conversation: a, into: b, person: agent, customer: c })
    put('conversation.agent_replied', at + 50_000, { conversation: b, agent, text: '都办好了' }, agent)
    put('conversation.closed', at + 55_000, { conversation: b, customer: c, agent, reason: '办完' })
    for (const stars of [2, 5]) put('conversation.rated', at + 56_000 + stars, { conversation: b, customer: c, stars })
  }
  const file = join(service.dir, 'joined.jsonl')
  writeFileSync(file, lines.join('\n'))
  run('import', '--data', dir, 'events', file)
  run('rebuild', '--check', '--data', dir)
  await service.start()
  await signIn(owner)
  const r = (await owner.get('/reports/reception?from=2026-03-01&to=2026-03-31')).body
  await compare(owner, events(dir), '2026-03-01', '2026-03-31')
  const all = async (what: string) => (await owner.get(`/reports/conversations?from=2026-03-01&to=2026-03-31&limit=200&what=${what}`)).body.items
  assert.ok((await all('stars')).filter((x: any) => x.id.startsWith('join-b')).every((x: any) => x.stars === 5))
  const left = await all('left')
  assert.ok(left.length > 0 && left.length <= r.total.left)
})

test('a message that an import brings after its answer starts no wait; one after the answer does, since it was said', async () => {
  const service = started[0]!, owner = new Client(service), dir = join(service.dir, 'data')
  await signIn(owner)
  await service.stop()
  const at = events(dir).at(-1)!.at - 7_200_000, agent = events(dir).find((e) => e.kind === 'conversation.closed' && e.data.agent)!.data.agent, lines: string[] = []
  const put = (kind: string, ms: number, data: object, by = '') => lines.push(JSON.stringify({ kind, at: at + ms, by, id: `wait:${lines.length}`, data }))
  for (const id of ['wait-a', 'wait-b', 'wait-c']) {
    put('conversation.started', 0, { conversation: id, customer: 'wait-1', channel: '网页' })
    put('conversation.customer_spoke', 1_000, { conversation: id, customer: 'wait-1', text: '在吗' })
    put('conversation.agent_replied', 30_000, { conversation: id, agent, text: '在的' }, agent)
  }
  put('conversation.customer_spoke', 20_000, { conversation: 'wait-a', customer: 'wait-1', text: '答复之前说的，后来才到' })
  put('conversation.customer_spoke', 60_000, { conversation: 'wait-b', customer: 'wait-1', text: '还有' })
  put('conversation.customer_spoke', 45_000, { conversation: 'wait-b', customer: 'wait-1', text: '更早的一句，后来才到' })
  put('conversation.customer_spoke', 60_000, { conversation: 'wait-c', customer: 'wait-1', text: '还有' })
  put('conversation.agent_replied', 50_000, { conversation: 'wait-c', agent, text: '答前一句的，后来才到' }, agent)
  const file = join(service.dir, 'wait.jsonl')
  writeFileSync(file, lines.join('\n'))
  run('import', '--data', dir, 'events', file)
  run('rebuild', '--check', '--data', dir)
  await service.start()
  await signIn(owner)
  const wait = async (id: string) => (await owner.get(`/conversations/${id}`)).body.wait_since_ms
  assert.equal(await wait('wait-a'), null)
  assert.equal(await wait('wait-b'), at + 45_000)
  assert.equal(await wait('wait-c'), at + 60_000)
})

test('the list behind a figure has as many conversations as the figure says', async () => {
  const owner = new Client(started[0]!)
  await signIn(owner)
  const q = 'from=2026-03-01&to=2026-03-31', r = (await owner.get(`/reports/reception?${q}`)).body
  const all = async (more: string) => {
    let n = 0, after = ''
    do { const page = (await owner.get(`/reports/conversations?${q}&limit=200&${more}${after && `&after=${after}`}`)).body; n += page.items.length; after = page.next ?? '' } while (after)
    return n
  }
  const row = r.rows.find((x: any) => x.received > 20)
  assert.equal(await all(`what=first&agent=${row.key}`), row.received)
  assert.equal(await all('what=took'), r.total.ended)
  assert.equal(await all('what=deal'), r.total.deals)
  assert.equal(await all('what=stars'), r.total.rated)
  assert.equal(await all('what=never'), r.total.first.never)
  assert.equal(await all('what=left'), r.total.left)
  const shifts = (await owner.get(`/reports/reception?${q}&by=shift`)).body.rows.filter((x: any) => x.received > 20)
  assert.ok(shifts.length > 1, 'there are shifts')
  for (const s of shifts) assert.equal(await all(`what=first&shift=${encodeURIComponent(s.key || '-')}`), s.received, `shift ${s.key}`)
  const step = r.total.first_steps.findIndex((n: number) => n > 5)
  assert.equal(await all(`what=first&step=${step}`), r.total.first_steps[step])
})

test('who may not see all sees only their own; nonsense is refused', async () => {
  const service = started[0]!, agent = new Client(service), owner = new Client(service)
  const r = await agent.post('/login', { job_number: '101', password: 'guiju-demo' })
  agent.signedIn(r)
  await signIn(owner)
  const own = (await agent.get('/reports/reception?from=2026-03-01&to=2026-03-31')).body
  assert.deepEqual(own.rows.map((x: any) => x.name), ['林晓'])
  assert.equal((await agent.get('/reports/workload')).status, 403)
  assert.equal((await agent.get('/reports/reception?by=tag')).status, 403)
  assert.equal((await owner.get('/reports/reception?from=2026-03-31&to=2026-03-01')).status, 400)
  assert.equal((await owner.get('/reports/reception?by=moon')).status, 400)
  assert.equal((await owner.get('/reports/conversations?what=moon')).status, 400)
})
