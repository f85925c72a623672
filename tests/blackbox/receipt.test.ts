// Automatic answers to letters by the service hours, against a real mail server: inside a receipt, outside when somebody answers; never to a
// program, never twice, and two desks that answer automatically do not talk to each other.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MailServer, parts, secret, words } from './mail_server.js'
import { Client, Service, pause } from './service.js'

const at = (text: string) => Date.parse(`${text}+08:00`)
const mail = new MailServer(), service = new Service()
let owner: Client, agent: Client, channel = ''
const RECEIPT = '您的来信收到了，我们尽快回复。\nWe have your letter.', CLOSED = '您好，来信已经收到。'
const settings = (user: string, more: object = {}) => ({ in: { host: '127.0.0.1', port: mail.imap, security: 'none', user }, out: { host: '127.0.0.1', port: mail.smtp, security: 'none', user }, poll_s: 1, auto_answer: CLOSED, receipt: RECEIPT, ...more })
const hours = [...Array(5).fill([['09:00', '12:00'], ['13:30', '18:00']]), [], [], [], []]
let n = 0
const send = (from: string, text: string, head = '', envelope = from, to = 'desk@shop.test') => mail.send(envelope, to, `From: Somebody <${from}>\nTo: ${to}\nSubject: A question\nMessage-ID: <r${++n}.${process.pid}@${from.split('@')[1]}>\nDate: ${new Date().toUTCString()}\nMIME-Version: 1.0\n${head}Content-Type: text/plain; charset=utf-8\n\n${text}\n`)
async function until<T>(what: () => Promise<T | undefined | false>, why: string, ms = 20000): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const found = await what()
    if (found) return found
    if (Date.now() > end) throw new Error(`${why}: did not come; ${mail.logs()} ${service.log.slice(-1500)}`)
    await pause(80)
  }
}
const letters = async (who = owner, box = channel) => (await who.get(`/channels/${box}/letters`)).body.items as any[]
const taken = (count: number) => until(async () => { const all = await letters(); return all.length >= count && all }, `${count} letters`)
const text = (l: any) => parts(l)[0]!.bytes.toString().replace(/\r/g, '')
const tick = async (to: string) => { await service.tick(at(to)); await owner.login('001'); await agent.login('101'); assert.equal((await agent.post('/presence', { state: 'online' })).status, 200) }

before(async () => {
  await mail.start()
  await service.startAt(at('2026-03-05T10:00:00'), '--no-limits')
  owner = await service.setUp()
  agent = await service.person(owner, '林晓', '101', '客服')
  await agent.post('/presence', { state: 'online' })
  assert.equal((await owner.ask('PUT', '/settings/service', { body: { days: hours } })).status, 200)
  const r = await owner.post('/channels', { name: '客服邮箱', address: 'desk@shop.test', settings: settings('desk@shop.test'), password: secret })
  assert.equal(r.status, 200, r.text)
  channel = r.body.id
})
after(async () => { await service.end(); await mail.end() })

test('inside the hours a receipt answers what begins a thread, once, with the headers of RFC 3834', async () => {
  await send('amy@buyer.test', 'first letter')
  const [got] = await mail.until('amy', 1)
  assert.equal(text(got).split('\n\n-- ')[0]!.trim(), RECEIPT)
  assert.equal(got!.head['auto-submitted'], 'auto-replied')
  assert.equal(got!.head['x-auto-response-suppress'], 'All')
  assert.match(got!.head['in-reply-to']!, /^<r\d+\.\d+@buyer\.test>$/)
  assert.equal(got!.head.references, got!.head['in-reply-to'])
  assert.equal(got!.head.to, 'amy@buyer.test')
  assert.match(words(got!.head.subject!), /^Re: A question/)
  await send('amy@buyer.test', 'a second one')
  await taken(2)
  await send('ben@buyer.test', 'somebody else')
  await mail.until('ben', 1)
  assert.equal(mail.box('amy').length, 1, 'the second letter of a thread gets none')
})

test('outside the hours the answer says when; the next of the same thread and day gets none', async () => {
  await tick('2026-03-05T12:30:00')
  await send('cat@buyer.test', 'at noon')
  const [got] = await mail.until('cat', 1)
  assert.ok(text(got).startsWith(CLOSED))
  assert.match(text(got), /今天 13:30起有人回复您/)
  assert.match(text(got), /today at 13:30/)
  assert.equal(got!.head['auto-submitted'], 'auto-replied')
  const before = (await letters()).length
  await send('cat@buyer.test', 'still noon')
  await taken(before + 1)
  await tick('2026-03-06T18:30:00')
  await send('dan@buyer.test', 'on Friday evening')
  const [late] = await mail.until('dan', 1)
  assert.match(text(late), /周一（3月9日）9:00起有人回复您/)
  assert.match(text(late), /Monday, 9 March, at 9:00/)
  assert.equal(mail.box('cat').length, 1)
  const c = (await owner.get('/conversations?box=open')).body.items.concat((await owner.get('/conversations?box=waiting')).body.items).find((x: any) => x.last.text === 'on Friday evening' || x.last.type === 'auto')
  assert.ok(c, 'the letter is in the queue all the same')
})

test('the place for the time is the desk’s own; an empty answer is none', async () => {
  const change = async (more: object) => { const r = await owner.ask('PATCH', `/channels/${channel}`, { body: { settings: settings('desk@shop.test', more) } }); assert.equal(r.status, 200, r.text) }
  await change({ auto_answer: '我们 {时间} 开门 / We open {time}.' })
  await send('eve@buyer.test', 'when do you open')
  const [got] = await mail.until('eve', 1)
  assert.equal(text(got).split('\n\n-- ')[0]!.trim(), '我们 周一（3月9日）9:00 开门 / We open Monday, 9 March, at 9:00.')
  await change({ auto_answer: '' })
  const before = (await letters()).length
  await send('fay@buyer.test', 'and now')
  await taken(before + 1)
  await change({})
  await send('gil@buyer.test', 'after that')
  await mail.until('gil', 1)
  assert.equal(mail.box('fay').length, 0)
})

test('programs get no answer: automatic letters, lists, an empty return path, a letter of our own', async () => {
  const before = (await letters()).length
  await send('robot1@buyer.test', 'I am away', 'Auto-Submitted: auto-replied\n')
  await send('robot2@buyer.test', 'news', 'Precedence: bulk\n')
  await send('robot3@buyer.test', 'list', 'List-Id: <news.buyer.test>\n')
  await send('robot4@buyer.test', 'bounce-like', '', '')
  await send('robot5@buyer.test', 'please do not answer', 'X-Auto-Response-Suppress: All\n')
  await send('desk@shop.test', 'from ourselves')
  await taken(before + 6)
  await send('hal@buyer.test', 'a person')
  await mail.until('hal', 1) // what was queued before it would have gone before it
  assert.deepEqual([1, 2, 3, 4, 5].map((i) => mail.box(`robot${i}`).length), [0, 0, 0, 0, 0])
})

test('two desks with receipts: each answers once at most, then both are quiet', async () => {
  await tick('2026-03-09T10:00:00')
  const other = new Service()
  try {
    await other.startAt(at('2026-03-09T10:00:00'), '--no-limits')
    const boss = await other.setUp(), clerk = await other.person(boss, '客服乙', '101', '客服')
    await clerk.post('/presence', { state: 'online' })
    assert.equal((await boss.ask('PUT', '/settings/service', { body: { days: hours } })).status, 200)
    const r = await boss.post('/channels', { name: '二号', address: 'second@shop.test', settings: settings('second@shop.test'), password: secret })
    assert.equal(r.status, 200, r.text)
    await send('second@shop.test', 'a person of the other desk writes') // its answer goes to the other desk's mailbox
    const note = await until(async () => (await letters(boss, r.body.id)).find((l) => l.from_masked?.endsWith('@shop.test')), 'the receipt at the other desk')
    assert.equal(note.class, 'automatic')
    const ours = (await letters()).length
    await send('ida@buyer.test', 'a person, to the other desk', '', 'ida@buyer.test', 'second@shop.test')
    await mail.until('ida', 1) // its outbox is empty up to here
    assert.equal((await letters()).length, ours, 'nothing came back to us')
  } finally { await other.end() }
})
