// Webhooks against real receivers: signed (checked by the Standard Webhooks library), tried again, never in the way of the desk.
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { execFileSync } from 'node:child_process'
import { renameSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { Client, Service, password, pause } from './service.ts'

interface Got { headers: IncomingHttpHeaders; text: string; body: any }
/** A program that takes webhooks. `answer` says how; undefined: never. */
class Receiver {
  got: Got[] = []
  answer: ((got: Got, n: number) => number | undefined) = () => 204
  private server?: Server
  private hanging: ServerResponse[] = []
  port = 0
  get url() { return `http://127.0.0.1:${this.port}/hook` }
  async start() {
    this.server = createServer((q, r) => {
      let text = ''
      q.setEncoding('utf8')
      q.on('data', (d) => { text += d })
      q.on('end', () => {
        const got = { headers: q.headers, text, body: JSON.parse(text) }
        this.got.push(got)
        const status = this.answer(got, this.got.length)
        if (status === undefined) { this.hanging.push(r); return }
        r.writeHead(status, { 'Content-Type': 'text/plain', Location: 'http://127.0.0.1:1/elsewhere' }).end(`said ${status}`)
      })
    })
    await new Promise<void>((done) => this.server!.listen(this.port, '127.0.0.1', done))
    this.port = (this.server.address() as { port: number }).port
    return this
  }
  async stop() {
    for (const r of this.hanging.splice(0)) r.destroy()
    this.server?.closeAllConnections()
    await new Promise((done) => this.server?.close(done) ?? done(0))
    this.server = undefined
  }
  async until(what: (g: Got[]) => boolean, ms = 8000) {
    const end = Date.now() + ms
    while (!what(this.got)) {
      assert.ok(Date.now() < end, `not received; so far: ${this.got.map((g) => g.body.type ?? g.body.event).join(' ')}`)
      await pause(10)
    }
  }
  of(type: string) { return this.got.filter((g) => (g.body.type ?? g.body.event) === type) }
}

const service = new Service(), clock = join(service.dir, 'clock')
let now = Date.parse('2026-03-05T10:00:00+08:00'), owner: Client, agent: Client
/** The library asks for the time of day; the desk's time is the test's. */
function verified(secret: string, got: Got): any {
  const real = Date.now
  Date.now = () => Number(got.headers['webhook-timestamp']) * 1000
  try { return new Webhook(secret).verify(got.text, got.headers as Record<string, string>) } finally { Date.now = real }
}
let first: { id: string; secret: string }
const receivers: Receiver[] = []
const receiver = async () => { const r = await new Receiver().start(); receivers.push(r); return r }
async function tick(ms: number) {
  now += ms
  writeFileSync(clock + '.new', String(now))
  renameSync(clock + '.new', clock)
  for (let i = 0; i < 2000; i++) {
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(now)) { await owner.login('001'); await agent.login('018'); return }
    await pause(5)
  }
  throw new Error('the clock did not move')
}
async function visitor(text: string) {
  const w = new Client(service)
  const started = (await w.post('/w/start', { name: '阿树' })).body
  const said = await w.post('/w/messages', { token: started.token, text })
  assert.equal(said.status, 200, said.text)
  return { token: started.token as string, say: (t: string) => w.post('/w/messages', { token: started.token, text: t }) }
}
const add = async (r: Receiver, kinds: string[], more: object = {}) => {
  const made = await owner.post('/webhooks', { name: '仓库', url: r.url, kinds, ...more })
  assert.equal(made.status, 200, made.text)
  return made.body as { id: string; secret: string }
}
const deliveries = async (id: string, query = '') => (await owner.get(`/webhooks/${id}/deliveries${query}`)).body.items as any[]
async function settled(id: string, what: (d: any[]) => boolean) {
  for (let i = 0; i < 800; i++) {
    const d = await deliveries(id)
    if (what(d)) return d
    await pause(10)
  }
  throw new Error(`deliveries stayed ${JSON.stringify(await deliveries(id))}`)
}

before(async () => {
  writeFileSync(clock, String(now))
  await service.start('--clock', clock, '--no-limits')
  owner = await service.setUp()
  agent = await service.person(owner, '林晓', '018', '客服')
})
after(async () => { await service.end(); for (const r of receivers) await r.stop() })

test('what happens is told, signed so that the receiver can check it', async () => {
  const r = await receiver()
  const hook = first = await add(r, ['会话.客户消息', 'customer.*'])
  assert.match(hook.secret, /^whsec_/)
  await visitor('在吗？')
  await r.until(() => r.of('conversation.customer_spoke').length === 1 && r.of('customer.created').length === 1)
  const got = r.of('conversation.customer_spoke')[0]
  const checked = verified(hook.secret, got)
  assert.equal(checked.data.data.text, '在吗？')
  assert.equal(checked.timestamp, new Date(now).toISOString())
  assert.equal(r.got.filter((g) => g.body.type.startsWith('conversation.started')).length, 0)
  const [d] = await settled(hook.id, (all) => all.length >= 2 && all.every((x) => x.state === 'delivered'))
  assert.equal(d.status, 204)
  const list = await owner.get('/webhooks')
  assert.ok(!list.text.includes(hook.secret), 'the secret is shown once')
  assert.deepEqual(list.body.items[0].kinds, ['conversation.customer_spoke', 'customer.*'])
})

test('the secret lies sealed; one that an older desk kept in the clear is sealed at the next start; without its key nothing goes out unsigned', async () => {
  const files = () => readdirSync(join(service.dir, 'data')).filter((f) => /\.db/.test(f)).map((f) => readFileSync(join(service.dir, 'data', f), 'latin1')).join('')
  assert.ok(!files().includes(first.secret) && !files().includes(first.secret.slice(6)), 'no secret in the database')
  assert.match(files(), /webhook/)
  await service.stop()
  const old = 'whsec_' + Buffer.from('an old secret of thirty-two byte').toString('base64'), db = join(service.dir, 'data', 'desk.db')
  execFileSync('sqlite3', [db, `UPDATE webhook SET secret = '${old}' WHERE id = '${first.id}'`])
  assert.ok(files().includes(old))
  await service.start('--clock', clock, '--no-limits')
  const r = receivers[0], before = r.of('conversation.customer_spoke').length
  await visitor('还在吗？')
  await r.until(() => r.of('conversation.customer_spoke').length === before + 1)
  verified(old, r.of('conversation.customer_spoke')[before])
  await service.stop()
  assert.ok(!files().includes(old), 'sealed at the start')
  renameSync(join(service.dir, 'data', 'secret.key'), join(service.dir, 'data', 'away'))
  await service.start('--clock', clock, '--no-limits')
  const stopped = await (async () => { for (let i = 0; i < 400; i++) { const h = (await owner.get('/webhooks')).body.items.find((x: any) => x.id === first.id); if (h.state !== 'active') return h; await pause(20) } throw new Error('it went on') })()
  assert.deepEqual([stopped.state, stopped.reason], ['paused', 'key'])
  await service.stop()
  renameSync(join(service.dir, 'data', 'away'), join(service.dir, 'data', 'secret.key'))
  await service.start('--clock', clock, '--no-limits')
  const fresh = await owner.post(`/webhooks/${first.id}/secret`)
  assert.equal(fresh.status, 200, fresh.text)
  assert.equal((await owner.ask('PATCH', `/webhooks/${first.id}`, { body: { state: 'active' } })).status, 200)
  await visitor('换了密钥')
  await r.until(() => r.of('conversation.customer_spoke').length === before + 2)
  verified(fresh.body.secret, r.of('conversation.customer_spoke')[before + 1])
})

test('a forged or altered message does not pass', async () => {
  const r = receivers[0], got = r.of('conversation.customer_spoke')[0]
  const hook = await add(r, ['order.paid'])
  assert.throws(() => verified(hook.secret, got), /signature/i)
  assert.throws(() => verified(first.secret, { ...got, text: got.text.replace('在吗', '不在') }), /signature/i)
  assert.equal(verified(first.secret, got).type, 'conversation.customer_spoke')
})

test('customer data goes out masked; unmasked takes the permission', async () => {
  const masked = await receiver(), whole = await receiver()
  await add(masked, ['customer.changed'])
  await add(whole, ['customer.changed'], { personal: true })
  const id = (await owner.get('/customers')).body.items[0].id
  const changed = await owner.ask('PATCH', `/customers/${id}`, { body: { phone: '13812342046' } })
  assert.equal(changed.status, 200, changed.text)
  await masked.until((g) => g.length > 0)
  await whole.until((g) => g.length > 0)
  assert.ok(!masked.got[0].text.includes('13812342046'))
  assert.ok(masked.got[0].text.includes('138****2046'))
  assert.ok(whole.got[0].text.includes('13812342046'))
})

test('a receiver that failed is tried again when its time has come', async () => {
  const r = await receiver()
  r.answer = (_g, n) => (n < 3 ? 500 : 200)
  const hook = await add(r, ['conversation.customer_spoke'])
  await visitor('发货了吗')
  await r.until((g) => g.length === 1)
  const first = (await settled(hook.id, (d) => d[0]?.state === 'retry'))[0]
  assert.equal(first.status, 500)
  assert.equal(first.answer, 'said 500')
  assert.equal(first.next_ms - first.tried_ms, 10000)
  await tick(9000)
  assert.equal(r.got.length, 1, 'not before its time')
  await tick(1000)
  await r.until((g) => g.length === 2)
  await settled(hook.id, (d) => d[0]?.attempts === 2)
  await tick(60000)
  await r.until((g) => g.length === 3)
  const done = (await settled(hook.id, (d) => d[0]?.state === 'delivered'))[0]
  assert.equal(done.attempts, 3)
  assert.equal(new Set(r.got.map((g) => g.headers['webhook-id'])).size, 1, 'the same message keeps its id')
})

test('a receiver that hangs delays neither the desk nor the others', async () => {
  const stuck = await receiver(), quick = await receiver()
  stuck.answer = () => undefined
  await add(stuck, ['*'], { name: '不答的' })
  await add(quick, ['conversation.customer_spoke'])
  for (let i = 0; i < 20; i++) await visitor(`第 ${i} 位`)
  await quick.until((g) => g.length === 20)
  assert.ok(stuck.got.length > 0 && stuck.got.length <= 6, `${stuck.got.length} under way`)
})

test('gone means given up, and a redirect is not followed', async () => {
  const gone = await receiver(), moved = await receiver()
  gone.answer = () => 410
  moved.answer = () => 302
  const a = await add(gone, ['conversation.customer_spoke']), b = await add(moved, ['conversation.customer_spoke'])
  await visitor('您好')
  assert.equal((await settled(a.id, (d) => d.length === 1))[0].state, 'failed')
  const d = (await settled(b.id, (x) => x.length === 1))[0]
  assert.equal(d.state, 'retry')
  assert.equal(d.status, 302)
})

test('nothing is left out over a power cut', async () => {
  const r = await receiver()
  const hook = await add(r, ['conversation.customer_spoke'])
  await r.stop()
  const v = await visitor('断电前第一句')
  await v.say('断电前第二句')
  await service.stop('SIGKILL')
  await r.start()
  await service.start('--clock', clock, '--no-limits')
  await owner.login('001')
  await tick(10000)
  await r.until(() => ['断电前第一句', '断电前第二句'].every((t) => r.got.some((g) => g.body.data.data.text === t)))
  await settled(hook.id, (d) => d.length === 2 && d.every((x) => x.state === 'delivered'))
})

test('a new secret and the old one sign together for a day', async () => {
  const r = await receiver()
  const hook = await add(r, ['conversation.customer_spoke'])
  const changed = await owner.post(`/webhooks/${hook.id}/secret`)
  assert.equal(changed.status, 200, changed.text)
  await visitor('换了密钥')
  await r.until((g) => g.length === 1)
  for (const secret of [hook.secret, changed.body.secret]) assert.ok(verified(secret, r.got[0]))
  await tick(86400000)
  await visitor('第二天')
  await r.until((g) => g.length === 2)
  assert.ok(!String(r.got[1].headers['webhook-signature']).includes(' '))
})

test('a test message, and one sent again by hand', async () => {
  const r = await receiver()
  const hook = await add(r, ['order.paid'])
  assert.equal((await owner.post(`/webhooks/${hook.id}/test`)).status, 200)
  await r.until((g) => g.length === 1)
  assert.equal(r.got[0].body.type, 'ping')
  const [d] = await settled(hook.id, (x) => x[0]?.state === 'delivered')
  assert.equal((await owner.post(`/webhooks/${hook.id}/deliveries/${d.seq}/again`)).status, 200)
  await r.until((g) => g.length === 2)
  assert.equal((await owner.post(`/webhooks/${hook.id}/deliveries/1/again`)).status, 404)
})

test('in Chatwoot’s form', async () => {
  const r = await receiver()
  await add(r, ['message_created', 'message_updated', 'conversation_created', 'conversation_status_changed'], { form: 'chatwoot' })
  await agent.post('/presence', { state: 'online' })
  await visitor('我要退货')
  await r.until(() => r.of('message_created').length >= 1 && r.of('conversation_created').length === 1)
  const m = r.of('message_created')[0].body
  assert.equal(m.content, '我要退货')
  assert.equal(m.message_type, 'incoming')
  assert.equal(m.sender.type, 'contact')
  assert.equal(m.conversation.status, 'open')
  assert.equal(typeof m.conversation.id, 'number')
  assert.equal(m.account.name, '试验小店')
  const id = `c${m.conversation.id}`
  const reply = (await agent.post(`/conversations/${id}/messages`, { text: '好的，马上为您处理' })).body
  assert.equal((await agent.post(`/conversations/${id}/recall`, { message: reply.id })).status, 200)
  await r.until(() => r.of('message_updated').length === 1)
  assert.equal(r.of('message_updated')[0].body.content, '')
  assert.equal(r.of('message_updated')[0].body.content_attributes.deleted, true)
  await agent.post(`/conversations/${id}/close`, { reason: '已解决' })
  await r.until(() => r.of('conversation_status_changed').length === 1)
  assert.equal(r.of('conversation_status_changed')[0].body.status, 'resolved')
  const out = r.of('message_created').find((g) => g.body.message_type === 'outgoing')!
  assert.equal(out.body.sender.name, '林晓')
})

test('stopped by hand, and by itself after three days without an answer', async () => {
  const r = await receiver()
  const hook = await add(r, ['conversation.customer_spoke'])
  await owner.ask('PATCH', `/webhooks/${hook.id}`, { body: { state: 'paused' } })
  await visitor('停着的时候')
  await owner.ask('PATCH', `/webhooks/${hook.id}`, { body: { state: 'active' } })
  await visitor('又开了')
  await r.until((g) => g.length === 1)
  assert.equal(r.got[0].body.data.data.text, '又开了')
  r.answer = () => 503
  await visitor('不通了')
  await settled(hook.id, (d) => d[0]?.state === 'retry')
  const state = async () => (await owner.get('/webhooks')).body.items.find((x: any) => x.id === hook.id)
  for (let day = 0; (await state()).state !== 'paused'; day++) {
    assert.ok(day < 4, 'it was not stopped')
    await tick(86400000)
    await visitor(`第 ${day} 天`)
    for (let i = 0; ; i++) { // on the third day it may be stopped before these words are tried
      if ((await deliveries(hook.id))[0]?.tried_ms >= now || (await state()).state === 'paused') break
      assert.ok(i < 800, `deliveries stayed ${JSON.stringify(await deliveries(hook.id))}`)
      await pause(10)
    }
  }
  assert.equal((await state()).reason, 'failing')
})

test('wrong input gets a clear word, and agents may not', async () => {
  const make = (o: object) => owner.post('/webhooks', { name: 'x', url: 'https://example.com/h', kinds: ['*'], ...o })
  for (const url of ['ftp://example.com', 'example.com', 'http://', 'https://user:pw@example.com/', 'https://exa mple.com/', 'file:///etc/passwd']) {
    const r = await make({ url })
    assert.equal(r.status, 400, url)
    assert.equal(r.body.error.key, 'webhook.url')
  }
  assert.equal((await make({ kinds: [] })).body.error.key, 'webhook.kinds')
  const wrong = await make({ kinds: ['conversation.nonsense'] })
  assert.equal(wrong.body.error.key, 'webhook.kind')
  assert.match(wrong.body.error.zh, /conversation\.nonsense/)
  assert.equal((await make({ kinds: ['ledger.fined'] })).status, 400, 'derived facts are not in the log')
  assert.equal((await make({ form: 'xml' })).body.error.key, 'webhook.form')
  assert.equal((await agent.post('/webhooks', { name: 'x', url: 'https://example.com/h', kinds: ['*'] })).status, 403)
  assert.equal((await agent.get('/webhooks')).status, 403)
  assert.equal((await owner.post('/webhooks/h999/test')).status, 404)
})

test('a place in the machine’s own neighbourhood is refused, whatever its name', async () => {
  const made = await owner.post('/webhooks', { name: '元数据', url: 'http://169.254.169.254/latest', kinds: ['conversation.customer_spoke'] })
  await visitor('看看')
  const d = await settled(made.body.id, (x) => x.length === 1)
  assert.equal(d[0].status, 0)
  assert.equal(d[0].state, 'retry')
})

test('removed: nothing goes out any more', async () => {
  const r = await receiver()
  const hook = await add(r, ['conversation.customer_spoke'])
  await visitor('一')
  await r.until((g) => g.length === 1)
  assert.equal((await owner.ask('DELETE', `/webhooks/${hook.id}`)).status, 200)
  const other = await receiver()
  await add(other, ['conversation.customer_spoke'])
  await visitor('二')
  await other.until((g) => g.length === 1)
  assert.equal(r.got.length, 1)
})
