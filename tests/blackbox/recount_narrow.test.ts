// Reports narrowed to customers, levels of customers and tags, two spans beside each other, and what stands behind the conversion of
// inquiries: every figure again by a recount from the event log.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { events, type LogEvent } from './log.ts'
import { compare, count, DAY, grains, sums, type Grain } from './recounting.ts'
import { Client, Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const run = (...args: string[]) => {
  const r = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
}
const service = new Service(), owner = new Client(service), dir = join(service.dir, 'data')
const FROM = '2026-03-01', TO = '2026-03-31', q = `from=${FROM}&to=${TO}`
let log: LogEvent[], levelOf: Map<string, string>, busiest: string
const get = async (path: string) => { const r = await owner.get(path); assert.equal(r.status, 200, path + r.text); return r.body }

before(async () => {
  mkdirSync(service.dir, { recursive: true })
  run('demo', '--month', '--data', dir, '--seed', '11', '--now', '2026-03-31 15:10', '--agents', '5', '--conversations', '600')
  const was = events(dir), lines: string[] = [], last = was.at(-1)!.at, visits = new Map<string, number>()
  const put = (kind: string, at: number, data: object, by = '') => lines.push(JSON.stringify({ kind, at, by, id: `narrow:${lines.length}`, data }))
  for (const e of was) if (e.kind === 'conversation.started') visits.set(e.data.customer, (visits.get(e.data.customer) ?? 0) + 1)
  busiest = [...visits].sort((a, b) => b[1] - a[1])[0]![0]
  // every customer has one of two levels, one in three a tag: the parts must add up to the whole
  levelOf = new Map([...visits.keys()].map((c, i) => [c, i % 3 ? '普通' : '金卡']))
  for (const [c, level] of levelOf) put('customer.changed', last, { customer: c, item: '等级', new: level })
  // the busiest customer orders while being served, and once again after it, not through anybody's talk
  const talk = was.filter((e) => e.kind === 'conversation.closed' && e.data.agent && e.data.customer === busiest && e.at > Date.parse('2026-03-03') && e.at < last - 3 * DAY).at(-1)
  assert.ok(talk, 'the busiest customer was served')
  for (const [i, at] of [talk.at - 1000, talk.at + 2 * DAY].entries()) {
    const order = `narrow-o${i}`
    put('order.placed', at, { order, customer: busiest, agent: talk.data.agent, amount: '12.50' })
    put('order.paid', at + 1, { order, customer: busiest, agent: talk.data.agent, amount: '12.50' })
    put('order.completed', at + 2, { order, customer: busiest, agent: talk.data.agent, amount: '12.50' })
  }
  const file = join(service.dir, 'narrow.jsonl')
  writeFileSync(file, lines.join('\n'))
  run('import', '--data', dir, 'events', file)
  run('rebuild', '--check', '--data', dir)
  await service.start()
  owner.signedIn(await owner.post('/login', { job_number: '001', password: 'guiju-demo' }))
  log = events(dir)
})
after(() => service.end())

test('a level of customers, one customer, a tag beside other groupings: as a recount says', async () => {
  await compare(owner, log, FROM, TO)
  await compare(owner, log, FROM, TO, `&level=${encodeURIComponent('金卡')}`, (g) => levelOf.get(g.customer) === '金卡')
  await compare(owner, log, '2026-03-05', '2026-03-19', `&level=${encodeURIComponent('金卡')}`, (g) => levelOf.get(g.customer) === '金卡')
  await compare(owner, log, FROM, TO, `&customer=${busiest}`, (g) => g.customer === busiest)
  const tags = (await get(`/reports/reception?${q}&by=tag`)).rows
  const tag: string = tags.find((t: any) => t.ended > 5)!.key
  await compare(owner, log, FROM, TO, `&tag=${encodeURIComponent(tag)}`, (g) => g.tags.includes(tag))
  const channel: string = (await get(`/reports/reception?${q}&by=channel`)).rows[0].key, agent: string = (await get(`/reports/reception?${q}`)).rows[0].key
  const both = (g: Grain) => levelOf.get(g.customer) === '普通' && g.agent === agent
  await compare(owner, log, FROM, TO, `&level=${encodeURIComponent('普通')}&agent=${agent}`, both)
  await compare(owner, log, FROM, TO, `&channel=${encodeURIComponent(channel)}&level=${encodeURIComponent('普通')}`, (g) => levelOf.get(g.customer) === '普通' && (g.channel === channel || g.start === undefined))
})

test('two levels that share all customers add up to everybody, by every grouping', async () => {
  for (const by of ['agent', 'shift', 'channel', 'tag', 'day']) {
    const [all, one, other] = await Promise.all(['', `&level=${encodeURIComponent('金卡')}`, `&level=${encodeURIComponent('普通')}`].map((n) => get(`/reports/reception?${q}&by=${by}${n}`)))
    const rows = (r: any) => new Map<string, any>(r.rows.map((x: any) => [x.key, x]))
    const [a, b] = [rows(one), rows(other)], zero = { received: 0, ended: 0, left: 0, rated: 0, deals: 0, orders: 0, fen: 0, transfers: 0 } as any
    assert.ok(all.rows.length > 1 && a.size > 0 && b.size > 0, by)
    for (const x of all.rows) for (const k of Object.keys(zero)) assert.equal((a.get(x.key) ?? zero)[k] + (b.get(x.key) ?? zero)[k], x[k], `${by} ${x.key} ${k}`)
  }
  const segments = await get('/reports/segments')
  assert.deepEqual(segments.levels.map((l: any) => l.key).sort(), ['普通', '金卡'].sort())
})

test('by tag, narrowed to a channel, an agent or a customer', async () => {
  const all = grains(log, (await get(`/reports/reception?${q}`)).scale_ms)
  const ended = (tag: string, which: (t: { channel: string; agent: string; customer: string }) => boolean) => {
    const s = sums(), from = Date.parse('2026-02-28T16:00:00Z'), to = Date.parse('2026-03-31T16:00:00Z')
    for (const g of all) if (g.tags.includes(tag) && g.start! >= from && g.start! < to && which(g)) g.add(s)
    return s
  }
  const channels = (await get(`/reports/reception?${q}&by=channel`)).rows.map((x: any) => x.key).filter(Boolean)
  for (const c of channels) for (const x of (await get(`/reports/reception?${q}&by=tag&channel=${encodeURIComponent(c)}`)).rows) {
    const s = ended(x.key, (t) => t.channel === c)
    assert.deepEqual([x.ended, x.deals, x.rated], [s.took.n, s.deals, s.rated], `${c} ${x.key}`)
  }
  for (const x of (await get(`/reports/reception?${q}&by=tag&customer=${busiest}`)).rows) assert.equal(x.ended, ended(x.key, (t) => t.customer === busiest).took.n)
})

test('two spans beside each other: each is what it is alone, by every grouping; nonsense is refused with the way out', async () => {
  for (const by of ['agent', 'channel', 'shift', 'day', 'tag']) for (const narrow of ['', `&level=${encodeURIComponent('金卡')}`]) {
    const r = await get(`/reports/reception?from=2026-03-16&to=2026-03-22&by=${by}${narrow}&compare_from=2026-03-03&compare_to=2026-03-12`)
    const alone = await get(`/reports/reception?from=2026-03-03&to=2026-03-12&by=${by}${narrow}`)
    assert.deepEqual([r.before.from, r.before.to], ['2026-03-03', '2026-03-12'])
    assert.deepEqual(r.before.rows, alone.rows, by + narrow)
    assert.deepEqual(r.before.first, alone.total.first)
    assert.deepEqual(r.before.first_steps, alone.total.first_steps)
    assert.equal(r.before.deals, alone.total.deals)
  }
  const r = await get('/reports/reception?from=2026-03-16&to=2026-03-22&compare=1')
  assert.deepEqual([r.before.from, r.before.to], ['2026-03-09', '2026-03-15'], 'without dates: as long, just before')
  const half = await get('/reports/reception?from=2026-03-16&to=2026-03-22&compare_from=2025-03-16')
  assert.deepEqual([half.before.from, half.before.to], ['2025-03-16', '2025-03-22'], 'as long, from a day on')
  for (const bad of ['compare_from=2026-03-12&compare_to=2026-03-03', 'compare_to=2026-03-03', 'compare_from=moon', 'compare_from=2020-01-01&compare_to=2026-03-03']) {
    const x = await owner.get(`/reports/reception?${q}&${bad}`)
    assert.equal(x.status, 400, bad)
    assert.ok(x.body.error.zh && x.body.error.en && x.body.error.zh !== x.body.error.en, x.text)
  }
})

test('the conversion of inquiries opens into the conversations and the orders behind it', async () => {
  const all = async (path: string) => {
    const items: any[] = []
    for (let after = ''; ;) { const page = await get(`${path}&limit=50${after && `&after=${after}`}`); items.push(...page.items); if (!(after = page.next ?? '')) return items }
  }
  const r = await get(`/reports/reception?${q}`), ended = await all(`/reports/conversations?${q}&what=ended`), deals = await all(`/reports/conversations?${q}&what=deal`), lost = await all(`/reports/conversations?${q}&what=no_deal`)
  assert.deepEqual([ended.length, deals.length, lost.length], [r.total.ended, r.total.deals, r.total.ended - r.total.deals])
  assert.ok(deals.every((x) => x.deal) && lost.every((x) => !x.deal))
  const orders = await all(`/reports/orders?${q}`)
  assert.deepEqual([orders.length, orders.reduce((a, o) => a + o.fen, 0)], [r.total.orders, r.total.fen])
  for (const x of r.rows.filter((x: any) => x.orders).slice(0, 3)) {
    const mine = await all(`/reports/orders?${q}&agent=${x.key}`)
    assert.deepEqual([mine.length, mine.reduce((a, o) => a + o.fen, 0)], [x.orders, x.fen], x.name)
  }
  // the orders an inquiry led to: placed by its customer between its beginning and three days after its end
  const placed = log.filter((e) => e.kind === 'order.placed'), began = new Map(log.filter((e) => e.kind === 'conversation.started').map((e) => [e.data.conversation, e]))
  const first = new Map<string, LogEvent>()
  for (const e of log) if (e.kind === 'conversation.closed' && !first.has(e.data.conversation)) first.set(e.data.conversation, e)
  let some = 0
  for (const x of ended) {
    const start = began.get(x.id)!, want = placed.filter((o) => o.data.customer === start.data.customer && o.at >= start.at && o.at < first.get(x.id)!.at + 3 * DAY).map((o) => o.data.order)
    assert.deepEqual(x.orders.map((o: any) => o.id).sort(), want.sort().slice(0, 20), x.id)
    some += want.length
  }
  assert.ok(some > 0)
  // and from an order back to the conversation before it
  const own = orders.filter((o) => o.id.startsWith('narrow-o'))
  assert.equal(own.length, 2)
  for (const o of own) {
    const before_ = log.filter((e) => e.kind === 'conversation.started' && e.data.customer === busiest && e.at <= o.created_ms && e.at >= o.created_ms - 7 * DAY).sort((a, b) => b.at - a.at)[0]
    assert.equal(o.conversation?.id, before_?.data.conversation)
  }
  assert.ok(own[0].conversation, 'the first was ordered in a talk')
})

test('who may not see all is shown their own also when narrowed', async () => {
  const agent = new Client(service)
  agent.signedIn(await agent.post('/login', { job_number: '101', password: 'guiju-demo' }))
  const me = agent.me.person.id
  const r = await agent.get(`/reports/reception?${q}&level=${encodeURIComponent('普通')}`)
  assert.ok(r.body.rows.every((x: any) => x.key === me), r.text)
  const orders = await agent.get(`/reports/orders?${q}`)
  assert.ok(orders.body.items.every((o: any) => o.agent === me))
})
