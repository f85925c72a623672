// Leave, idleness and breaks: an approved leave hands over open work to somebody who says yes to it; who does not move is away after the
// minutes of the setting; each limit of being away, shown where it is needed. On desks whose clock the test holds.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { desk, done, MINUTE, refused } from './routing_desk.ts'
import type { Client, Feed } from './service.ts'

const DAY = '2026-03-05'
/** A hand moves at a page; back when the desk has heard it. */
const move = async (f: Feed) => { const before = f.said.filter((m) => m.pong).length; f.send({ moved: 1 }); f.send({ ping: 1 }); await f.until(() => f.said.filter((m) => m.pong).length > before) }
const clock = (t: string) => Date.parse(`${DAY}T${t}:00+08:00`)

test('an approved leave hands open work to a colleague who takes it; until then it stays, and the customer is not lost', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'], { handover_seconds: 300 })
  const [li, su, zhou] = d.people as [Client, Client, Client]
  const boss = await d.service.person(d.owner, '方经理', '009', '部门经理')
  const shifts = done(await d.leader.get(`/roster?from=${DAY}&to=${DAY}`)).shifts
  const early = shifts.find((s: any) => s.start <= '10:00' && s.end > '12:00' && !s.next_day)
  assert.ok(early, JSON.stringify(shifts))
  const roster = await d.head.ask('PUT', '/roster', { body: { from: DAY, to: DAY, cells: d.ids.map((person) => ({ person, date: DAY, shift: early.name })) } })
  assert.equal(roster.status, 200, roster.text)
  for (const p of [su, zhou]) done(await p.post('/presence', { state: 'busy' }))
  const answered = await d.come('能改地址吗'), waiting = await d.come('什么时候发货')
  await d.reply(li, answered.id)
  await d.reply(li, waiting.id)
  done(await waiting.v.say('还没看到物流'))
  for (const p of [su, zhou]) done(await p.post('/presence', { state: 'online' }))

  // asked for at ten, from half past ten on; the head agrees
  const from = clock('10:30')
  const open = await li.post('/cases', { type: '请假', fields: { 申请人: d.ids[0], 起时: from, 止时: clock(early.end), 种类: '事假', 事由: '接孩子' } })
  const leave = done(open)
  const none = async () => assert.deepEqual(done(await d.leader.get('/handovers')).items, [])
  await none()
  done(await boss.post(`/cases/${leave.id}/move`, { to: '批准' }))
  await none()
  assert.equal(await d.holder(answered.id), d.ids[0], 'not before the leave begins')
  await d.pass(from - d.now - 1000)
  await none()

  // it begins: a list for one colleague, who is asked; nothing but a customer who waits is taken away unasked
  await d.pass(2000)
  const h = done(await d.leader.get('/handovers')).items
  assert.equal(h.length, 1)
  assert.deepEqual([h[0].person_name, h[0].reason], ['小李', '请假'])
  assert.deepEqual(h[0].conversations.map((x: any) => x.id), [answered.id])
  assert.ok(d.ids.slice(1).includes(h[0].to), 'somebody who is there is asked')
  assert.equal(await d.holder(answered.id), d.ids[0], 'in known hands until somebody has taken it')
  assert.ok(d.ids.slice(1).includes(await d.holder(waiting.id)), 'who waits for an answer goes to the next at once')
  const next = await d.come('新来的')
  assert.ok(d.ids.slice(1).includes(await d.holder(next.id)), 'who is on leave gets nothing new')

  // the first says no, the second yes: all of it changes hands at once, and the thread says why
  const first = d.people[d.ids.indexOf(h[0].to)]!, second = first === su ? zhou : su
  done(await first.post(`/handovers/${h[0].id}/answer`, { take: false, reason: '手上满了' }))
  const asked = done(await second.get('/handovers')).items
  assert.equal(asked[0].to, second.me.person.id)
  done(await second.post(`/handovers/${h[0].id}/answer`, { take: true }))
  assert.equal(await d.holder(answered.id), second.me.person.id)
  assert.ok((await d.acts(answered.id)).some((a: any) => JSON.stringify(a).includes('请假')), 'the thread says why')
  await none()
  done(await answered.v.say('谢谢'))
  assert.equal(await d.holder(answered.id), second.me.person.id, 'the customer goes on with who took it')
})

/** A desk on the day shift (8:30 to 17:30), where the head agrees to leave that 小李 asks for. */
async function shop(t: TestContext, names: string[], settings: Record<string, number> = {}, o: { at?: string; shift?: string } = {}) {
  const d = await desk(t, names, settings, o.at)
  const boss = await d.service.person(d.owner, '方经理', '009', '部门经理')
  const roster = await d.head.ask('PUT', '/roster', { body: { from: DAY, to: DAY, cells: d.ids.map((person) => ({ person, date: DAY, shift: o.shift ?? '白班' })) } })
  assert.equal(roster.status, 200, roster.text)
  const [li] = d.people as [Client]
  const s = {
    ...d, li, others: d.people.slice(1), boss,
    at: (when: string | number) => d.pass((typeof when === 'string' ? clock(when) : when) - d.now),
    ask: async (from: number, to: number) => done(await li.post('/cases', { type: '请假', fields: { 申请人: d.ids[0], 起时: from, 止时: to, 种类: '事假', 事由: '去医院' } })).id as string,
    move: async (who: Client, id: string, to: string) => done(await who.post(`/cases/${id}/move`, { to })),
    grant: async (from: number, to: number) => { const id = await s.ask(from, to); await s.move(boss, id, '批准'); return id },
    all: async (who: Client[], state: string) => { for (const p of who) done(await p.post('/presence', { state })) },
    /** A conversation in the hands of 小李, whose customer had an answer (or not). */
    his: async (answer: boolean) => { await s.all(s.others, 'busy'); const c = await d.come(); assert.equal(await d.holder(c.id), d.ids[0]); await d.reply(li, c.id); if (!answer) done(await c.v.say('还没看到')); await s.all(s.others, 'online'); return c },
    lists: async () => done(await d.leader.get('/handovers')).items as any[],
    stand: async () => done(await d.leader.get('/presence')).items.find((p: any) => p.id === d.ids[0]),
    floor: async () => { const f = done(await d.leader.get('/floor')); return { on: f.sentence.on, him: f.people.find((p: any) => p.id === d.ids[0]) } },
  }
  return s
}

test('leave in the middle of a shift: handed over when it begins, nothing new while it lasts, at work again when it ends', async (t) => {
  const s = await shop(t, ['小李', '小苏'])
  const answered = await s.his(true), waiting = await s.his(false), two = clock('13:00'), four = clock('15:00')
  await s.grant(two, four)
  await s.at(two - 1000)
  assert.deepEqual(await s.lists(), [])
  const before = (await s.floor()).on
  assert.deepEqual([(await s.floor()).him.leave_from_ms, (await s.floor()).him.leave_until_ms], [two, four], 'the floor knows ahead')
  await s.at(two)
  const [h] = await s.lists()
  assert.deepEqual([h.person_name, h.reason, h.to, h.conversations.map((x: any) => x.id)], ['小李', '请假', s.ids[1], [answered.id]])
  assert.equal(await s.holder(answered.id), s.ids[0], 'in known hands until it is taken')
  assert.equal(await s.holder(waiting.id), s.ids[1], 'nobody waits for somebody who is not there')
  // not among those who are there; the roster and their own presence are as they were
  assert.equal((await s.floor()).on, before - 1)
  assert.deepEqual([(await s.stand()).presence, (await s.stand()).leave_until_ms], ['online', four])
  assert.equal(done(await s.li.get('/today')).leave_until_ms, four)
  for (let i = 0; i < 3; i++) assert.equal(await s.holder((await s.come()).id), s.ids[1])
  refused(await s.others[0]!.post(`/conversations/${waiting.id}/transfer`, { to: s.ids[0], reason: '他熟' }), 409, 'conversation.absent')
  // a move of theirs does not end it, nor take the list back
  await s.all([s.li], 'busy'); await s.all([s.li], 'online')
  await s.pass(MINUTE)
  assert.equal((await s.lists()).length, 1)
  // nobody else has room: who comes waits
  await s.all(s.others, 'busy')
  const late = await s.come()
  assert.equal(await s.holder(late.id), '')
  await s.at(four - 1000)
  assert.equal(await s.holder(late.id), '')
  await s.at(four)
  assert.deepEqual(await s.lists(), [], 'what nobody has taken is theirs again')
  assert.equal(await s.holder(answered.id), s.ids[0])
  assert.equal(await s.holder(late.id), s.ids[0], 'and they are given work')
  assert.deepEqual([(await s.floor()).on, (await s.stand()).leave_until_ms], [before, null])
  done(await answered.v.say('谢谢'))
  assert.equal(await s.holder(answered.id), s.ids[0])
})

test('a customer who speaks to somebody on leave goes to who is there; with nobody there the window says so', async (t) => {
  const s = await shop(t, ['小李', '小苏'])
  const first = await s.his(true), second = await s.his(true)
  await s.grant(clock('13:00'), clock('15:00'))
  await s.at('13:00')
  done(await first.v.say('在吗'))
  assert.equal(await s.holder(first.id), s.ids[1])
  await s.all([...s.others, s.leader, s.head], 'offline')
  done(await second.v.say('有人吗'))
  assert.equal(await s.holder(second.id), '')
  assert.ok(done(await s.owner.get(`/conversations/${second.id}`)).messages.some((m: any) => String(m.text).includes('没有客服在线')), 'the customer is told')
  assert.equal(done(await second.v.client.get('/w/look')).offline, true)
  await s.at('15:00')
  assert.equal(await s.holder(second.id), s.ids[0])
  assert.equal(done(await second.v.client.get('/w/look')).offline, false)
})

test('approved after its begin it holds from then on; back early, or voided while it lasts, it is over', async (t) => {
  for (const how of ['销假', '作废'] as const) {
    const s = await shop(t, ['小李', '小苏'])
    const c = await s.his(true), id = await s.ask(clock('13:00'), clock('15:00'))
    await s.at('13:30')
    assert.deepEqual(await s.lists(), [], 'asked for is not granted')
    await s.move(s.boss, id, '批准')
    assert.equal(await s.holder((await s.come()).id), s.ids[1])
    await s.pass(1000)
    assert.deepEqual((await s.lists()).map((h) => [h.person_name, h.reason]), [['小李', '请假']])
    if (how === '销假') await s.move(s.li, id, '销假')
    else done(await s.boss.post(`/cases/${id}/void`, { reason: '不去了' }))
    assert.equal((await s.stand()).leave_until_ms, null)
    await s.pass(1000)
    assert.deepEqual(await s.lists(), [], how)
    await s.all(s.others, 'busy')
    for (const x of [await s.come(), c]) assert.equal(await s.holder(x.id), s.ids[0], how)
    // one that is voided before it begins never does
    const later = await s.grant(clock('16:00'), clock('17:00'))
    if (how === '销假') await s.move(s.li, later, '销假')
    else done(await s.boss.post(`/cases/${later}/void`, { reason: '不去了' }))
    await s.at('16:30')
    assert.deepEqual([await s.lists(), (await s.stand()).leave_until_ms], [[], null])
    assert.equal(await s.holder((await s.come()).id), s.ids[0])
  }
})

test('two leaves that touch are one: one list, nothing in between', async (t) => {
  const s = await shop(t, ['小李', '小苏'])
  const c = await s.his(true)
  await s.grant(clock('14:00'), clock('15:00'))
  await s.grant(clock('13:00'), clock('14:00'))
  await s.at('13:00')
  const [h] = await s.lists()
  assert.equal((await s.stand()).leave_until_ms, clock('15:00'))
  done(await s.others[0]!.post(`/handovers/${h.id}/answer`, { take: false, reason: '手上满了' }))
  for (const when of ['13:59', '14:00', '14:01']) {
    await s.at(when)
    assert.deepEqual((await s.lists()).map((x) => x.id), [h.id], when)
    await s.all(s.others, 'busy')
    const next = await s.come()
    assert.equal(await s.holder(next.id), '', when)
    done(await s.leader.post(`/conversations/${next.id}/accept`))
    await s.all(s.others, 'online')
  }
  await s.at('15:00')
  assert.deepEqual(await s.lists(), [])
  assert.equal(await s.holder(c.id), s.ids[0])
})

test('leave over a meal: the break is not counted while it lasts, holds nobody up, and goes on behind it', async (t) => {
  const s = await shop(t, ['小李', '小苏'], { meal_at_once: 1, meal_minutes: 30, away_day_minutes: 20, away_at_once: 1 })
  const today = async () => done(await s.li.get('/today'))
  await s.at('12:50')
  done(await s.li.post('/presence', { state: 'away', reason: '午饭' }))
  await s.grant(clock('13:00'), clock('15:00'))
  await s.at('14:00')
  assert.equal((await s.floor()).him.presence_limit_ms, null, 'no break that is too long')
  done(await s.others[0]!.post('/presence', { state: 'away', reason: '午饭' })) // it was their turn that the leave freed
  done(await s.others[0]!.post('/presence', { state: 'online' }))
  await s.at('15:00')
  assert.equal((await s.stand()).presence, 'away', 'their own presence is as they left it')
  assert.equal((await s.floor()).him.presence_limit_ms, 30 * MINUTE)
  await s.all(s.others, 'busy')
  const c = await s.come()
  assert.equal(await s.holder(c.id), '')
  done(await s.li.post('/presence', { state: 'online' }))
  assert.equal(await s.holder(c.id), s.ids[0])
  // away for a drink when it begins: ten minutes of break, not of two hours
  await s.at('15:10')
  done(await s.li.post('/presence', { state: 'away', reason: '喝水' }))
  await s.grant(clock('15:15'), clock('16:15'))
  await s.at('16:20')
  assert.equal((await today()).away_ms_today, 10 * MINUTE)
  done(await s.li.post('/presence', { state: 'online' }))
  done(await s.li.post('/presence', { state: 'away', reason: '喝水' }))
})

test('nobody has to move while on leave; who does not move when it is over is away', async (t) => {
  const s = await shop(t, ['小李', '小苏'], { idle_minutes: 10 })
  const watch = s.leader.feed(), his = s.li.feed(), hers = s.others[0]!.feed()
  for (const f of [watch, his, hers]) await f.hello()
  const idle = (i: number) => watch.until(() => watch.events.some((e) => e.kind === 'presence.changed' && e.data?.person === s.ids[i] && e.data?.reason === '久未操作'), 15_000)
  await s.grant(clock('13:00'), clock('15:00'))
  await s.at('12:58')
  await move(his)
  await move(hers)
  await s.at('14:00')
  await idle(1)
  assert.equal((await s.stand()).presence, 'online', 'both were told at once')
  await s.at('15:00')
  await s.pass(2 * MINUTE)
  await idle(0)
  for (const f of [watch, his, hers]) f.close()
})

test('a shift over midnight: leave across it, and one behind it', async (t) => {
  const s = await shop(t, ['小李', '小苏'], {}, { at: `${DAY}T18:00:00+08:00`, shift: '夜班' })
  const c = await s.his(true), midnight = clock('00:00') + 24 * 60 * MINUTE
  await s.grant(midnight - 30 * MINUTE, midnight + 10 * MINUTE)
  await s.grant(midnight + 20 * MINUTE, midnight + 40 * MINUTE)
  for (const [from, to] of [[-30, 10], [20, 40]] as const) {
    await s.at(midnight + from * MINUTE)
    assert.deepEqual((await s.lists()).map((h) => [h.reason, h.conversations.map((x: any) => x.id)]), [['请假', [c.id]]])
    await s.at(midnight + to * MINUTE - 1000)
    assert.equal((await s.lists()).length, 1)
    assert.equal(await s.holder((await s.come()).id), s.ids[1])
    await s.at(midnight + to * MINUTE)
    assert.deepEqual(await s.lists(), [])
    await s.all(s.others, 'busy')
    assert.equal(await s.holder((await s.come()).id), s.ids[0])
    await s.all(s.others, 'online')
  }
  // the shift ends at one: a leave over its end turns it, and what is left is not theirs again when that leave is over
  await s.grant(midnight + 50 * MINUTE, midnight + 90 * MINUTE)
  await s.at(midnight + 50 * MINUTE)
  const left = async () => (await s.lists()).filter((h) => h.person_name === '小李').map((h) => h.reason)
  assert.deepEqual(await left(), ['请假'])
  await s.at(midnight + 91 * MINUTE)
  assert.deepEqual(await left(), ['请假'])
})

test('a whole day of leave; one that is refused changes nothing', async (t) => {
  const d = await desk(t, ['小李', '小苏'])
  const [li, su] = d.people as [Client, Client]
  const boss = await d.service.person(d.owner, '方经理', '009', '部门经理')
  const tomorrow = '2026-03-06', at = (x: string) => Date.parse(`${tomorrow}T${x}:00+08:00`)
  const shifts = done(await d.leader.get(`/roster?from=${tomorrow}&to=${tomorrow}`)).shifts, early = shifts.find((s: any) => s.start <= '10:00' && s.end > '12:00' && !s.next_day)
  assert.equal((await d.head.ask('PUT', '/roster', { body: { from: tomorrow, to: tomorrow, cells: d.ids.map((person) => ({ person, date: tomorrow, shift: early.name })) } })).status, 200)
  const ask = async (who: Client, i: number) => done(await who.post('/cases', { type: '请假', fields: { 申请人: d.ids[i], 起时: at('00:00'), 止时: at('23:59'), 种类: '事假', 事由: '看病' } })).id as string
  const good = await ask(li, 0), bad = await ask(su, 1)
  done(await boss.post(`/cases/${good}/move`, { to: '批准' }))
  done(await boss.post(`/cases/${bad}/move`, { to: '不准' }))
  done(await su.post('/presence', { state: 'busy' }))
  const his = await d.come()
  await d.reply(li, his.id)
  done(await li.post('/presence', { state: 'busy' }))
  done(await su.post('/presence', { state: 'online' }))
  const hers = await d.come()
  await d.reply(su, hers.id)
  await d.pass(at('10:00') - d.now)
  await d.leader.login('003')
  await d.owner.login('001')
  const h = done(await d.leader.get('/handovers')).items
  assert.deepEqual(h.map((x: any) => [x.person_name, x.reason]), [['小李', '请假']])
  assert.equal(await d.holder(hers.id), d.ids[1])
})

test('who does not move is away after the minutes of the setting, and back with the next move; who is away by hand stays so', async (t) => {
  const d = await desk(t, ['小李', '小苏'], { idle_minutes: 10 })
  const [li, su] = d.people as [Client, Client]
  const watch = d.leader.feed(), page = li.feed(), second = li.feed(), other = su.feed()
  for (const f of [watch, page, second, other]) await f.hello()
  const stand = async (i: number) => done(await d.owner.get('/presence')).items.find((p: any) => p.id === d.ids[i])
  const changes = (i: number) => watch.events.filter((e) => e.kind === 'presence.changed' && e.data?.person === d.ids[i]).map((e) => [e.data.new, e.data.reason ?? ''])
  const until = (i: number, n: number) => watch.until(() => changes(i).length >= n, 15_000)
  await move(page)
  await move(other)
  await d.pass(9 * MINUTE)
  await move(second) // a move at any page of a person counts
  await d.pass(2 * MINUTE)
  await until(1, 1)
  assert.deepEqual(changes(1), [['away', '久未操作']])
  assert.deepEqual(changes(0), [], 'moved two minutes ago at the other page')
  assert.equal((await stand(0)).presence, 'online')
  // away gets nothing new
  for (let i = 0; i < 3; i++) assert.equal(await d.holder((await d.come()).id), d.ids[0])
  await d.pass(9 * MINUTE)
  await until(0, 1)
  assert.deepEqual(changes(0), [['away', '久未操作']])
  const lost = await d.come()
  assert.equal(await d.holder(lost.id), '', 'nobody is there: it waits')
  // a hand moves: on line again by itself, and what waits is given out
  await move(other)
  await until(1, 2)
  assert.deepEqual(changes(1).at(-1), ['online', ''])
  assert.equal(await d.holder(lost.id), d.ids[1])
  // by hand is by hand
  done(await su.post('/presence', { state: 'away', reason: '喝水' }))
  await move(other)
  await d.pass(MINUTE)
  assert.equal((await stand(1)).reason, '喝水')
  done(await su.post('/presence', { state: 'busy' }))
  await d.pass(60 * MINUTE)
  assert.equal((await stand(1)).presence, 'busy', 'who is busy is not there for nothing')
  for (const f of [watch, page, second, other]) f.close()
})

test('never by itself where the setting says so', async (t) => {
  const d = await desk(t, ['小李'], { idle_minutes: 0 })
  const page = d.people[0]!.feed()
  await page.hello()
  await move(page)
  await d.pass(8 * 60 * MINUTE)
  assert.equal(done(await d.owner.get('/presence')).items.find((p: any) => p.id === d.ids[0]).presence, 'online')
  page.close()
})

test('each limit of a break is said to who takes it and to the leader: once, a day, a meal; the day begins anew', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'], { away_once_minutes: 8, away_day_minutes: 20, meal_minutes: 45, meal_at_once: 1, away_at_once: 2 })
  const [li, su, zhou] = d.people as [Client, Client, Client]
  const today = async (p: Client) => done(await p.get('/today'))
  const floor = async (i: number) => done(await d.leader.get('/floor')).people.find((p: any) => p.id === d.ids[i])
  const plain = await today(li)
  assert.deepEqual([plain.away_limit_ms, plain.meal_limit_ms, plain.away_once_ms], [20 * MINUTE, 45 * MINUTE, 8 * MINUTE])
  // one break: its own limit, on both screens; over it is seen, not cut off
  done(await li.post('/presence', { state: 'away', reason: '喝水' }))
  await d.pass(9 * MINUTE)
  assert.deepEqual([(await today(li)).away_once_ms, (await today(li)).away_ms_today], [8 * MINUTE, 9 * MINUTE])
  assert.equal((await floor(0)).presence_limit_ms, 8 * MINUTE)
  assert.equal((await floor(0)).presence, 'away', 'nobody is dragged back')
  // two at once, the third is told who they are
  done(await su.post('/presence', { state: 'away', reason: '取快递' }))
  const e = refused(await zhou.post('/presence', { state: 'away', reason: '喝水' }), 422, 'presence.turns')
  assert.match(e.zh, /小李、小苏|小苏、小李/)
  assert.match(e.en, /^2 are away already .*at most 2/)
  // a meal: another turn and another limit, outside the sum of the day
  done(await zhou.post('/presence', { state: 'away', reason: '午饭' }))
  assert.match(refused(await d.leader.post('/presence', { state: 'away', reason: '吃饭' }), 422, 'presence.turns').en, /^1 are at a meal already/)
  const meal = await today(zhou)
  assert.deepEqual([meal.away_meal, meal.away_once_ms], [true, 45 * MINUTE])
  assert.equal((await floor(2)).presence_limit_ms, 45 * MINUTE)
  await d.pass(50 * MINUTE)
  done(await zhou.post('/presence', { state: 'online' }))
  assert.equal((await today(zhou)).away_ms_today, 0)
  done(await d.leader.post('/presence', { state: 'away', reason: '吃饭' })) // the turn is free
  done(await d.leader.post('/presence', { state: 'online' }))
  // the sum of the day: spent is spent, a leader may all the same, tomorrow is another day
  done(await li.post('/presence', { state: 'online' }))
  const spent = refused(await li.post('/presence', { state: 'away', reason: '喝水' }), 422, 'presence.spent')
  assert.match(spent.zh, /59 分钟.*20 分钟/)
  done(await li.post('/presence', { state: 'away', reason: '晚饭' }))
  done(await li.post('/presence', { state: 'online' }))
  done(await d.leader.post(`/presence/${d.ids[0]}`, { state: 'away', reason: '去医务室' }))
  done(await li.post('/presence', { state: 'online' }))
  await d.pass(Date.parse('2026-03-06T09:00:00+08:00') - d.now)
  await li.login('101')
  assert.equal((await today(li)).away_ms_today, 0)
  done(await li.post('/presence', { state: 'away', reason: '喝水' }))
})
