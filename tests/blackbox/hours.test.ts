// Service hours and the targets that hold where the rulebook is silent: one setting that the chat window, the form, the automatic
// answers and the clocks ask; split days, nights, holidays, make-up days; the rulebook wins; what began keeps what held when it began.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { events } from './log.ts'
import { Client, Service, Visitor, password, type Answer } from './service.ts'

const book = (version: string, head = '', published = '2026-02-20', in_force = '2026-03-01') => `# 小店办法

\`\`\`guiju
制度 small “小店办法”
  版本 ${version}  公布 ${published}  施行 ${in_force}${head}
岗位 客服 上级 组长
岗位 组长 上级 经理
岗位 经理
排班 客服 由 组长: 每 周 休 1天
\`\`\`

## 加急 {#fast}
有了标签的会话五分钟内要回。
\`\`\`guiju
#fast 自 会话.标签 起 5分钟 内 接待人 须 会话.人工回复
\`\`\`
`
const at = (text: string) => Date.parse(`${text}+08:00`)
const service = new Service()
let owner: Client, agent: Client, now = at('2026-03-05T10:00:00') // a Thursday
const done = (r: Answer) => { assert.equal(r.status, 200, r.text); return r.body }
const refused = (r: Answer, status: number, key: string) => { assert.equal(r.status, status, r.text); assert.equal(r.body.error.key, key); assert.ok(r.body.error.zh && r.body.error.en && r.body.error.zh !== r.body.error.en, r.text); return r.body.error }
/** Sessions run out over the hours that pass here. */
const tick = async (text: string) => { now = at(text); await service.tick(now); await agent.login('101'); await owner.login('001') }
const week = (weekdays: string[][], weekend: string[][] = [], holiday: string[][] = [], make_up: string[][] = weekdays) => [...Array(5).fill(weekdays), weekend, weekend, holiday, make_up]
const set = (body: object, who = owner) => who.ask('PUT', '/settings/service', { body })
const presence = async (state: string) => done(await agent.post('/presence', { state, presence: state }))
const look = async () => done(await new Client(service).get('/w/look'))
const visitor = async () => { const v = new Visitor(service); done(await v.start()); return v }
const talk = async (v: Visitor) => { const id = (await v.messages()).body.conversation; return done(await agent.get(`/conversations/${id}`)) }
const row = async (id: string) => (done(await agent.get('/conversations?box=waiting'))).items.find((x: any) => x.id === id)
const reply = async (id: string) => done(await agent.post(`/conversations/${id}/messages`, { text: '您好' }))
const end = async (id: string, who = agent) => done(await who.post(`/conversations/${id}/close`, { reason: '说完了', deal: false, no_deal_reason: '其他' }))

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'small.md'), book('1.0'))
  await service.startAt(now, '--rulebooks', join(service.dir, 'books'))
  owner = new Client(service)
  const r = await owner.post('/setup', { shop: '试验小店', template: 'small', owner: { name: '老板', job_number: '001', password } })
  done(r)
  owner.signedIn(r)
  agent = await service.person(owner, '林晓', '101', '客服')
  await presence('online')
})
after(() => service.end())

test('nothing is said until somebody says it; bad hours are refused with the day and change nothing', async () => {
  const plain = done(await agent.get('/settings/service'))
  assert.deepEqual([plain.days, plain.first_s, plain.book, plain.open, plain.next_ms], [null, 0, null, true, null])
  refused(await set({ days: null }, agent), 403, 'may.denied')
  for (const [body, key, word] of [[{ days: [[]] }, 'service.days', '九天'], [{ days: week([['9点', '18:00']]) }, 'service.time', '周一'], [{ days: week([['09:00', '25:00']]) }, 'service.time', '25:00'],
    [{ days: week([['09:00', '12:00'], ['11:00', '18:00']]) }, 'service.overlap', '周一'], [{ days: week([]) }, 'service.never', '至少'], [{ days: week(Array(7).fill(['09:00', '10:00'])) }, 'service.spans', '6'],
    [{ days: week([['09:00']]) }, 'service.time', ''], [{ first_s: -1 }, 'service.target', '首次回复'], [{ next_s: 1.5 }, 'service.target', '回复'], [{ resolve_s: 99_999_999 }, 'service.target', '办结']] as const) {
    const said = refused(await set(body), 400, key)
    assert.ok(said.zh.includes(word), key)
    assert.doesNotMatch(said.en.replace('9点', ''), /[\u4e00-\u9fff]/, `English speaks English: ${key}`)
  }
  assert.match(refused(await set({ days: week([['上午九点'.repeat(9), '18:00']]) }), 400, 'service.time').zh, /^周一：时刻要写成/)
  assert.deepEqual(done(await agent.get('/settings/service')), plain)
})

test('a split day: the window, the start of a talk and the automatic answer say the same', async () => {
  done(await set({ days: week([['09:00', '12:00'], ['13:30', '18:00']]) }))
  let l = await look()
  assert.deepEqual([l.offline, l.back_ms, l.hours], [false, null, [[at('2026-03-05T09:00:00'), at('2026-03-05T12:00:00')], [at('2026-03-05T13:30:00'), at('2026-03-05T18:00:00')]]])
  await tick('2026-03-05T12:00:00') // the end belongs to the closed time
  await presence('online')
  l = await look()
  assert.deepEqual([l.offline, l.back_ms], [true, at('2026-03-05T13:30:00')])
  await presence('offline')
  const v = await visitor()
  await v.say('有人吗')
  const m = (await v.messages()).body
  assert.deepEqual([m.offline, m.back_ms], [true, at('2026-03-05T13:30:00')])
  assert.match(m.items.at(-1).text, /不在服务时间.*今天 13:30/)
  assert.equal(m.items.at(-1).by.type, 'auto')
  await tick('2026-03-05T13:30:00')
  await presence('online')
  l = await look()
  assert.deepEqual([l.offline, l.back_ms], [false, null])
  await reply(m.conversation); await end(m.conversation)
  await tick('2026-03-06T18:00:01') // Friday evening: back on Monday
  await presence('offline')
  const w = await visitor()
  await w.say('周末有人吗')
  assert.match((await w.messages()).body.items.at(-1).text, /周一（3月9日）9:00/)
  const e = events(join(service.dir, 'data')).filter((x) => x.kind === 'conversation.started')
  assert.deepEqual(e.map((x) => x.data.offline), [true, true])
})

test('holidays, make-up working days and nights past midnight', async () => {
  done(await owner.ask('PUT', '/calendar/2026', { body: { holidays: ['2026-04-06'], make_up: ['2026-04-11'] } }))
  done(await set({ days: week([['09:00', '18:00']], [['20:00', '02:00']], [['10:00', '11:00']], [['08:00', '12:00']]) }))
  const open = async (text: string) => { await tick(text); return done(await agent.get('/settings/service')).open }
  assert.deepEqual([await open('2026-04-06T09:30:00'), await open('2026-04-06T10:30:00')], [false, true], 'a Monday that is a holiday')
  assert.deepEqual([await open('2026-04-11T08:30:00'), await open('2026-04-11T21:00:00')], [true, false], 'a Saturday that is worked')
  assert.deepEqual([await open('2026-04-12T20:00:00'), await open('2026-04-13T01:59:59'), await open('2026-04-13T02:00:00')], [true, true, false], 'Sunday night is still Sunday')
})

test('the clock of a first reply counts inside the hours, to the millisecond, and stands still outside', async () => {
  done(await set({ days: week([['09:00', '12:00'], ['13:30', '18:00']]), first_s: 600, next_s: 300, resolve_s: 0 }))
  await tick('2026-04-14T11:55:00.250')
  await presence('away')
  const v = await visitor()
  await v.say('十分钟里回我')
  let c = await talk(v)
  assert.deepEqual([c.clock.clause, c.clock.title, c.clock.title_en, c.clock.state, c.clock.started_ms, c.clock.due_ms], [null, '首次回复（默认时限）', 'First reply (default target)', 'running', now, at('2026-04-14T13:35:00.250')])
  assert.equal((await row(c.id)).clock.due_ms, c.clock.due_ms)
  assert.equal((await v.messages()).body.due_ms, c.clock.due_ms, 'the customer is told')
  await tick('2026-04-14T12:30:00')
  assert.equal((await talk(v)).clock.state, 'paused')
  await tick('2026-04-14T13:35:00.251')
  assert.equal((await talk(v)).clock.state, 'violated')
  await presence('online')
  await reply(c.id)
  assert.equal((await talk(v)).clock, null, 'answered: no clock of a reply')
  await tick('2026-04-14T17:58:00')
  await v.say('还有一件事')
  c = await talk(v)
  assert.deepEqual([c.clock.title, c.clock.due_ms], ['回复顾客（默认时限）', at('2026-04-15T09:03:00')])
  await tick('2026-04-14T17:58:10') // a change holds for what begins afterwards
  done(await set({ next_s: 60 }))
  assert.equal((await talk(v)).clock.due_ms, at('2026-04-15T09:03:00'))
  done(await set({ only_hours: false }))
  await reply(c.id)
  await tick('2026-04-14T17:59:30')
  await v.say('再问一句')
  assert.equal((await talk(v)).clock.due_ms, at('2026-04-14T18:00:30'), 'by the clock on the wall, if so defined')
  await reply(c.id); await end(c.id)
})

test('the clock of a resolution waits while the customer is waited for, where so defined', async () => {
  await tick('2026-04-15T09:00:00')
  await presence('online')
  done(await set({ first_s: 0, next_s: 0, resolve_s: 3600, only_hours: true, wait_pauses: true }))
  await tick('2026-04-15T10:00:00')
  const v = await visitor()
  await v.say('办一件事')
  let c = await talk(v)
  assert.deepEqual([c.clock.title, c.clock.state, c.clock.due_ms], ['办结（默认时限）', 'running', at('2026-04-15T11:00:00')])
  await tick('2026-04-15T10:20:00.500')
  await reply(c.id)
  await tick('2026-04-15T11:40:00')
  assert.equal((await talk(v)).clock.state, 'paused')
  await v.say('给您资料')
  c = await talk(v)
  assert.deepEqual([c.clock.state, c.clock.due_ms], ['running', at('2026-04-15T13:49:59.500')], '20 minutes before, 20 before noon, the rest after it')
  await tick('2026-04-15T14:00:00')
  assert.equal((await talk(v)).clock.state, 'violated')
  await reply(c.id)
  await end(c.id)
  done(await set({ wait_pauses: false }))
  await tick('2026-04-15T14:10:00')
  const w = await visitor()
  await w.say('另一件')
  const d = await talk(w)
  await reply(d.id)
  assert.deepEqual([(await talk(w)).clock.state, (await talk(w)).clock.due_ms], ['running', at('2026-04-15T15:10:00')])
  await end(d.id)
})

test('the floor lists clauses’ clocks and default targets in one order, those that stand still last, and each can be taken over', async () => {
  done(await set({ first_s: 3600, next_s: 1200, resolve_s: 0 }))
  await tick('2026-04-16T10:00:00')
  await presence('online')
  const floor = async () => done(await owner.get('/floor'))
  const shown = (f: any, ids: Record<string, string>) => f.clocks.map((c: any) => [ids[c.object.conversation], c.clause?.id ?? c.title, c.state, c.due_ms])
  const a = await visitor(), b = await visitor(), c = await visitor()
  await a.say('一'); const one = (await talk(a)).id
  await tick('2026-04-16T10:05:00')
  await b.say('二'); const two = (await talk(b)).id
  await tick('2026-04-16T10:10:00')
  await presence('away')
  await c.say('三'); const three = (await talk(c)).id
  const ids = { [one]: '一', [two]: '二', [three]: '三' }
  await reply(one)
  let f = await floor()
  const first = '首次回复（默认时限）', next = '回复顾客（默认时限）'
  assert.deepEqual(shown(f, ids), [['二', first, 'running', at('2026-04-16T11:05:00')], ['三', first, 'running', at('2026-04-16T11:10:00')]], 'an answered one has none')
  const mine = f.clocks[0]
  assert.deepEqual([mine.clause, mine.bearer_name, mine.title_en, typeof mine.customer_name], [null, '林晓', 'First reply (default target)', 'string'])
  assert.deepEqual([f.clocks[1].bearer, f.clocks[1].bearer_name], ['', ''], 'nobody has it yet')
  assert.equal(f.people.find((p: any) => p.name === '林晓').worst_clock.id, mine.id)
  assert.deepEqual((done(await agent.get('/conversations?box=mine'))).items.find((x: any) => x.id === two).clock.due_ms, mine.due_ms, 'the workbench says the same')
  // a clause's clock takes its place, and stands among the others by the time left
  await a.say('还有')
  done(await agent.post(`/conversations/${two}/tags`, { tags: ['加急'] }))
  f = await floor()
  assert.deepEqual(shown(f, ids), [['二', 'fast', 'running', at('2026-04-16T10:15:00')], ['一', next, 'running', at('2026-04-16T10:30:00')], ['三', first, 'running', at('2026-04-16T11:10:00')]])
  // over: in its place like a clause's, for half an hour
  await tick('2026-04-16T10:35:00')
  assert.deepEqual(shown(await floor(), ids).map((x: any) => [x[0], x[2]]), [['二', 'violated'], ['一', 'violated'], ['三', 'running']])
  await tick('2026-04-16T11:05:00')
  assert.deepEqual(shown(await floor(), ids).map((x: any) => [x[0], x[2]]), [['三', 'running']])
  // outside the hours it stands still, behind what runs
  await tick('2026-04-16T12:00:00')
  await reply(two); await reply(one)
  await b.say('午休来的'); await tick('2026-04-16T12:01:00')
  const noon = shown(await floor(), ids)
  assert.deepEqual(noon.map((x: any) => [x[0], x[2]]), [['二', 'paused']], '“三” is over since before noon')
  assert.equal(noon[0][3], at('2026-04-16T13:50:00'))
  // the same act as for a clause's clock
  done(await owner.post(`/conversations/${two}/take-over`, { reason: '楼面接管', from: mine.bearer }))
  assert.equal((await floor()).clocks[0].bearer_name, '老板')
  done(await owner.post(`/conversations/${three}/accept`))
  for (const id of [one, two, three]) done(await owner.post(`/conversations/${id}/messages`, { text: '好' }))
  for (const id of [one, two, three]) await end(id, id === one ? agent : owner)
})

test('resolutions on the floor: what was answered stands still with the time it has left, what waits runs on; soonest first', async () => {
  await tick('2026-04-16T14:00:00')
  await presence('online')
  done(await set({ first_s: 0, next_s: 0, resolve_s: 3600, only_hours: true, wait_pauses: true }))
  const visitors: Visitor[] = [], talks: string[] = []
  for (let i = 0; i < 6; i++) {
    const v = await visitor()
    await v.say('办事'); visitors.push(v); talks.push((await talk(v)).id)
    await tick(`2026-04-16T14:${i}9:00`)
    if (i % 2) await reply(talks[i]!) // 1, 3, 5: answered after 9 or 10 minutes
  }
  done(await agent.post(`/conversations/${talks[1]!}/messages`, { text: '再等等' }))
  await tick('2026-04-16T15:00:00')
  await visitors[3]!.say('资料来了')
  await tick('2026-04-16T15:05:00')
  const f = done(await owner.get('/floor')), each = []
  for (const v of visitors) { const t = await talk(v); each.push({ id: t.id, due: t.clock.due_ms, state: t.clock.state }) }
  each.sort((x, y) => Number(x.state === 'paused') - Number(y.state === 'paused') || x.due - y.due)
  assert.deepEqual(f.clocks.map((c: any) => ({ id: c.object.conversation, due: c.due_ms, state: c.state })), each)
  assert.deepEqual(each.map((x) => [talks.indexOf(x.id), x.state]).slice(0, 4), [[0, 'violated'], [2, 'running'], [4, 'running'], [3, 'running']])
  done(await agent.post(`/conversations/${talks[1]!}/snooze`, { until_ms: now + 3600_000 }))
  await end(talks[2]!)
  assert.deepEqual(done(await owner.get('/floor')).clocks.map((c: any) => talks.indexOf(c.object.conversation)).includes(1), false, 'put aside')
  assert.equal(done(await owner.get('/floor')).clocks.length, 4, 'closed')
  for (const i of [0, 1, 3, 4, 5]) { await reply(talks[i]!); await end(talks[i]!) }
  done(await set({ resolve_s: 0 }))
})

test('the rulebook’s own hours win over the setting, and give way when a version no longer speaks of them', async () => {
  done(await set({ resolve_s: 0, first_s: 600 }))
  const publish = async (version: string, head: string, day: string) => done(await owner.post('/rulebook/publish', { source: book(version, head, '2026-04-15', day), in_force: day, warnings_read: 99 }))
  await publish('1.1', '\n  服务时间 8:00 至 20:00 工作日', '2026-04-17')
  assert.equal(done(await agent.get('/settings/service')).book, null, 'not yet in force')
  await tick('2026-04-17T08:30:00')
  let s = done(await agent.get('/settings/service'))
  assert.deepEqual([s.open, s.book[0], s.book[5], s.book[7], s.book[8]], [true, [['08:00', '20:00']], [], [], [['08:00', '20:00']]])
  assert.deepEqual((await look()).hours, [[at('2026-04-17T08:00:00'), at('2026-04-17T20:00:00')]])
  await presence('away')
  const v = await visitor()
  await tick('2026-04-17T19:55:00')
  await v.say('快下班了')
  assert.equal((await talk(v)).clock.due_ms, at('2026-04-20T08:05:00'), 'over the weekend, which the book keeps free')
  await publish('1.2', '', '2026-04-20')
  await tick('2026-04-20T08:01:00')
  s = done(await agent.get('/settings/service'))
  assert.deepEqual([s.book, s.open, s.next_ms], [null, false, at('2026-04-20T09:00:00')])
  assert.equal((await talk(v)).clock.due_ms, at('2026-04-20T08:05:00'), 'it began under the book’s hours')
})

test('hours taken away: open always, as before; a rebuild says the same', async () => {
  done(await set({ days: null }))
  const s = done(await agent.get('/settings/service'))
  assert.deepEqual([s.days, s.open, s.next_ms, s.first_s], [null, true, null, 600])
  const { spawnSync } = await import('node:child_process')
  await service.stop()
  const r = spawnSync(process.env.GUIJU_BINARY ?? 'build/src/app/guiju', ['rebuild', '--check', '--data', join(service.dir, 'data')], { encoding: 'utf8', timeout: 60000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
})
