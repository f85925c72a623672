// The conversation, act by act, over the API alone: the good path and every refusal, on a desk whose clock the test holds.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, type Answer } from './service.ts'

const service = new Service()
let now = Date.parse('2026-03-05T10:00:00+08:00')
let owner: Client, head: Client, leader: Client, li: Client, su: Client, clerk: Client
before(async () => {
  await service.startAt(now, '--no-limits')
  owner = await service.setUp()
  head = await service.person(owner, '方主管', '002', '主管')
  leader = await service.person(owner, '陈组长', '003', '组长')
  li = await service.person(owner, '小李', '101', '客服')
  su = await service.person(owner, '小苏', '102', '客服')
  clerk = await service.person(owner, '老周', '201', '制单员')
  for (const p of [li, su, leader]) await p.post('/presence', { state: 'online' })
})
after(() => service.end())

const key = (r: Answer) => r.body?.error?.key ?? r.body?.key
const pass = (ms: number) => service.tick((now += ms))
let visitors = 0
/** A new visitor says something; the talk is put into somebody's hands. */
async function begin(who: Client, text = '在吗', name = `顾客${++visitors}`) {
  const v = new Visitor(service)
  await v.start({ name })
  const said = await v.say(text)
  assert.equal(said.status, 200, said.text)
  const id = said.body.conversation as string
  const c = (await owner.get(`/conversations/${id}`)).body
  if (c.agent !== who.me.person.id) done(await leader.post(`/conversations/${id}/transfer`, { to: who.me.person.id, reason: '测试' }))
  return { v, id, customer: c.customer.id as string }
}
function done(r: Answer) { assert.equal(r.status, 200, r.text); return r.body }
function refused(r: Answer, status: number, k: string) { assert.equal(r.status, status, r.text); assert.equal(key(r), k, r.text); const e = r.body.error ?? r.body; assert.ok(e.zh && e.en, 'in both languages: ' + r.text); return r }
const get = async (who: Client, id: string) => done(await who.get(`/conversations/${id}`))
const acts = (c: any) => c.messages.filter((m: any) => m.by.type === 'system').map((m: any) => m.act.act)
const reply = async (who: Client, id: string, text: string, more = {}) => done(await who.post(`/conversations/${id}/messages`, { text, ...more }))

test('a mention is one notice, once, that opens at the note; the customer sees nothing of it', async () => {
  const { v, id } = await begin(li)
  const feed = su.feed(), shop = v.feed()
  await feed.hello(); await shop.hello()
  const body = { text: '@小苏 这单你熟，看看', mentions: [su.me.person.id, su.me.person.id, li.me.person.id], note: true }
  const note = done(await li.post(`/conversations/${id}/messages`, body, { key: 'note-1' }))
  assert.equal(done(await li.post(`/conversations/${id}/messages`, body, { key: 'note-1' })).id, note.id, 'sent twice, said once')
  const notices = done(await su.get('/notices')).items.filter((n: any) => n.object?.conversation === id)
  assert.equal(notices.length, 1)
  assert.equal(notices[0].type, 'mention')
  assert.equal(notices[0].place, note.seq)
  assert.match(notices[0].text, /小李在备注里提到你：@小苏 这单你熟/)
  const told = await feed.event('notice.sent')
  assert.equal(told.data.conversation, id)
  assert.equal((done(await li.get('/notices')).items).filter((n: any) => n.object?.conversation === id).length, 0, 'nobody tells themselves')
  const m = (await get(li, id)).messages.find((x: any) => x.id === note.id)
  assert.deepEqual(m.mentions.map((x: any) => x.name), ['小苏'])
  refused(await li.post(`/conversations/${id}/notes`, { text: 'x', mentions: ['p9999'] }), 404, 'people.unknown')
  // a changed note tells only who was not told before
  done(await li.post(`/conversations/${id}/edit`, { message: note.id, text: '@小苏 @陈组长 看看', mentions: [su.me.person.id, leader.me.person.id] }))
  assert.equal(done(await su.get('/notices')).items.filter((n: any) => n.object?.conversation === id).length, 1)
  assert.equal(done(await leader.get('/notices')).items.filter((n: any) => n.object?.conversation === id).length, 1)
  await reply(li, id, '在的')
  await shop.event('conversation.agent_replied')
  assert.ok(!JSON.stringify(shop.said).includes('小苏'), 'neither the note nor its change')
  assert.ok(!JSON.stringify((await v.messages()).body).includes('小苏'))
  feed.close(); shop.close()
})

test('a message can be taken back within two minutes, not after, not by others', async () => {
  const { v, id } = await begin(li)
  const first = await reply(li, id, '密码是 1234')
  const shop = v.feed(); await shop.hello()
  refused(await su.post(`/conversations/${id}/recall`, { message: first.id }), 403, 'message.not_yours')
  refused(await leader.post(`/conversations/${id}/recall`, { message: first.id }), 403, 'message.not_yours')
  refused(await li.post(`/conversations/${id}/recall`, { message: 'e999999' }), 404, 'message.unknown')
  await pass(119_000)
  assert.equal(done(await li.post(`/conversations/${id}/recall`, { message: first.id })).text, '密码是 1234')
  await shop.event('conversation.recalled')
  const heard = (await v.messages()).body.items.find((m: any) => m.id === first.id)
  assert.equal(heard.text, '')
  assert.ok(heard.recalled_ms)
  const seen = (await get(su, id)).messages.find((m: any) => m.id === first.id)
  assert.equal(seen.text, '密码是 1234', 'colleagues still see what it said')
  assert.ok(seen.recalled_ms)
  refused(await li.post(`/conversations/${id}/recall`, { message: first.id }), 409, 'message.recalled')
  refused(await li.post(`/conversations/${id}/messages`, { text: '就是这个', quote: first.id }), 409, 'message.quote_recalled')
  const second = await reply(li, id, '您稍等')
  await pass(121_000)
  const late = refused(await li.post(`/conversations/${id}/recall`, { message: second.id }), 409, 'message.too_late')
  assert.match(JSON.stringify(late.body), /121 秒/)
  const customers = (await get(li, id)).messages.find((m: any) => m.by.type === 'customer')
  refused(await li.post(`/conversations/${id}/recall`, { message: customers.id }), 409, 'message.not_said')
  refused(await clerk.post(`/conversations/${id}/recall`, { message: second.id }), 403, 'may.denied')
  shop.close()
})

test('changed words leave a trail for colleagues; the customer sees the new ones', async () => {
  const { v, id } = await begin(li)
  const m = await reply(li, id, '明天发货')
  done(await li.post(`/conversations/${id}/edit`, { message: m.id, text: '后天发货' }))
  done(await li.post(`/conversations/${id}/edit`, { message: m.id, text: '周六发货' }))
  const trail = done(await su.get(`/conversations/${id}/edits?message=${m.id}`))
  assert.deepEqual(trail.items.map((x: any) => x.text), ['明天发货', '后天发货'])
  assert.equal(trail.text, '周六发货')
  const heard = (await v.messages()).body.items.find((x: any) => x.id === m.id)
  assert.equal(heard.text, '周六发货')
  assert.ok(heard.edited_ms)
  assert.equal((await get(li, id)).last?.text ?? done(await li.get('/conversations?box=mine')).items.find((x: any) => x.id === id).last.text, '周六发货')
  refused(await li.post(`/conversations/${id}/edit`, { message: m.id, text: '周六发货' }), 400, 'message.same')
  refused(await su.post(`/conversations/${id}/edit`, { message: m.id, text: '假的' }), 403, 'message.not_yours')
  await pass(16 * 60_000)
  refused(await li.post(`/conversations/${id}/edit`, { message: m.id, text: '周日' }), 409, 'message.too_late')
  refused(await li.get(`/conversations/${id}/edits?message=e99`), 404, 'message.unknown')
})

test('an answer may quote what was said, never a note', async () => {
  const { v, id } = await begin(li, '有红色的吗')
  const asked = (await get(li, id)).messages[0]
  const m = await reply(li, id, '有的', { quote: asked.id })
  const heard = (await v.messages()).body.items.find((x: any) => x.id === m.id)
  assert.equal(heard.quote.text, '有红色的吗')
  const note = done(await li.post(`/conversations/${id}/notes`, { text: '内部' }))
  refused(await li.post(`/conversations/${id}/messages`, { text: '看', quote: note.id }), 400, 'message.quote')
  done(await li.post(`/conversations/${id}/notes`, { text: '接着说', quote: note.id }))
})

test('what is not sent survives another device and is never overwritten unseen', async () => {
  const { id } = await begin(li)
  const a = done(await li.ask('PUT', `/conversations/${id}/draft`, { body: { text: '我先写一半' } }))
  const other = new Client(service)
  await other.login('101')
  const found = (await get(other, id)).draft
  assert.equal(found.text, '我先写一半')
  await pass(1000)
  const b = done(await other.ask('PUT', `/conversations/${id}/draft`, { body: { text: '我先写一半，接着写', revision: found.revision } }))
  const clash = done(await li.ask('PUT', `/conversations/${id}/draft`, { body: { text: '旧设备写的', revision: a.revision } }))
  assert.equal(clash.conflict, true)
  assert.equal(clash.text, '我先写一半，接着写')
  assert.equal((await get(other, id)).draft.text, '我先写一半，接着写')
  done(await li.ask('PUT', `/conversations/${id}/draft`, { body: { text: '两边并起来', revision: b.revision } }))
  assert.equal(done(await other.get('/drafts')).items.find((d: any) => d.conversation === id).text, '两边并起来')
  assert.equal((await get(su, id)).draft, null, 'nobody else sees it')
  await reply(li, id, '两边并起来')
  assert.equal((await get(other, id)).draft, null, 'sent, so it is gone')
  refused(await li.ask('PUT', `/conversations/${id}/draft`, { body: { text: 'x'.repeat(5001) } }), 400, 'args.long')
  refused(await li.ask('PUT', '/conversations/c99999/draft', { body: { text: 'x' } }), 404, 'conversation.unknown')
})

test('a warm transfer is taken, declined, withdrawn, or falls back to the queue', async () => {
  const { id } = await begin(li)
  const ask = () => li.post(`/conversations/${id}/transfer`, { to: su.me.person.id, reason: '售后', note: '老顾客，已经道过歉' })
  const feed = su.feed(); await feed.hello()
  const asked = done(await ask())
  assert.equal(asked.offered_to, su.me.person.id)
  assert.equal((await feed.event('conversation.offered')).data.text, '老顾客，已经道过歉')
  let c = await get(li, id)
  assert.equal(c.agent, li.me.person.id, 'until then the giver holds it')
  assert.equal(c.offer.to_name, '小苏')
  assert.deepEqual(done(await su.get('/conversations?box=mine')).offers.map((o: any) => o.id), [id])
  refused(await leader.post(`/conversations/${id}/offer`, { take: true }), 403, 'offer.not_you')
  done(await su.post(`/conversations/${id}/offer`, { take: false, reason: '手上满了' }))
  c = await get(li, id)
  assert.equal(c.agent, li.me.person.id)
  assert.equal(c.offer, null)
  assert.deepEqual(acts(c).slice(-2), ['offered', 'offer_ended'])
  refused(await su.post(`/conversations/${id}/offer`, { take: true }), 409, 'offer.none')

  done(await ask())
  done(await li.post(`/conversations/${id}/offer`, { withdraw: true }))
  refused(await su.post(`/conversations/${id}/offer`, { take: true }), 409, 'offer.none')

  done(await ask())
  done(await su.post(`/conversations/${id}/offer`, { take: true }))
  c = await get(su, id)
  assert.equal(c.agent, su.me.person.id)
  assert.equal(acts(c).at(-1), 'transferred')

  // nobody answers: back to the queue and on to somebody else
  done(await su.post(`/conversations/${id}/transfer`, { to: li.me.person.id, reason: '售后', note: '拜托' }))
  await pass(119_000)
  assert.ok((await get(su, id)).offer)
  await pass(2_000)
  c = await get(su, id)
  assert.equal(c.offer, null)
  assert.notEqual(c.agent, li.me.person.id, 'not to who let it fall')
  assert.ok(acts(c).includes('queued'))
  refused(await li.post(`/conversations/${id}/transfer`, { to: clerk.me.person.id, reason: 'x', note: 'y' }), 409, 'conversation.not_yours')
  feed.close()
})

test('taking over: a leader always, others while the holder is away; of two at once one wins', async () => {
  const { id } = await begin(li)
  refused(await su.post(`/conversations/${id}/take-over`, { reason: '我来' }), 403, 'conversation.not_away')
  refused(await leader.post(`/conversations/${id}/take-over`, {}), 400, 'args.missing')
  refused(await clerk.post(`/conversations/${id}/take-over`, { reason: '我来' }), 403, 'may.denied')
  const seen = li.me.person.id
  const both = await Promise.all([leader.post(`/conversations/${id}/take-over`, { reason: '投诉升级', from: seen }), head.post(`/conversations/${id}/take-over`, { reason: '我来处理', from: seen })])
  const won = both.filter((r) => r.status === 200), lost = both.filter((r) => r.status !== 200)
  assert.equal(won.length, 1)
  refused(lost[0]!, 409, 'conversation.taken')
  const name = both[0]!.status === 200 ? '陈组长' : '方主管'
  assert.match(JSON.stringify(lost[0]!.body), new RegExp(name + '刚刚接手'))
  let c = await get(li, id)
  assert.equal(c.agent_name, name)
  const line = c.messages.find((m: any) => m.act?.act === 'taken_over')
  assert.equal(line.act.former_name, '小李')
  // the holder goes away: a colleague may
  const w = both[0]!.status === 200 ? leader : head
  refused(await w.post(`/conversations/${id}/take-over`, { reason: '再来' }), 409, 'conversation.yours')
  const second = await begin(li)
  await li.post('/presence', { state: 'away' })
  done(await su.post(`/conversations/${second.id}/take-over`, { reason: '他去吃饭了' }))
  assert.equal((await get(li, second.id)).agent_name, '小苏')
  await li.post('/presence', { state: 'online' })
})

test('what a leader took over stays the leader’s, also one who is not on the list of those present', async () => {
  const { v, id } = await begin(li)
  done(await li.post(`/conversations/${id}/messages`, { text: '我看看' }))
  await leader.post('/presence', { state: 'offline' })
  done(await leader.post(`/conversations/${id}/take-over`, { reason: '投诉升级', from: li.me.person.id }))
  for (const [path, body] of [['messages', { text: '还是我来' }], ['accept', {}], ['close', {}], ['transfer', { to: su.me.person.id, reason: '给她' }], ['snooze', {}], ['spam', { reason: '骚扰' }]] as const) {
    const r = await li.post(`/conversations/${id}/${path}`, body)
    assert.ok(r.status >= 400, `${path}: ${r.status} ${r.text}`)
    assert.match(r.body.error.key, /^conversation\.(held|not_yours)/, `${path}: ${r.text}`)
    assert.match(r.body.error.zh, /陈组长|接待人/)
    assert.ok(r.body.error.en.length > 0 && !/[\u4e00-\u9fff]{4}/.test(r.body.error.en), r.body.error.en)
  }
  let c = await get(su, id)
  assert.equal(c.agent_name, '陈组长')
  assert.ok(!c.messages.some((m: any) => m.text === '还是我来'))
  assert.ok(!JSON.stringify((await v.messages()).body).includes('还是我来'))
  done(await leader.post(`/conversations/${id}/messages`, { text: '您好，我是组长' }))
  done(await li.post(`/conversations/${id}/notes`, { text: '前面答应了补发' })) // a note tells the leader, not the customer
  // openly, with a reason, it may be taken again
  done(await li.post(`/conversations/${id}/take-over`, { reason: '组长下班了，顾客又问' }))
  c = await get(su, id)
  assert.equal(c.agent_name, '小李')
  done(await li.post(`/conversations/${id}/messages`, { text: '我接着为您办' }))
  await leader.post('/presence', { state: 'online' })
})

test('two press “accept” at once: the slower one has the next customer, and a leader takes nobody out of a colleague’s hands unasked', async () => {
  for (const p of [li, su, leader]) done(await p.post('/presence', { state: 'busy' }))
  const wait = async (name: string) => { const v = new Visitor(service); await v.start({ name }); return done(await v.say('在吗')).conversation as string }
  const one = await wait('先来的'); await pass(1000)
  const two = await wait('后来的'); await pass(1000)
  const three = await wait('再后来的')
  const first = await Promise.all([li, su].map(async (p) => done(await p.post(`/conversations/${one}/accept`, { next: true }))))
  assert.deepEqual(first.map((r) => r.id).sort(), [one, two].sort(), 'each has one of the two who waited longest')
  const slow = first.find((r) => r.id === two)!, quick = slow === first[0] ? su : li
  assert.deepEqual(slow.instead_of, { id: one, agent: quick.me.person.name })
  assert.equal((await get(owner, one)).agent, quick.me.person.id)
  assert.equal(done(await quick.post(`/conversations/${one}/accept`, { next: true })).id, one, 'one’s own again is no other one')
  const r = refused(await leader.post(`/conversations/${one}/accept`), 409, 'conversation.accepted')
  assert.ok(r.body.error.zh.includes(quick.me.person.name), r.text)
  assert.equal((await get(owner, one)).agent, quick.me.person.id)
  assert.equal(done(await leader.post(`/conversations/${one}/accept`, { next: true })).id, three)
  refused(await leader.post(`/conversations/${two}/accept`, { next: true }), 409, 'conversation.none_waits')
  done(await li.post(`/conversations/${three}/accept`).then(() => leader.post(`/conversations/${three}/close`)))
  refused(await li.post(`/conversations/${three}/accept`), 409, 'conversation.closed')
  for (const [p, id] of [[first[0] === slow ? li : su, two], [quick, one]] as const) done(await p.post(`/conversations/${id}/close`))
  for (const p of [li, su, leader]) done(await p.post('/presence', { state: 'online' }))
})

test('closed, undone, reopened: the wait goes on as if nothing had been', async () => {
  const { id } = await begin(li)
  const waited = (await get(li, id)).wait_since_ms
  done(await li.post(`/conversations/${id}/close`, { deal: false, no_deal_reason: '嫌贵' }))
  refused(await li.post(`/conversations/${id}/messages`, { text: '还在吗' }), 409, 'conversation.closed')
  refused(await su.post(`/conversations/${id}/reopen`, { undo: true }), 409, 'conversation.held')
  done(await li.post(`/conversations/${id}/reopen`, { undo: true }))
  let c = await get(li, id)
  assert.equal(c.state, 'open')
  assert.equal(c.agent, li.me.person.id)
  assert.equal(c.wait_since_ms, waited)
  assert.equal(c.no_deal_reason, '')
  refused(await li.post(`/conversations/${id}/reopen`, {}), 409, 'conversation.open')
  await reply(li, id, '在')
  done(await li.post(`/conversations/${id}/close`, { deal: true }))
  await pass(61_000)
  refused(await li.post(`/conversations/${id}/reopen`, { undo: true }), 409, 'conversation.undo_late')
  done(await leader.post(`/conversations/${id}/reopen`, {}))
  c = await get(li, id)
  assert.equal(c.agent_name, '陈组长', 'who opens it again has it')
  refused(await clerk.post(`/conversations/${id}/reopen`, {}), 403, 'may.denied')
})

test('a closed talk is not reopened beside an open one of the same customer', async () => {
  const { v, id } = await begin(li)
  await reply(li, id, '好')
  done(await li.post(`/conversations/${id}/close`, { deal: true }))
  const again = (await v.say('又来了')).body.conversation
  assert.notEqual(again, id)
  refused(await leader.post(`/conversations/${id}/reopen`, {}), 409, 'conversation.other_open')
})

test('put aside until a time, until the customer writes, or called back by hand', async () => {
  const { v, id } = await begin(li)
  refused(await li.post(`/conversations/${id}/snooze`, { until_ms: now + 3600_000 }), 409, 'snooze.unanswered')
  await reply(li, id, '我去问仓库')
  refused(await li.post(`/conversations/${id}/snooze`, { until_ms: now - 1 }), 400, 'snooze.past')
  refused(await li.post(`/conversations/${id}/snooze`, { until_ms: now + 91 * 86400_000 }), 400, 'snooze.far')
  refused(await su.post(`/conversations/${id}/snooze`, {}), 409, 'conversation.not_yours_aside')
  refused(await li.post(`/conversations/${id}/wake`, {}), 409, 'snooze.none')
  done(await li.post(`/conversations/${id}/snooze`, { until_ms: now + 3600_000, reason: '等仓库回话' }))
  const box = async (b: string) => done(await li.get(`/conversations?box=${b}&limit=200`)).items.map((x: any) => x.id)
  assert.ok(!(await box('mine')).includes(id))
  assert.ok((await box('snoozed')).includes(id))
  done(await li.post(`/conversations/${id}/wake`, {}))
  assert.ok((await box('mine')).includes(id))
  done(await li.post(`/conversations/${id}/snooze`, { until_ms: now + 60_000 }))
  await pass(61_000)
  assert.equal((await box('mine'))[0], id, 'comes back on top')
  let c = await get(li, id)
  assert.equal(c.group, 'must')
  assert.equal(c.agent, li.me.person.id)
  await reply(li, id, '仓库说有')
  assert.equal((await get(li, id)).group, 'idle')
  done(await li.post(`/conversations/${id}/snooze`, {}))
  assert.equal((await get(li, id)).group, 'snoozed')
  await v.say('好的谢谢')
  c = await get(li, id)
  assert.equal(c.snooze_ms, null)
  assert.equal(c.agent, li.me.person.id)
  assert.equal((await box('mine'))[0], id)
})

// two open talks of one customer come of two channels: the join itself is played in tests/unit/commands/test_conversation.c
test('talks of two customers are not joined; what is not joined is not parted', async () => {
  const a = await begin(li), b = await begin(li)
  refused(await li.post(`/conversations/${a.id}/merge`, { into: b.id }), 409, 'merge.customer')
  refused(await li.post(`/conversations/${a.id}/merge`, { into: a.id }), 400, 'merge.self')
  refused(await li.post(`/conversations/${a.id}/merge`, { into: 'c99999' }), 404, 'conversation.unknown')
  refused(await li.post(`/conversations/${a.id}/unmerge`, {}), 409, 'merge.none')
})

test('spam hides, holds the visitor off for the desk’s hours, and can be taken back', async () => {
  const { v, id } = await begin(li, '加微信 xxx')
  refused(await su.post(`/conversations/${id}/spam`, { reason: '广告' }), 409, 'conversation.held')
  done(await li.post(`/conversations/${id}/spam`, { reason: '广告' }))
  refused(await li.post(`/conversations/${id}/spam`, {}), 409, 'spam.already')
  refused(await v.say('加我'), 403, 'widget.held_off')
  assert.ok(!done(await li.get('/conversations?box=closed&limit=200')).items.some((x: any) => x.id === id))
  assert.ok(done(await li.get('/conversations?box=spam')).items.some((x: any) => x.id === id))
  done(await li.post(`/conversations/${id}/spam`, { spam: false }))
  refused(await li.post(`/conversations/${id}/spam`, { spam: false }), 409, 'spam.none')
  assert.equal((await v.say('对不起，我是真的想买')).status, 200)
  const other = await begin(li, '加微信')
  done(await li.post(`/conversations/${other.id}/spam`, {}))
  await pass(24 * 3600_000 + 1000)
  for (const p of [li, su, leader, owner, head, clerk]) { await p.login(p.me.person.job_number); if (p !== clerk && p !== owner && p !== head) await p.post('/presence', { state: 'online' }) }
  assert.equal((await other.v.say('今天可以说了吗')).status, 200, 'the time is over')
})

test('tags have colours and groups, kept by leaders; the old ones come back for the undo', async () => {
  refused(await li.ask('PUT', '/tags/售后', { body: { colour: 'amber' } }), 403, 'may.denied')
  done(await leader.ask('PUT', '/tags/售后', { body: { colour: 'amber', group: '事由' } }))
  refused(await leader.ask('PUT', '/tags/x', { body: { colour: 'pink' } }), 400, 'tag.colour')
  const { id } = await begin(li)
  assert.deepEqual(done(await li.post(`/conversations/${id}/tags`, { tags: ['售后', '急'] })).old, [])
  assert.deepEqual(done(await li.post(`/conversations/${id}/tags`, { tags: ['急'] })).old, ['售后', '急'])
  refused(await li.post(`/conversations/${id}/tags`, { tags: ['a"b'] }), 400, 'tag.quote')
  done(await li.post(`/conversations/${id}/tags`, { tags: ['售后'] }))
  const tag = done(await li.get('/tags')).items.find((t: any) => t.name === '售后')
  assert.deepEqual([tag.group, tag.colour, tag.used], ['事由', 'amber', 1])
  const found = done(await li.get('/conversations?box=open&tag=' + encodeURIComponent('售后'))).items
  assert.deepEqual(found.map((x: any) => x.id), [id])
  done(await leader.ask('PUT', '/tags/售后', { body: { remove: true } }))
  assert.ok(!done(await li.get('/tags')).items.some((t: any) => t.name === '售后'))
  refused(await leader.ask('PUT', '/tags/售后', { body: { remove: true } }), 404, 'tag.unknown')
})

test('settings of the desk are the head’s; a figure out of bounds is refused', async () => {
  refused(await leader.ask('PUT', '/settings/desk/offer_seconds', { body: { value: 60 } }), 403, 'may.denied')
  done(await owner.ask('PUT', '/settings/desk/offer_seconds', { body: { value: 60 } }))
  assert.equal(done(await li.get('/settings/desk')).items.find((x: any) => x.item === 'offer_seconds').value, 60)
  refused(await owner.ask('PUT', '/settings/desk/offer_seconds', { body: { value: 5 } }), 400, 'args.range')
  refused(await owner.ask('PUT', '/settings/desk/nothing', { body: { value: 5 } }), 404, 'setting.unknown')
})

test('one act on many: each has its own answer, one refusal stops nobody', async () => {
  const a = await begin(li), b = await begin(li), c = await begin(su)
  await reply(li, a.id, '好'); await reply(li, b.id, '好')
  const r = done(await li.post('/conversations/bulk', { act: 'close', ids: [a.id, c.id, b.id, 'c99999'], deal: false, no_deal_reason: '只是咨询' })).results
  assert.deepEqual(r.map((x: any) => x.done), [true, false, true, false])
  assert.equal(r[1].problem.key, 'conversation.held')
  assert.equal(r[3].problem.key, 'conversation.unknown')
  assert.equal((await get(li, a.id)).state, 'closed')
  assert.equal((await get(li, c.id)).state, 'open')
  const back = done(await li.post('/conversations/bulk', { act: 'reopen', ids: [a.id, b.id], undo: true })).results
  assert.deepEqual(back.map((x: any) => x.done), [true, true])
  refused(await li.post('/conversations/bulk', { act: 'explode', ids: [a.id] }), 400, 'bulk.act')
  refused(await li.post('/conversations/bulk', { act: 'close', ids: [] }), 400, 'bulk.ids')
  refused(await clerk.post('/conversations/bulk', { act: 'close', ids: [a.id] }), 403, 'may.denied')
})

test('the queue: filters, order, pages without a gap; unknown words are refused', async () => {
  refused(await li.get('/conversations?box=nowhere'), 400, 'conversation.box')
  refused(await li.get('/conversations?sort=loud'), 400, 'conversation.sort')
  for (let i = 0; i < 12; i++) { now += 1000; await service.tick(now); await begin(su, `第 ${i} 位`) }
  for (const sort of ['', 'recent', 'oldest']) {
    const whole = done(await leader.get(`/conversations?box=open&limit=200&sort=${sort}`)).items.map((x: any) => x.id)
    const paged: string[] = []
    for (let after = ''; ;) {
      const r = done(await leader.get(`/conversations?box=open&limit=5&sort=${sort}&after=${encodeURIComponent(after)}`))
      paged.push(...r.items.map((x: any) => x.id))
      if (!r.next) break
      after = r.next
    }
    assert.deepEqual(paged, whole, sort)
    assert.ok(whole.length >= 12)
  }
  const his = done(await leader.get(`/conversations?box=open&limit=200&person=${su.me.person.id}`)).items
  assert.ok(his.length >= 12 && his.every((x: any) => x.agent === su.me.person.id))
  assert.equal(done(await leader.get('/conversations?box=open&channel=' + encodeURIComponent('没有的'))).items.length, 0)
  const some = done(await leader.get('/conversations?box=closed&limit=2'))
  const more = done(await leader.get('/conversations?box=closed&limit=200&after=' + some.next))
  const all = done(await leader.get('/conversations?box=closed&limit=200'))
  assert.deepEqual([...some.items, ...more.items].map((x: any) => x.id), all.items.map((x: any) => x.id))
  const ch = done(await leader.get('/conversations?box=closed&limit=200&channel=' + encodeURIComponent('网页')))
  assert.deepEqual(ch.items.map((x: any) => x.id), all.items.map((x: any) => x.id))
  // a tag with and without a person
  const one = all.items[0]
  done(await leader.post(`/conversations/${one.id}/tags`, { tags: ['回访'] }))
  const tagged = async (more: string) => done(await leader.get('/conversations?box=closed&tag=' + encodeURIComponent('回访') + more)).items.map((x: any) => x.id)
  assert.deepEqual(await tagged(''), [one.id])
  assert.deepEqual(await tagged('&person=' + one.agent), [one.id])
  assert.deepEqual(await tagged('&person=p9999'), [])
})

test('the thread goes on into the customer’s earlier talks', async () => {
  const { v, id } = await begin(li, '第一次来')
  await reply(li, id, '欢迎')
  done(await li.post(`/conversations/${id}/close`, { deal: false, no_deal_reason: '再看看' }))
  await pass(60_000)
  const next = (await v.say('第二次来')).body.conversation
  const c = await get(li, next)
  assert.equal(c.previous, id)
  const before = done(await li.get(`/conversations/${c.previous}/messages`))
  assert.equal(before.conversation.id, id)
  assert.equal(before.conversation.channel, '网页')
  assert.ok(before.conversation.closed_ms)
  assert.deepEqual(before.items.filter((m: any) => m.by.type !== 'system').map((m: any) => m.text), ['第一次来', '欢迎'])
  assert.equal(before.previous, null)
  assert.ok(!(await v.messages()).body.items.some((m: any) => m.by.type === 'system'), 'customers see no system lines')
})

test('who looks at the same conversation is told to both, live, and kept nowhere', async () => {
  const { id } = await begin(li)
  const a = li.feed(), b = su.feed(), c = clerk.feed()
  await Promise.all([a.hello(), b.hello(), c.hello()])
  const last = (f: typeof a) => f.said.filter((m) => m.here?.conversation === id).at(-1)?.here.people as string[] | undefined
  a.send({ looking: { conversation: id } })
  await a.until((f) => last(f)?.length === 1)
  b.send({ looking: { conversation: id } })
  await a.until((f) => last(f)?.length === 2)
  await b.until((f) => last(f)?.includes(li.me.person.id))
  c.send({ looking: { conversation: id } }) // may not see conversations: neither told nor named
  b.send({ looking: { conversation: '' } })
  await a.until((f) => last(f)?.length === 1)
  b.send({ looking: { conversation: id } })
  await a.until((f) => last(f)?.length === 2)
  b.close()
  await a.until((f) => last(f)?.length === 1)
  assert.deepEqual(last(a), [li.me.person.id])
  assert.ok(!c.said.some((m) => m.here))
  a.close(); c.close()
})

test('what a visitor is typing is seen only where the desk has turned it on, by colleagues, never by others', async () => {
  const { v, id } = await begin(li)
  assert.equal((await v.start()).body.preview, false, 'off unless somebody turns it on')
  const desk = li.feed(), shop = v.feed()
  await desk.hello(); await shop.hello()
  const typed = () => desk.said.filter((m) => m.typing?.conversation === id)
  shop.send({ typing: { text: '我还没想好怎么说' } })
  await desk.until(() => typed().length === 1)
  assert.equal(typed()[0].typing.text, undefined)
  done(await owner.ask('PUT', '/settings/desk/typing_preview', { body: { value: 1 } }))
  await desk.event('desk.changed')
  assert.equal((await v.start()).body.preview, true)
  await pass(1000)
  for (let i = 0; i < 50 && !typed().some((m) => m.typing.text); i++) { await pass(1000); shop.send({ typing: { text: '我还没想好怎么说' + '长'.repeat(900) } }); await desk.until((f) => f.said.filter((m: any) => m.typing).length > i + 1) }
  const seen = typed().find((m) => m.typing.text).typing.text as string
  assert.ok(seen.startsWith('我还没想好怎么说') && seen.length < 600, 'cut between two characters')
  assert.ok(!shop.said.some((m) => m.typing?.text))
  done(await owner.ask('PUT', '/settings/desk/typing_preview', { body: { value: 0 } }))
  desk.close(); shop.close()
})

test('a rulebook may speak on each of these acts', async () => {
  const other = new Service()
  try {
    await other.start('--no-limits')
    const source = `# 小店办法

\`\`\`guiju
制度 small “小店办法”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 客服 上级 组长
岗位 组长 上级 经理
岗位 经理
排班 客服 由 组长: 每 周 休 1天
\`\`\`

## 一 说出去的话 {#keep}
说出去的话不撤回；搁置由组长办；一句不超过六个字。
\`\`\`guiju
申请 会话.撤回:
  拒 其余 因 “说出去的话不撤回，请再发一条更正”
申请 会话.搁置:
  准 若 当事人.岗位 = 组长
  拒 其余 因 “搁置要组长来办”
申请 会话.人工回复:
  拒 若 字数 超过 6 因 “一句不超过六个字”
  准 其余
\`\`\`
`
    const boss = new Client(other)
    boss.signedIn(await boss.post('/setup', { shop: '小店', source, owner: { name: '老板', job_number: '001', password: 'correct horse 9' } }))
    const chief = await other.person(boss, '组长甲', '002', '组长'), agent = await other.person(boss, '客服乙', '101', '客服')
    await agent.post('/presence', { state: 'online' })
    const v = new Visitor(other)
    await v.start({ name: '顾客' })
    const id = (await v.say('在吗')).body.conversation
    const m = done(await agent.post(`/conversations/${id}/messages`, { text: '在' }))
    assert.equal(refused(await agent.post(`/conversations/${id}/recall`, { message: m.id }), 422, 'gate.refused').body.error.clause, 'keep')
    refused(await agent.post(`/conversations/${id}/snooze`, {}), 422, 'gate.refused')
    refused(await agent.post(`/conversations/${id}/messages`, { text: '给您全网的最低价' }), 422, 'gate.refused')
    // changed words are judged as the answer they become: no way round the gate
    refused(await agent.post(`/conversations/${id}/edit`, { message: m.id, text: '给您全网的最低价' }), 422, 'gate.refused')
    assert.equal((await get(agent, id)).messages.find((x: any) => x.id === m.id).text, '在')
    done(await chief.post(`/conversations/${id}/snooze`, {}))
  } finally {
    await other.end()
  }
})

test('everything is there again after a power cut', async () => {
  const list = done(await leader.get('/conversations?box=open&limit=200')).items
  await service.stop('SIGKILL')
  await service.start('--clock', service.dir + '/clock', '--no-limits')
  assert.deepEqual(done(await leader.get('/conversations?box=open&limit=200')).items, list)
})
