// The live feed: in order, without gaps, only what one may see, and again after a break.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect } from 'node:net'
import { Client, Feed, Service, Visitor, pause } from './service.ts'

const service = new Service()
let owner: Client, agent: Client, visitor: Visitor, talk = ''
before(async () => {
  await service.start('--no-limits')
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  await agent.post('/presence', { state: 'online' })
  visitor = new Visitor(service)
  await visitor.start({ name: '顾客甲' })
  await visitor.say('在吗')
  talk = (await agent.get('/conversations?box=mine')).body.items[0].id
})
after(() => service.end())

const seqs = (f: Feed) => f.events.map((e) => e.seq)

test('says hello, then every event in order', async () => {
  const feed = agent.feed()
  const { seq } = await feed.hello()
  assert.equal(seq, (await owner.get('/health')).body.seq)
  await visitor.say('第二句')
  await agent.post(`/conversations/${talk}/messages`, { text: '您好' })
  const spoke = await feed.event('conversation.customer_spoke')
  assert.equal(spoke.data.text, '第二句')
  assert.equal(spoke.data.conversation, talk)
  await feed.event('conversation.agent_replied')
  const list = seqs(feed)
  assert.deepEqual(list, [...list].sort((a, b) => a - b))
  assert.ok(list.every((s) => s > seq))
  feed.close()
})

test('a clock and a slip ride along', async () => {
  const feed = owner.feed(0)
  await feed.hello()
  await visitor.say('还在吗')
  await feed.event('conversation.customer_spoke')
  feed.close()
})

test('who comes back gets exactly what was missed, from memory and after a restart from the log', async () => {
  const before = owner.feed()
  const { seq } = await before.hello()
  const words = Array.from({ length: 40 }, (_, i) => `第 ${i} 句`)
  for (const w of words) assert.equal((await visitor.say(w)).status, 200)
  await before.until((f) => f.events.filter((e) => e.kind === 'conversation.customer_spoke').length === words.length)
  const live = seqs(before)
  before.close()

  const again = owner.feed(seq)
  await again.until((f) => f.events.length >= live.length)
  assert.deepEqual(seqs(again), live)
  again.close()

  await service.stop()
  await service.start('--no-limits')
  const later = owner.feed(seq)
  await later.until((f) => f.events.length >= live.length)
  await pause(200)
  assert.deepEqual(seqs(later), live)
  assert.deepEqual(later.events.filter((e) => e.kind === 'conversation.customer_spoke').map((e) => e.data.text), words)
  await visitor.say('之后')
  await later.until((f) => f.events.some((e) => e.data.text === '之后'))
  assert.equal(new Set(seqs(later)).size, seqs(later).length, 'nothing twice')
  later.close()
})

test('a long absence is caught up page by page while new things happen', async () => {
  const { seq } = (await owner.get('/health')).body
  await Promise.all(Array.from({ length: 700 }, (_, i) => visitor.say(`长 ${i}`)))
  await service.stop()
  await service.start('--no-limits')
  const feed = owner.feed(seq)
  const busy = (async () => { for (let i = 0; i < 30; i++) await visitor.say(`新 ${i}`) })()
  await busy
  const spoken = (f: Feed) => f.events.filter((e) => e.kind === 'conversation.customer_spoke')
  await feed.until((f) => spoken(f).length >= 730, 10000)
  const list = seqs(feed)
  assert.deepEqual(list, [...list].sort((a, b) => a - b))
  assert.equal(new Set(list).size, list.length)
  assert.equal(spoken(feed).length, 730)
  feed.close()
})

test('what one may not see does not come', async () => {
  const feed = agent.feed()
  await feed.hello()
  await owner.post('/people', { name: '新人', job_number: '888', role: '客服', base_wage_fen: 500000, password: 'a good password' })
  await owner.post('/keys', { name: '秘密', scopes: ['订单.查看'] })
  await visitor.say('看得见')
  await feed.until((f) => f.events.some((e) => e.data?.text === '看得见'))
  assert.ok(!feed.said.some((m) => m.kind?.startsWith('person.') || m.kind?.startsWith('key.')), JSON.stringify(feed.said))
  feed.close()
})

test('without a session, with a foreign origin, after signing out: closed', async () => {
  assert.equal(await new Client(service).feed().end(), 4401)
  const foreign = agent.feed(undefined, { headers: { Origin: 'https://evil.example' } })
  assert.ok(await foreign.end())
  assert.deepEqual(foreign.said, [])
  const short = new Client(service)
  await short.login('101')
  const feed = short.feed()
  await feed.hello()
  await short.post('/logout')
  assert.equal(await feed.end(), 4401)
})

test('a visitor hears the own conversation and no notes', async () => {
  const feed = visitor.feed(), other = new Visitor(service)
  await other.start()
  await feed.hello()
  const ears = other.feed()
  await ears.hello()
  await agent.post(`/conversations/${talk}/messages`, { text: '只给同事看', note: true })
  await agent.post(`/conversations/${talk}/messages`, { text: '给您看' })
  await other.say('我是别人')
  const reply = await feed.event('conversation.agent_replied')
  assert.equal(reply.data.text, undefined, 'that there is something, not what: it is fetched as it may be seen then')
  assert.equal((await visitor.messages()).body.items.at(-1).text, '给您看')
  await ears.event('conversation.customer_spoke')
  assert.ok(!JSON.stringify(feed.said).includes('只给同事看'))
  assert.ok(!JSON.stringify(feed.said).includes('我是别人'))
  assert.ok(!JSON.stringify(ears.said).includes('给您看'))
  assert.ok(!feed.said.some((m) => m.clock || m.consequence))
  feed.close()
  ears.close()
  const nobody = Feed.open(service.origin.replace('http', 'ws') + '/w/feed?token=' + 'a'.repeat(64))
  assert.equal(await nobody.end(), 4401)
})

test('typing passes both ways and is kept nowhere', async () => {
  const desk = agent.feed(), shop = visitor.feed()
  await desk.hello()
  await shop.hello()
  shop.send({ typing: {} })
  const seen = await desk.until((f) => f.said.find((m) => m.typing)?.typing)
  assert.equal(seen.conversation, talk)
  desk.send({ typing: { conversation: talk } })
  assert.equal((await shop.until((f) => f.said.find((m) => m.typing)?.typing)).by, agent.me.person.id)
  desk.send({ ping: 1 })
  await desk.until((f) => f.said.find((m) => m.pong))
  desk.close()
  shop.close()
})

test('nonsense and floods from a client end its session only', async () => {
  const feed = agent.feed(), well = agent.feed()
  await feed.hello()
  await well.hello()
  feed.socket.send('not json')
  assert.equal(await feed.end(), 1003)
  const long = agent.feed()
  await long.hello()
  long.socket.send('x'.repeat(10000))
  assert.equal(await long.end(), 1009)
  well.send({ ping: 1 })
  await well.until((f) => f.said.find((m) => m.pong))
  well.close()
})

test('those who leave as soon as they are let in leave nothing behind', async () => {
  const head = `GET /api/v1/feed HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nCookie: ${owner.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`
  const come = () => new Promise<void>((gone) => {
    const s = connect(service.port, '127.0.0.1', () => s.write(head))
    s.once('data', () => s.resetAndDestroy()) // the desk is still looking up who this is
    s.on('error', () => {})
    s.once('close', () => gone())
  })
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 25 }, come))
  const well = owner.feed()
  await well.hello()
  well.close()
  await well.end()
  for (let i = 0; i < 100 && (await owner.get('/health')).body.sockets !== 0; i++) await pause(50)
  assert.equal((await owner.get('/health')).body.sockets, 0)
})

test('a client that does not read is let go and can come back; nobody else waits for it', async () => {
  const open = async () => (await owner.get('/health')).body.sockets as number
  const become = async (n: number) => { for (let i = 0; i < 100 && (await open()) !== n; i++) await pause(200); assert.equal(await open(), n) }
  await become(0) // those of the tests before are gone
  const slow = connect(service.port, '127.0.0.1')
  slow.write(`GET /api/v1/feed HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nCookie: ${owner.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`)
  await become(1)
  slow.pause()
  const well = owner.feed()
  await well.hello()
  const text = '长'.repeat(900)
  for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, () => visitor.say(text)))
  await well.until((f) => f.events.filter((e) => e.kind === 'conversation.customer_spoke').length === 2000, 20000)
  await become(1) // the slow session is gone, the other is there
  slow.destroy()
  well.close()
})
