// Reports that the rulebook declares, narrowed to a person, a role, a shift and a channel and beside another span: every figure is counted
// again from the event log. What a filter does not reach is said, in both languages, and never counted whole.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { events, type LogEvent } from './log.ts'
import { dateOf, DAY, ZONE } from './recounting.ts'
import { Client, Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const service = new Service(), owner = new Client(service)
let log: LogEvent[] = []
const declared = `

## 试表 {#tables}
\`\`\`guiju
报表 量表 每 周一 给 主管: 来了 = 次数(会话.开始), 回了 = 次数(会话.人工回复), 成交 = 次数(订单.成交)
报表 渠道表 每 周一 给 主管 按 渠道: 来了 = 次数(会话.开始)
报表 人表 每 周一 给 主管 按 员工: 来了 = 次数(会话.开始), 回了 = 次数(会话.人工回复)
报表 订单表 每 周一 给 主管: 成交 = 次数(订单.成交), 成交额 = 合计(订单.成交.金额)
\`\`\`
`
before(async () => {
  const books = join(service.dir, 'books'), dir = join(service.dir, 'data')
  cpSync('rulebooks', books, { recursive: true })
  writeFileSync(join(books, 'c14.md'), readFileSync(join(books, 'c14.md'), 'utf8') + declared)
  const r = spawnSync(binary, ['demo', '--month', '--data', dir, '--seed', '4', '--now', '2026-03-31 15:10', '--agents', '5', '--conversations', '500', '--rulebooks', books], { encoding: 'utf8', timeout: 120000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
  writeFileSync(join(service.dir, 'clock'), String(Date.parse('2026-03-31T15:10:00+08:00')))
  await service.start('--clock', join(service.dir, 'clock'), '--rulebooks', books)
  const s = await owner.post('/login', { job_number: '001', password: 'guiju-demo' })
  assert.equal(s.status, 200, s.text)
  owner.signedIn(s)
  log = events(dir)
})
after(() => service.end())

const from = '2026-03-09', to = '2026-03-22'
const ask = (name: string, query = '') => owner.get(`/reports/declared/${encodeURIComponent(name)}?from=${from}&to=${to}${query}`)
const read = async (name: string, query = '') => { const r = await ask(name, query); assert.equal(r.status, 200, r.text); return r.body }
const columns = (r: any) => Object.fromEntries(r.columns.map((c: any) => [c.title, c.key]))
const figures = (r: any, row = r.rows[0]) => Object.fromEntries(Object.entries(columns(r)).filter(([, k]) => k !== 'key').map(([title, k]) => [title, row?.[k as string] ?? null]))

/* the recount: who a fact is about, and on which shift they were */
const holders = () => { const m = new Map<string, string>(); for (const e of log) if (e.kind.startsWith('conversation.') && e.data.conversation && (e.kind === 'conversation.assigned' || e.kind === 'conversation.transferred' || e.kind === 'conversation.picked_up' || e.kind === 'conversation.taken_over')) m.set(e.data.conversation, e.data.to ?? e.data.agent); return m }
interface Grain { kind: string; at: number; person?: string; channel?: string }
const grains = (a: string, b: string): Grain[] => {
  const held = holders(), through = new Map(log.filter((e) => e.kind === 'conversation.started').map((e) => [e.data.conversation, e.data.channel])), low = Date.parse(a) - ZONE, high = Date.parse(b) - ZONE + DAY
  return log.filter((e) => e.at >= low && e.at < high && ['conversation.started', 'conversation.agent_replied', 'order.completed'].includes(e.kind)).map((e) => ({ kind: e.kind, at: e.at, person: e.data.agent ?? held.get(e.data.conversation), channel: e.data.channel ?? through.get(e.data.conversation) }))
}
const count = (list: Grain[], kind: string) => String(list.filter((g) => g.kind === kind).length)
const roles = () => new Map(log.filter((e) => e.kind === 'person.joined').map((e) => [e.data.person ?? e.data.id, e.data.role]))
const shifts = () => { const m = new Map<string, { person: string; shift: string; start: number; end: number }>(); for (const e of log) if (e.kind === 'shift.assigned') m.set(`${e.data.person} ${e.data.date}`, { person: e.data.person, shift: e.data.shift, start: e.data.start, end: e.data.end }); return [...m.values()] }

test('whole and beside another span: both are what the log says', async () => {
  for (const [query, a, b] of [['&compare=1', '2026-02-23', '2026-03-08'], ['&compare_from=2026-03-02', '2026-03-02', '2026-03-15'], ['&compare_from=2026-03-01&compare_to=2026-03-04', '2026-03-01', '2026-03-04']] as const) {
    const r = await read('量表', query), now = grains(from, to), was = grains(a, b)
    assert.deepEqual([r.before.from, r.before.to], [a, b])
    for (const [row, list] of [[r.rows[0], now], [r.before.rows[0], was]] as const)
      assert.deepEqual(figures(r, row), { 来了: count(list, 'conversation.started'), 回了: count(list, 'conversation.agent_replied'), 成交: count(list, 'order.completed') })
    assert.ok(Number(figures(r).回了) > 100)
  }
  assert.equal((await read('量表')).before, undefined)
  const lacks = await ask('量表', '&compare_to=2026-03-04')
  assert.deepEqual([lacks.status, lacks.body.error.key], [400, 'report.compare'])
})

test('narrowed to a person and to a role: rows where the rows are people, facts where they are not', async () => {
  const who = [...new Set(grains(from, to).filter((g) => g.kind === 'conversation.agent_replied').map((g) => g.person!))].sort()
  assert.ok(who.length >= 4)
  let sum = 0
  for (const id of who) {
    const mine = grains(from, to).filter((g) => g.person === id), one = await read('量表', `&agent=${id}`)
    assert.deepEqual(figures(one), { 来了: count(mine, 'conversation.started'), 回了: count(mine, 'conversation.agent_replied'), 成交: count(mine, 'order.completed') }, id)
    sum += Number(figures(one).回了)
    const rows = await read('人表', `&agent=${id}`)
    assert.deepEqual(rows.rows.map((x: any) => x.person), [id])
    assert.equal(figures(rows).回了, figures(one).回了)
    assert.deepEqual(one.filters, [{ name: 'agent', value: id, columns: [] }])
  }
  assert.equal(String(sum), figures(await read('量表')).回了, 'all persons together are the whole')
  const role = roles(), agents = await read('人表', '&role=客服'), leaders = await read('人表', '&role=组长')
  assert.ok(agents.rows.length && leaders.rows.length)
  assert.ok(agents.rows.every((x: any) => role.get(x.person) === '客服') && leaders.rows.every((x: any) => role.get(x.person) === '组长'))
  const theirs = grains(from, to).filter((g) => g.person && role.get(g.person) === '客服')
  assert.equal(figures(await read('量表', '&role=客服')).回了, count(theirs, 'conversation.agent_replied'))
  assert.deepEqual((await read('人表', '&role=没有的岗位')).rows, [])
})

test('narrowed to a shift: who was on it when it happened; “-” is on none', async () => {
  const on = shifts(), names = [...new Set(on.filter((s) => s.end > s.start).map((s) => s.shift))]
  const of = (g: Grain) => on.filter((s) => s.person === g.person && s.end > s.start && s.start <= g.at && g.at <= s.end).map((s) => s.shift)[0] ?? '-'
  let all = 0
  for (const name of [...names, '-']) {
    const list = grains(from, to).filter((g) => of(g) === name), r = await read('量表', `&shift=${encodeURIComponent(name)}`)
    assert.equal(figures(r).回了, count(list, 'conversation.agent_replied'), name)
    all += Number(figures(r).回了)
    assert.deepEqual(r.filters[0].columns, [])
  }
  assert.equal(String(all), figures(await read('量表')).回了)
  assert.ok(names.length > 1)
})

test('narrowed to a channel: where the counted facts have one; the other columns are empty and say why', async () => {
  const list = grains(from, to).filter((g) => g.kind === 'conversation.started'), channels = [...new Set(list.map((g) => g.channel!))]
  const by = await read('渠道表')
  assert.deepEqual(Object.fromEntries(by.rows.map((x: any) => [x.key, x.c0])), Object.fromEntries(channels.map((c) => [c, String(list.filter((g) => g.channel === c).length)])))
  for (const c of channels) {
    const r = await read('量表', `&channel=${encodeURIComponent(c)}&compare=1`)
    const said = (l: Grain[]) => count(l.filter((g) => g.channel === c), 'conversation.agent_replied')
    assert.deepEqual(figures(r), { 来了: String(list.filter((g) => g.channel === c).length), 回了: said(grains(from, to)), 成交: null })
    assert.equal(figures(r, r.before.rows[0]).回了, said(grains('2026-02-23', '2026-03-08')))
    assert.deepEqual(r.filters, [{ name: 'channel', value: c, columns: ['c2'] }])
    assert.match(r.rows[0].why.c2.zh, /按渠道筛不到这一列：订单\.成交没有渠道/)
    assert.match(r.rows[0].why.c2.en, /cannot be narrowed by channel: order\.completed has none/)
    assert.deepEqual((await read('渠道表', `&channel=${encodeURIComponent(c)}`)).rows.map((x: any) => x.key), [c])
  }
  const none = await ask('订单表', `&channel=${encodeURIComponent(channels[0]!)}`)
  assert.deepEqual([none.status, none.body.error.key], [400, 'report.filter'])
  assert.match(none.body.error.zh, /“订单表”按渠道筛不了.*去掉这个条件/)
  assert.match(none.body.error.en, /cannot be narrowed to a channel.*Leave that filter out/)
  assert.doesNotMatch(none.body.error.en.replace('订单表', ''), /[\u4e00-\u9fff]/)
})

test('the files carry filters, the other span and the language', async () => {
  const channel = encodeURIComponent(grains(from, to).find((g) => g.channel)!.channel!), query = `?from=${from}&to=${to}&compare_from=2026-03-02&channel=${channel}`
  const csv = async (language: string) => (await owner.get(`/reports/declared/${encodeURIComponent('量表')}.csv${query}&language=${language}`)).text.replace('\uFEFF', '').trim().split('\r\n').map((l) => l.slice(1, -1).split('","'))
  const r = await read('量表', `&compare_from=2026-03-02&channel=${channel}`), zh = await csv('zh'), en = await csv('en')
  assert.deepEqual(zh[0], ['来了', '来了（2026-03-02 至 2026-03-15）', '回了', '回了（2026-03-02 至 2026-03-15）', '成交（按渠道筛不到）', '成交（按渠道筛不到）（2026-03-02 至 2026-03-15）'])
  assert.deepEqual([en[0]![1], en[0]![4]], ['来了 (2026-03-02 to 2026-03-15)', '成交 (not by channel)'])
  assert.deepEqual([zh[1], en[1]], [zh[1], [r.rows[0].c0, r.before.rows[0].c0, r.rows[0].c1, r.before.rows[0].c1, '', '']])
  const file = await fetch(`${service.origin}/api/v1/reports/declared/${encodeURIComponent('量表')}.xlsx${query}&language=en`, { headers: { Cookie: owner.cookie } }), path = join(service.dir, 't.xlsx')
  assert.equal(file.status, 200)
  writeFileSync(path, Buffer.from(await file.arrayBuffer()))
  assert.match(execFileSync('python3', ['-c', 'import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("xl/sharedStrings.xml"))', path], { encoding: 'utf8' }), /来了 \(2026-03-02 to 2026-03-15\)/)
  // sums and channels are the desk's words too: the same figures, in the other language
  const sums = async (name: string, more: string) => (await csv2(name, more)).slice(1)
  const yuan = await sums('订单表', ''), cny = await sums('订单表', '&language=en')
  assert.match(yuan[0]![1]!, /^[1-9]\d*(\.\d+)?元$/)
  assert.deepEqual(cny, [[yuan[0]![0], `CNY ${yuan[0]![1]!.slice(0, -1)}`]])
  const through = { 网页: 'Web', 邮件: 'Mail', 电话: 'Phone' } as Record<string, string>, ours = await sums('渠道表', '')
  assert.ok(ours.length > 1)
  assert.deepEqual(await sums('渠道表', '&language=en'), ours.map(([c, n]) => [through[c!], n]))
  // rows that only the other span has stand in the file too
  const people = await csv2('人表', '&compare_from=2026-03-02')
  assert.equal(new Set(people.slice(1).map((x) => x[0])).size, people.length - 1)
})
const csv2 = async (name: string, more: string) => (await owner.get(`/reports/declared/${encodeURIComponent(name)}.csv?from=${from}&to=${to}${more}`)).text.replace('\uFEFF', '').trim().split('\r\n').map((l) => l.slice(1, -1).split('","'))
