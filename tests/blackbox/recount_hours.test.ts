// Waits in service hours, counted again from the log by another way: a seeded month with hours that are set, changed, taken away and set
// again, a holiday and a make-up day; late facts out of order; and the rulebook's own hours.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { csvRows, isChinese } from './files.ts'
import { events, type LogEvent } from './log.ts'
import { compare, dateOf, DAY } from './recounting.ts'
import { Client, Service, password } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const run = (...args: string[]) => {
  const r = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
  return r.stdout
}
const started: Service[] = []
after(async () => { for (const s of started) await s.end() })
const at = (text: string) => Date.parse(`${text}+08:00`)
const kinds = /^(conversation\.(started|customer_spoke|agent_replied|assigned|picked_up|transferred|closed|rated|tagged)|order\.completed)$/
const week = (day: string[][], weekend: string[][], holiday: string[][], makeUp: string[][]) => [...Array(5).fill(day), weekend, weekend, holiday, makeUp]
const hours = (days: unknown) => ({ item: 'service', new: JSON.stringify({ days, first_s: 60, next_s: 0, resolve_s: 0, only_hours: true, wait_pauses: true }) })

/** The talk of a seeded month in a desk of its own, with `more` said in between at its time. */
async function desk(seed: number, more: (from: number) => { at: number; kind: string; data: object }[]): Promise<{ service: Service; owner: Client; dir: string }> {
  const source = new Service(), service = new Service(), dir = join(service.dir, 'data'), file = join(service.dir, 'month.jsonl')
  started.push(source, service)
  run('demo', '--month', '--data', join(source.dir, 'data'), '--seed', String(seed), '--now', '2026-04-30 15:10', '--agents', '4', '--conversations', '600')
  const talk = events(join(source.dir, 'data')).filter((e) => kinds.test(e.kind))
  await service.startAt(talk[0]!.at - DAY)
  await service.setUp()
  await service.stop()
  const lines = [...talk.map((e) => ({ kind: e.kind, at: e.at, by: e.by, id: 'm:' + e.id, data: e.data })), ...more(talk[0]!.at).map((e, i) => ({ ...e, by: '', id: 's:' + i }))]
  lines.sort((a, b) => a.at - b.at) // stable: what was said at one moment keeps its order
  writeFileSync(file, lines.map((l) => JSON.stringify(l)).join('\n'))
  run('import', '--data', dir, 'events', file)
  writeFileSync(join(service.dir, 'clock'), String(at('2026-05-01T00:30:00')))
  await service.start('--clock', join(service.dir, 'clock'))
  const owner = new Client(service)
  assert.equal((await owner.login('001', password)).status, 200)
  return { service, owner, dir }
}
const total = async (owner: Client, q: string) => (await owner.get('/reports/reception?' + q)).body

let first: { service: Service; owner: Client; dir: string }
test('a month whose hours change: every grouping, whole and by parts, is what a recount says', async () => {
  first = await desk(7, (from) => [
    { at: from + 3 * DAY + 1, kind: 'desk.changed', data: hours(week([['09:00', '12:00'], ['13:30', '18:00']], [], [], [['09:00', '17:00']])) },
    { at: from + 8 * DAY, kind: 'calendar.changed', data: { year: 2026, holidays: [dateOf(from + 9 * DAY), dateOf(from + 10 * DAY), dateOf(from + 22 * DAY)], make_up: [dateOf(from + 11 * DAY)] } },
    { at: from + 12 * DAY + 7, kind: 'desk.changed', data: hours(week([['20:00', '02:00'], ['09:00', '12:30']], [['00:00', '24:00']], [['10:00', '10:01']], [])) },
    { at: from + 18 * DAY, kind: 'desk.changed', data: hours(null) },
    { at: from + 20 * DAY, kind: 'desk.changed', data: hours(week([['08:00', '20:00']], [['10:00', '16:00']], [], [['08:00', '20:00']])) },
  ])
  const log = events(first.dir), from = dateOf(log.find((e) => e.kind === 'conversation.started')!.at), last = dateOf(log.at(-1)!.at)
  await compare(first.owner, log, from, last)
  await compare(first.owner, log, dateOf(Date.parse(from) + 5 * DAY), dateOf(Date.parse(from) + 14 * DAY))
  const { total: t, hours: said, definitions } = await total(first.owner, `from=${from}&to=${last}`)
  assert.ok(t.service.first.n > 100 && t.service.first.n < t.first.n, `some in hours, some before any were set: ${t.service.first.n} of ${t.first.n}`)
  assert.ok(t.service.took.mean_ms < t.took.mean_ms)
  assert.deepEqual(said.map((x: any) => [x.by, x.days[0]]), [['desk', [['09:00', '12:00'], ['13:30', '18:00']]], ['desk', [['09:00', '12:30'], ['20:00', '02:00']]], ['desk', [['08:00', '20:00']]]], 'the report prints what it was measured by')
  for (const id of ['first_reply_service.v1', 'reply_service.v1', 'resolution_service.v1']) assert.ok(definitions.some((d: any) => d.id === id && d.zh && d.en), id)
  const customer = log.find((e) => e.kind === 'conversation.started' && e.at > Date.parse(from) + 6 * DAY)!.data.customer
  await compare(first.owner, log, from, last, `&customer=${encodeURIComponent(customer)}`, (g) => g.customer === customer)
  const csv = (await first.owner.get(`/reports/reception.csv?from=${from}&to=${last}`)).text
  assert.match(csv, /首次回复中位（服务时间，秒）/)
  const english = (await first.owner.get(`/reports/reception.csv?from=${from}&to=${last}&language=en`)).text, cells = (text: string) => csvRows(text).slice(1)
  assert.deepEqual(csvRows(english)[0]!.filter((h) => h.includes('service hours')), ['First reply, median (service hours, s)', 'First reply, 9 in 10 (service hours, s)', 'Reply, 9 in 10 (service hours, s)', 'Duration, median (service hours, s)'])
  assert.ok(!csvRows(english)[0]!.some(isChinese))
  assert.deepEqual(cells(english), cells(csv), 'figure for figure the Chinese one')
  const early = await total(first.owner, `from=${from}&to=${from}`)
  assert.deepEqual([early.hours, early.total.service], [[], null], 'no hours, no figures in hours')
  assert.ok(!(await first.owner.get(`/reports/reception.csv?from=${from}&to=${from}`)).text.includes('服务时间'))
})

test('the list behind a bar of service hours has as many conversations as the bar', async () => {
  const { owner, dir } = first, log = events(dir), q = `from=${dateOf(log.find((e) => e.kind === 'conversation.started')!.at)}&to=${dateOf(log.at(-1)!.at)}`
  const t = (await total(owner, q)).total
  const all = async (more: string) => {
    let n = 0, next = ''
    do { const page = (await owner.get(`/reports/conversations?${q}&limit=200&${more}${next && `&after=${next}`}`)).body; n += page.items.length; next = page.next ?? '' } while (next)
    return n
  }
  for (const what of ['first', 'took'] as const) {
    const steps: number[] = t.service[what + '_steps'], busiest = steps.indexOf(Math.max(...steps))
    assert.equal(await all(`what=${what}&clock=service&step=${busiest}`), steps[busiest], what)
    assert.equal(await all(`what=${what}&clock=service`), t.service[what].n - t.service[what].never - t.service[what].open, what)
    assert.equal(await all(`what=${what}&step=${busiest}`), t[what + '_steps'][busiest], 'by the wall clock as before')
  }
})

test('late facts move the waits in service hours too, by the hours of their time; a rebuild agrees', async () => {
  const { service, owner, dir } = first, log = events(dir), lines: object[] = []
  await service.stop()
  const talks = log.filter((e) => e.kind === 'conversation.closed' && e.data.agent).slice(20, 100)
  talks.forEach((e, i) => {
    const said = log.filter((x: LogEvent) => x.data.conversation === e.data.conversation && (x.kind === 'conversation.customer_spoke' || x.kind === 'conversation.agent_replied')), one = said[0]!, middle = said[said.length >> 1]!
    const put = (kind: string, ms: number, data: object, by: string) => lines.push({ kind, at: ms, by, id: `late:${lines.length}`, data: { conversation: e.data.conversation, ...data } })
    if (i % 4 === 0) put('conversation.agent_replied', one.at + 700, { agent: e.data.agent, text: '补录：您好' }, e.data.agent)
    if (i % 4 === 1) put('conversation.customer_spoke', one.at - 5 * 3600_000, { customer: e.data.customer, text: '补录：在吗' }, e.data.customer)
    if (i % 4 === 2) put('conversation.customer_spoke', middle.at + 1, { customer: e.data.customer, text: '补录' }, e.data.customer)
    if (i % 4 === 3) put('conversation.customer_spoke', e.at - 1, { customer: e.data.customer, text: '补录：还有一句' }, e.data.customer)
  })
  const file = join(service.dir, 'late.jsonl')
  writeFileSync(file, lines.map((l) => JSON.stringify(l)).join('\n'))
  run('import', '--data', dir, 'events', file)
  run('rebuild', '--check', '--data', dir)
  await service.start('--clock', join(service.dir, 'clock'))
  assert.equal((await owner.login('001', password)).status, 200)
  const all = events(dir), from = dateOf(all.find((e) => e.kind === 'conversation.started')!.at), last = dateOf(all.at(-1)!.at)
  await compare(owner, all, from, '2026-04-30')
  assert.ok(last >= from)
})

test('who waits now is counted with the open time so far', async () => {
  const { service, owner, dir } = first, file = join(service.dir, 'now.jsonl'), friday = at('2026-05-01T19:59:00')
  await service.stop()
  writeFileSync(file, [{ kind: 'conversation.started', at: friday - 1000, by: '', id: 'n:1', data: { conversation: 'now-1', customer: 'now-c', channel: '网页' } }, { kind: 'conversation.customer_spoke', at: friday, by: '', id: 'n:2', data: { conversation: 'now-1', customer: 'now-c', text: '在吗' } }].map((l) => JSON.stringify(l)).join('\n'))
  run('import', '--data', dir, 'events', file)
  writeFileSync(join(service.dir, 'clock'), String(at('2026-05-02T09:00:00')))
  await service.start('--clock', join(service.dir, 'clock'))
  assert.equal((await owner.login('001', password)).status, 200)
  const { total: t, scale_ms } = await total(owner, 'from=2026-05-01&to=2026-05-01')
  const step = (ms: number) => scale_ms.findIndex((s: number) => ms <= s)
  assert.deepEqual([t.first_steps.findIndex((n: number) => n), t.service.first_steps.findIndex((n: number) => n)], [step(13 * 3600_000 + 60_000), step(60_000)], '13 hours on the wall, a minute of service')
})
