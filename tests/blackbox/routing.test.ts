// Who gets the next conversation, what becomes of what somebody leaves behind, how people stand: on desks whose clock the test holds.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { desk, done, MINUTE, refused } from './routing_desk.ts'
import type { Client } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
/** A small generator with a seed, so that a run can be told again. */
function dice(seed: number) { let x = seed >>> 0; return (n: number) => { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return Math.floor((x / 2 ** 32) * n) } }

test('in turn: after any number of conversations nobody had two more than another', async (t) => {
  const seed = Number(process.env.SEED ?? 20260305)
  t.diagnostic(`seed ${seed}`)
  const roll = dice(seed)
  const d = await desk(t, ['小李', '小苏', '小周', '小吴'], { route_order: 1, route_cap: 200 })
  const had = new Map(d.ids.map((id) => [id, 0]))
  const open: { id: string; who: number }[] = []
  for (let i = 0; i < 60; i++) {
    if (roll(3) === 0) await d.pass(1 + roll(5000))
    const c = await d.come()
    const who = d.ids.indexOf(await d.holder(c.id))
    assert.ok(who >= 0, 'somebody has it')
    had.set(d.ids[who]!, had.get(d.ids[who]!)! + 1)
    open.push({ id: c.id, who })
    const counts = [...had.values()]
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `turn ${i}: ${counts}`)
    // some are closed, unevenly: the turn does not care
    if (roll(2) === 0) { const k = roll(open.length), x = open.splice(k, 1)[0]!; done(await d.people[x.who]!.post(`/conversations/${x.id}/close`, { deal: false })) }
  }
})

test('least busy: whoever gets the next holds no more than anybody else who is there', async (t) => {
  const seed = Number(process.env.SEED ?? 7)
  t.diagnostic(`seed ${seed}`)
  const roll = dice(seed)
  const d = await desk(t, ['小李', '小苏', '小周'], { route_cap: 200 })
  const holds = d.ids.map(() => [] as string[])
  for (let i = 0; i < 60; i++) {
    const before = holds.map((h) => h.length), c = await d.come(), who = d.ids.indexOf(await d.holder(c.id))
    assert.equal(before[who], Math.min(...before), `turn ${i}: ${before} -> ${who}`)
    holds[who]!.push(c.id)
    const k = roll(3)
    if (roll(2) === 0 && holds[k]!.length) done(await d.people[k]!.post(`/conversations/${holds[k]!.pop()}/close`, { deal: false }))
  }
})

test('the same requests give the same hands on a second desk, and a rebuild from the log changes nothing', async (t) => {
  const story = async () => {
    const d = await desk(t, ['小李', '小苏', '小周'], { route_order: 1, return_seconds: 60 })
    const out: string[] = []
    for (let i = 0; i < 12; i++) { const c = await d.come(); await d.pass(17_000); if (i % 4 === 0) await d.reply(d.people[d.ids.indexOf(await d.holder(c.id))]!, c.id); out.push(c.id) }
    await d.people[1]!.post('/presence', { state: 'offline' })
    await d.pass(70_000)
    const hands: number[] = []
    for (const id of out) hands.push(d.ids.indexOf(await d.holder(id)))
    return { d, hands }
  }
  const one = await story(), two = await story()
  assert.deepEqual(one.hands, two.hands)
  await one.d.service.stop()
  const said = execFileSync(binary, ['rebuild', '--data', join(one.d.service.dir, 'data')], { encoding: 'utf8', env: { ...process.env, LANG: 'en_US.UTF-8' } })
  assert.match(said, / 0 different/, said)
})

test('caps: of a person, of a channel; what is over waits and goes out when there is room', async (t) => {
  const d = await desk(t, ['小李', '小苏'], { route_cap: 3 })
  done(await d.owner.ask('PUT', '/routing/caps', { body: { person: d.ids[0], most: 1 } }))
  const all = []
  for (let i = 0; i < 5; i++) all.push((await d.come()).id)
  const hands = []
  for (const id of all) hands.push(d.ids.indexOf(await d.holder(id)))
  assert.equal(hands.filter((h) => h === 0).length, 1)
  assert.equal(hands.filter((h) => h === 1).length, 3)
  assert.equal(hands[4], -1, 'nobody has room')
  done(await d.owner.ask('PUT', '/routing/caps', { body: { channel: '网页', most: 2 } })) // fewer than some hold: nothing is taken away
  done(await d.people[0]!.post(`/conversations/${all[hands.indexOf(0)]}/close`, { deal: false }))
  assert.equal(d.ids.indexOf(await d.holder(all[4]!)), 0, 'the first with room')
  const r = done(await d.owner.get('/routing'))
  assert.equal(r.people.find((p: any) => p.id === d.ids[0]).cap, 1)
  assert.deepEqual(r.channels, [{ channel: '网页', most: 2 }])
  refused(await d.owner.ask('PUT', '/routing/caps', { body: { most: 2 } }), 400, 'routing.cap')
  refused(await d.leader.ask('PUT', '/routing/caps', { body: { person: d.ids[0], most: 9 } }), 403, 'may.denied')
  refused(await d.owner.ask('PUT', '/routing/caps', { body: { person: 'p999', most: 2 } }), 404, 'people.unknown')
})

test('skills: from page, channel or tag; who has none of it waits for the time of the setting', async (t) => {
  const d = await desk(t, ['小李', '小苏'], { skill_seconds: 120 })
  done(await d.owner.ask('PUT', `/routing/skills/${d.ids[1]}`, { body: { skills: ['退款', '英文'] } }))
  done(await d.owner.ask('PUT', '/routing/needs', { body: { kind: 'page', word: '/refund', skill: '退款' } }))
  refused(await d.owner.ask('PUT', '/routing/needs', { body: { kind: 'moon', word: 'x', skill: '退款' } }), 400, 'routing.kind')
  refused(await d.owner.ask('PUT', `/routing/skills/${d.ids[1]}`, { body: { skills: ['退 款'] } }), 400, 'routing.blank')
  for (let i = 0; i < 3; i++) assert.equal(await d.holder((await d.come('退钱', 'https://shop.example/refund/1')).id), d.ids[1])
  done(await d.people[1]!.post('/presence', { state: 'busy' }))
  const c = await d.come('退钱', 'https://shop.example/refund/2')
  assert.equal(await d.holder(c.id), '', 'nobody who is there can')
  assert.equal(await d.holder((await d.come()).id), d.ids[0], 'and it holds up nobody else')
  await d.pass(119_000)
  assert.equal(await d.holder(c.id), '')
  await d.pass(2000)
  assert.equal(await d.holder(c.id), d.ids[0], 'better than nobody')
  done(await d.owner.ask('PUT', '/routing/needs', { body: { kind: 'page', word: '/refund', skill: '' } }))
  assert.deepEqual(done(await d.owner.get('/routing')).needs, [])
})

test('who served the customer last goes first, if there; a customer with a level goes before the line', async (t) => {
  const d = await desk(t, ['小李', '小苏'], { route_cap: 2 })
  const first = await d.come()
  const served = d.ids.indexOf(await d.holder(first.id))
  await d.reply(d.people[served]!, first.id)
  done(await d.people[served]!.post(`/conversations/${first.id}/close`, { deal: false }))
  await d.come(); // whoever
  const again = done(await first.v.say('又是我')).conversation
  assert.notEqual(again, first.id)
  assert.equal(await d.holder(again), d.ids[served])
  // fill the desk
  while (await d.holder((await d.come()).id)) { /* until nobody has room */ }
  const plain = await d.come(), dear = await d.come()
  const customer = done(await d.owner.get(`/conversations/${dear.id}`)).customer.id
  done(await d.owner.ask('PATCH', `/customers/${customer}`, { body: { level: 'VIP' } }))
  const some = done(await d.people[0]!.get('/conversations?box=mine')).items[0].id
  done(await d.people[0]!.post(`/conversations/${some}/close`, { deal: false }))
  assert.equal(await d.holder(dear.id), d.ids[0])
  assert.equal(await d.holder(plain.id), '')
})

test('unanswered it goes to the next, never back to who let it fall; the last keeps it', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'], { return_seconds: 60 })
  const c = await d.come()
  const path = [await d.holder(c.id)]
  for (let i = 0; i < 6; i++) {
    await d.pass(59_000)
    assert.equal(await d.holder(c.id), path.at(-1), 'not before the time')
    await d.pass(2000)
    path.push(await d.holder(c.id))
  }
  assert.equal(new Set(path.slice(0, 3)).size, 3, 'three people, each once')
  assert.equal(new Set(path.slice(2)).size, 1, 'then it stays: no ping-pong')
  const back = (await d.acts(c.id)).filter((a: any) => a.act === 'queued')
  assert.equal(back.length, 2)
  assert.ok(back.every((a: any) => a.reason === '没有按时回复' && a.former_name), 'the log says why and from whom')
  // answered: the round is over; next time everybody may be asked again
  const last = d.people[d.ids.indexOf(path.at(-1)!)]!
  await d.reply(last, c.id)
  await d.pass(10 * MINUTE)
  assert.equal(await d.holder(c.id), path.at(-1), 'nobody waits for an answer')
  done(await c.v.say('还有一个问题'))
  await d.pass(62_000)
  assert.notEqual(await d.holder(c.id), path.at(-1))
})

test('off line: whom a customer waits for goes at once; the rest is a list that somebody takes, asked one after the other', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'], { handover_seconds: 300 })
  const [li, su, zhou] = d.people as [Client, Client, Client]
  for (const p of [su, zhou]) done(await p.post('/presence', { state: 'busy' }))
  const idle = await d.come(), urgent = await d.come()
  await d.reply(li, idle.id)
  for (const p of [su, zhou]) done(await p.post('/presence', { state: 'online' }))
  done(await li.post('/presence', { state: 'offline' }))
  assert.notEqual(await d.holder(urgent.id), d.ids[0], 'nobody waits for somebody who has gone')
  assert.ok(await d.holder(urgent.id))
  const seen = async (who: Client) => done(await who.get('/handovers')).items
  let all = await seen(d.leader)
  assert.equal(all.length, 1, 'the leader sees it')
  assert.equal(all[0].person_name, '小李')
  assert.deepEqual(all[0].conversations.map((x: any) => x.id), [idle.id])
  const asked = d.ids.indexOf(all[0].to), first = d.people[asked]!, other = asked === 1 ? zhou : su
  assert.equal((await seen(first)).length, 1)
  assert.equal((await seen(other)).length, 0)
  refused(await other.post(`/handovers/${all[0].id}/answer`, { take: true }), 403, 'handover.not_you')
  // no answer in time: the next is asked
  await d.pass(301_000)
  all = await seen(d.leader)
  assert.equal(all[0].to, other.me.person.id)
  done(await other.post(`/handovers/${all[0].id}/answer`, { take: true }))
  assert.equal(await d.holder(idle.id), other.me.person.id)
  assert.equal((await seen(d.leader)).length, 0)
  refused(await other.post(`/handovers/${all[0].id}/answer`, { take: true }), 409, 'handover.over')
  refused(await other.post('/handovers/h9999/answer', { take: true }), 404, 'handover.unknown')
})

test('declined by all it stays pending before the leader, who may take it; back again, the giver has it back', async (t) => {
  const d = await desk(t, ['小李', '小苏'])
  const [li, su] = d.people as [Client, Client]
  done(await su.post('/presence', { state: 'busy' }))
  const c = await d.come()
  await d.reply(li, c.id)
  done(await su.post('/presence', { state: 'online' }))
  done(await li.post('/presence', { state: 'offline' }))
  const h = done(await su.get('/handovers')).items[0]
  done(await su.post(`/handovers/${h.id}/answer`, { take: false, reason: '手上满了' }))
  let pending = done(await d.leader.get('/handovers')).items
  assert.equal(pending.length, 1)
  assert.equal(pending[0].to, null)
  await d.pass(10 * MINUTE)
  assert.equal(done(await d.leader.get('/handovers')).items.length, 1, 'it does not vanish')
  done(await li.post('/presence', { state: 'online' }))
  assert.equal(done(await d.leader.get('/handovers')).items.length, 0)
  assert.equal(await d.holder(c.id), d.ids[0])
  // gone again, declined again; the leader takes it
  done(await li.post('/presence', { state: 'offline' }))
  pending = done(await d.leader.get('/handovers')).items
  done(await d.leader.post(`/handovers/${pending[0].id}/answer`, { take: true }))
  assert.equal(await d.holder(c.id), d.leader.me.person.id)
})

test('on a day with a roster only who is on shift gets work; the end of a shift and leave hand over', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'])
  const [li, su] = d.people as [Client, Client, Client]
  const shifts = done(await d.leader.get('/roster?from=2026-03-05&to=2026-03-05')).shifts
  const early = shifts.find((s: any) => s.start <= '10:00' && s.end > '10:00' && !s.next_day), late = shifts.find((s: any) => s.start > '10:00' || s.next_day) ?? shifts.at(-1)
  assert.ok(early && late && early.name !== late.name, JSON.stringify(shifts))
  const cells = [{ person: d.ids[0], date: '2026-03-05', shift: early.name }, { person: d.ids[1], date: '2026-03-05', shift: late.name }]
  const r = await d.head.ask('PUT', '/roster', { body: { from: '2026-03-05', to: '2026-03-05', cells } })
  assert.equal(r.status, 200, r.text)
  const first = await d.come(), second = await d.come()
  assert.equal(await d.holder(first.id), d.ids[0])
  assert.equal(await d.holder(second.id), d.ids[0], 'the others are present, but not on shift')
  await d.reply(li, first.id); await d.reply(li, second.id)
  done(await li.post('/presence', { state: 'busy' }))
  const third = await d.come()
  assert.equal(await d.holder(third.id), '', 'nobody on shift has room: it waits')
  done(await d.owner.ask('PUT', '/settings/desk/route_shift_only', { body: { value: 2 } }))
  const fourth = await d.come()
  assert.ok(d.ids.slice(1).includes(await d.holder(fourth.id)), 'first who is on shift, else whoever is there')
  done(await d.owner.ask('PUT', '/settings/desk/route_shift_only', { body: { value: 1 } }))
  done(await li.post('/presence', { state: 'online' }))
  for (const c of [third, fourth]) { const h = await d.holder(c.id); if (h) { const p = d.people[d.ids.indexOf(h)]!; await d.reply(p, c.id); done(await p.post(`/conversations/${c.id}/close`, { deal: false })) } }
  const end = Date.parse(`2026-03-05T${early.end}:00+08:00`)
  await d.pass(end - d.now + 1000)
  const pending = done(await d.leader.get('/handovers')).items
  assert.equal(pending.length, 1, 'the shift is over')
  assert.equal(pending[0].reason, '下班')
  assert.equal(pending[0].conversations.length, 2)
  assert.equal(await d.holder(first.id), d.ids[0], 'until somebody has taken it, it is in the hands of who knows it')
  if (pending[0].to) {
    assert.equal(pending[0].to, d.ids[1], 'who is on shift now')
    done(await su.post(`/handovers/${pending[0].id}/answer`, { take: true }))
    assert.equal(await d.holder(second.id), d.ids[1])
  }
})

test('away in turns: so many at once, so long a day; a leader may set anybody away; an agent may not', async (t) => {
  const d = await desk(t, ['小李', '小苏', '小周'], { away_at_once: 1, meal_at_once: 1, away_day_minutes: 20 })
  const [li, su, zhou] = d.people as [Client, Client, Client]
  done(await li.post('/presence', { state: 'away', reason: '喝水' }))
  const e = refused(await su.post('/presence', { state: 'away', reason: '喝水' }), 422, 'presence.turns')
  assert.match(e.zh, /小李/)
  done(await su.post('/presence', { state: 'away', reason: '吃饭' })) // a meal has its own turn
  refused(await zhou.post('/presence', { state: 'away', reason: '用餐' }), 422, 'presence.turns')
  await d.pass(12 * MINUTE)
  done(await li.post('/presence', { state: 'online' }))
  let today = done(await li.get('/today'))
  assert.equal(today.away_ms_today, 12 * MINUTE)
  assert.equal(today.away_limit_ms, 20 * MINUTE)
  done(await li.post('/presence', { state: 'away', reason: '喝水' }))
  await d.pass(9 * MINUTE)
  done(await li.post('/presence', { state: 'online' }))
  refused(await li.post('/presence', { state: 'away', reason: '喝水' }), 422, 'presence.spent')
  assert.equal(done(await su.get('/today')).away_ms_today, 0, 'meals are counted apart')
  // by a leader
  refused(await su.post(`/presence/${d.ids[0]}`, { state: 'away', reason: '开会' }), 403, 'may.denied')
  refused(await d.leader.post(`/presence/${d.ids[0]}`, { state: 'away' }), 400, 'args.missing')
  done(await d.leader.post(`/presence/${d.ids[0]}`, { state: 'away', reason: '去领奖' }))
  const shown = done(await su.get('/presence')).items.find((p: any) => p.id === d.ids[0])
  assert.equal(shown.presence, 'away')
  assert.equal(shown.reason, '去领奖')
  done(await zhou.post('/presence', { state: 'offline' }))
  refused(await d.leader.post(`/presence/${d.ids[2]}`, { state: 'online', reason: '来活了' }), 409, 'presence.not_there')
  // nobody but the program itself
  refused(await d.owner.post('/commands/presence.lost', { person: d.ids[0] }), 404, 'request.path')
})

test('the last page gone for the grace is off line, one of two pages is not; back is on line again', async (t) => {
  const d = await desk(t, ['小李', '小苏'], { grace_seconds: 1 })
  const [li, su] = d.people as [Client, Client]
  const watch = d.leader.feed(); await watch.hello()
  const one = li.feed(), two = li.feed(), other = su.feed()
  await one.hello(); await two.hello(); await other.hello()
  const c = await d.come()
  const holder = await d.holder(c.id)
  const his = holder === d.ids[0]
  one.close()
  other.close()
  const gone = (id: string) => watch.until((f) => f.events.find((e) => e.kind === 'presence.changed' && e.data?.person === id && e.data?.reason === '断线'), 15_000)
  await gone(d.ids[1]!)
  assert.ok(!watch.events.some((e) => e.kind === 'presence.changed' && e.data?.person === d.ids[0] && e.data?.reason), 'a second tab is the same person')
  assert.equal(await d.holder(c.id), d.ids[0], his ? 'it stays' : 'whoever waits is not left with who has gone')
  two.close()
  await gone(d.ids[0]!)
  const again = li.feed(); await again.hello()
  await watch.until((f) => f.events.filter((e) => e.kind === 'presence.changed' && e.data?.person === d.ids[0]).at(-1)?.data?.new === 'online', 15_000)
  assert.equal(await d.holder(c.id), d.ids[0], 'and gets what waits')
  // who goes off line by hand is left alone by a page that opens
  done(await su.post('/presence', { state: 'offline', reason: '下班' }))
  again.close(); watch.close()
})

test('the leader watches without a trace, whispers to the agent alone, takes over; two at once: one wins', async (t) => {
  const d = await desk(t, ['小李', '小苏'])
  const c = await d.come('你们到底发不发货')
  const who = d.ids.indexOf(await d.holder(c.id)), agent = d.people[who]!, other = d.people[1 - who]!
  const shop = c.v.feed(), his = agent.feed(), others = other.feed()
  await shop.hello(); await his.hello(); await others.hello()
  const seen = done(await d.leader.get(`/conversations/${c.id}`))
  done(await d.leader.post(`/conversations/${c.id}/read`, { seq: seen.messages.at(-1).seq }))
  const w = done(await d.leader.post(`/conversations/${c.id}/whisper`, { text: '先道歉，再给补偿' }))
  const heard = await his.event('conversation.whispered')
  assert.equal(heard.data.text, '先道歉，再给补偿')
  await d.reply(agent, c.id, '抱歉让您久等')
  await shop.event('conversation.agent_replied')
  await others.event('conversation.agent_replied')
  assert.ok(!JSON.stringify(shop.said).includes('补偿') && !shop.events.some((e) => e.kind === 'conversation.read'), 'no trace to the customer')
  assert.ok(!JSON.stringify(others.said).includes('补偿'), 'nor to a colleague')
  const line = (r: any) => r.messages.find((m: any) => m.id === w.id)
  assert.equal(line(done(await agent.get(`/conversations/${c.id}`)))?.by.type, 'whisper')
  assert.ok(line(done(await d.leader.get(`/conversations/${c.id}`))))
  assert.equal(line(done(await other.get(`/conversations/${c.id}`))), undefined)
  assert.ok(!JSON.stringify((await c.v.messages()).body).includes('补偿'))
  refused(await other.post(`/conversations/${c.id}/whisper`, { text: '嘿' }), 403, 'may.denied')
  refused(await agent.post(`/conversations/${c.id}/recall`, { message: w.id }), 409, 'message.not_said')
  refused(await d.leader.post(`/conversations/${c.id}/messages`, { text: 'x', quote: w.id }), 400, 'message.quote')
  // two leaders at once: both saw the same holder, one wins and the other is told who
  refused(await other.post(`/conversations/${c.id}/take-over`, { reason: '我来', from: d.ids[who] }), 403, 'conversation.not_away')
  const both = await Promise.all([d.leader, d.head].map((p) => p.post(`/conversations/${c.id}/take-over`, { reason: '我来处理', from: d.ids[who] })))
  assert.deepEqual(both.map((r) => r.status).sort(), [200, 409])
  const won = both[0]!.status === 200 ? d.leader : d.head, lost = both.find((r) => r.status === 409)!
  refused(lost, 409, 'conversation.taken')
  assert.equal(await d.holder(c.id), won.me.person.id)
  refused(await won.post(`/conversations/${c.id}/whisper`, { text: '自言自语' }), 409, 'whisper.self')
  shop.close(); his.close(); others.close()
})
