// Everywhere words leave the desk: what was whispered, noted for colleagues or taken back must not be among them. One conversation holds one of
// each; every outlet is asked, also the ones that come late.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, pause } from './service.ts'

const service = new Service()
let owner: Client, leader: Client, agent: Client, other: Client, visitor: Visitor, id = '', whisper = '', gone = ''
const ANSWER = '答复是明天发货', NOTE = '备注这位是老主顾', WHISPER = '耳语少赔一点', GONE = '撤回的是底价八折', OWN = '自存的口头禅'
const done = (r: { status: number; body: any; text: string }) => { assert.ok(r.status < 300, `${r.status} ${r.text}`); return r.body }
const without = (text: string, ...words: string[]) => { for (const w of words) assert.ok(!text.includes(w), `${w} in ${text.slice(0, 1500)}`) }

/** Takes webhooks, refusing them until it is opened. */
class Hook {
  got: string[] = []
  open = false
  private server?: Server
  port = 0
  async start() {
    this.server = createServer((q, r) => {
      let text = ''
      q.setEncoding('utf8')
      q.on('data', (d) => { text += d })
      q.on('end', () => { if (this.open) this.got.push(text); r.writeHead(this.open ? 204 : 503).end() })
    })
    await new Promise<void>((ready) => this.server!.listen(0, '127.0.0.1', ready))
    this.port = (this.server!.address() as { port: number }).port
    return this
  }
  stop() { this.server?.closeAllConnections(); this.server?.close() }
  async until(what: (all: string) => boolean) { for (let i = 0; i < 800; i++) { if (what(this.got.join('\n'))) return; await pause(10) } throw new Error('not received: ' + this.got.join('\n').slice(0, 3000)) }
}
let now = Date.parse('2026-03-10T10:00:00+08:00')
const tick = async (ms: number) => { now += ms; await service.tick(now) }
const hooks: Hook[] = []
async function hook(form: 'guiju' | 'chatwoot', kinds: string[]) {
  const h = await new Hook().start()
  hooks.push(h)
  done(await owner.post('/webhooks', { name: form, url: `http://127.0.0.1:${h.port}/`, kinds, form }))
  return h
}
let late: Hook, lateChatwoot: Hook

before(async () => {
  await service.startAt(now, '--no-limits')
  owner = await service.setUp()
  leader = await service.person(owner, '陈组长', '010', '组长')
  agent = await service.person(owner, '小李', '101', '客服')
  other = await service.person(owner, '小苏', '102', '客服')
  late = await hook('guiju', ['*'])
  lateChatwoot = await hook('chatwoot', ['message_created', 'message_updated'])
  await agent.post('/presence', { state: 'online' })
  visitor = new Visitor(service)
  await visitor.start({ name: '张三' })
  id = done(await visitor.say('什么时候发货')).conversation
  done(await agent.post(`/conversations/${id}/messages`, { text: ANSWER }))
  done(await agent.post(`/conversations/${id}/notes`, { text: NOTE }))
  whisper = done(await leader.post(`/conversations/${id}/whisper`, { text: WHISPER })).id
  done(await agent.post('/phrases', { text: OWN, scope: 'personal', group: '我的' }))
  gone = done(await agent.post(`/conversations/${id}/messages`, { text: GONE })).id
})
after(async () => { for (const h of hooks) h.stop(); await service.end() })

test('the visitor, connected again after the words were taken back, hears that and never the words', async () => {
  const v = new Visitor(service)
  await v.start({ name: '断线的' })
  const talk = done(await v.say('在吗')).conversation
  const ears = v.feed(), { seq } = await ears.hello()
  ears.close()
  await ears.end()
  const m = done(await agent.post(`/conversations/${talk}/messages`, { text: '说错的价钱是五折' }))
  await tick(1000)
  done(await agent.post(`/conversations/${talk}/recall`, { message: m.id }))
  const again = v.feed(seq)
  await again.event('conversation.recalled')
  without(JSON.stringify(again.said), '说错的价钱')
  for (const since of [0, seq, m.seq - 1]) {
    const r = await v.messages(since), item = r.body.items.find((x: any) => x.id === m.id)
    assert.ok(item?.recalled_ms, `since ${since}`)
    assert.deepEqual([item.text, item.files], ['', []])
    without(r.text, '说错的价钱')
  }
  without((await v.start()).text, '说错的价钱')
  // and after a restart, when only the log can tell
  await service.stop('SIGKILL')
  await service.start('--clock', service.dir + '/clock', '--no-limits')
  const third = v.feed(seq)
  await third.until((f) => f.said.find((x) => x.reload || x.kind === 'conversation.recalled'))
  without(JSON.stringify(third.said), '说错的价钱')
  again.close(); third.close()
  await agent.post('/presence', { state: 'online' })
})

test('the visitor’s own pages: neither notes nor whispers nor what was taken back', async () => {
  done(await agent.post(`/conversations/${id}/recall`, { message: gone }))
  const feed = visitor.feed(0)
  await feed.until((f) => f.said.find((x) => x.reload || x.kind === 'conversation.recalled'))
  const all = [JSON.stringify(feed.said), (await visitor.messages()).text, (await visitor.start()).text, (await visitor.client.get(`/w/history?token=${visitor.token}`)).text,
    (await visitor.client.get(`/w/history?token=${visitor.token}&conversation=${id}`)).text].join('\n')
  assert.ok(all.includes(ANSWER))
  without(all, NOTE, WHISPER, GONE)
  feed.close()
})

test('Chatwoot’s client API gives a customer nothing else, a program no whisper', async () => {
  const asCustomer = await visitor.client.get(`//public/api/v1/inboxes/widget/contacts/${visitor.token}/conversations/${id.slice(1)}/messages`)
  assert.ok(asCustomer.text.includes(ANSWER), asCustomer.text)
  without(asCustomer.text, NOTE, WHISPER, GONE)
  const key = done(await owner.post('/keys', { name: '程序', scopes: ['会话', '客户'] })).key
  const asProgram = await new Client(service).get(`//api/v1/accounts/1/conversations/${id.slice(1)}/messages`, { headers: { api_access_token: key } })
  assert.ok(asProgram.text.includes(ANSWER), asProgram.text)
  without(asProgram.text, WHISPER, GONE)
  const list: any[] = asProgram.body.payload ?? asProgram.body
  assert.equal(list.find((m) => m.content === NOTE).private, true)
  assert.equal(list.find((m) => m.content_attributes?.deleted)?.content, '')
})

test('webhooks that come late tell of what was taken back without its words; whispers and own phrases are never sent', async () => {
  late.open = lateChatwoot.open = true
  await tick(15_000)
  await tick(120_000)
  await late.until((all) => all.includes('conversation.recalled') && all.includes('"recalled":true'))
  await lateChatwoot.until((all) => all.includes('message_updated') && all.includes('"deleted":true'))
  const all = late.got.join('\n')
  assert.ok(all.includes(ANSWER))
  without(all, WHISPER, GONE, OWN, 'conversation.whispered', 'phrase.own_changed', '说错的价钱')
  without(lateChatwoot.got.join('\n'), WHISPER, GONE, '说错的价钱')
  const notes = lateChatwoot.got.map((t) => JSON.parse(t)).filter((m) => m.content === NOTE)
  assert.ok(notes.length > 0 && notes.every((m) => m.private === true))
  for (const kind of ['conversation.whispered', 'phrase.own_changed']) {
    const r = await owner.post('/webhooks', { name: 'x', url: 'http://127.0.0.1:9/', kinds: [kind] })
    assert.deepEqual([r.status, r.body.error.key], [400, 'webhook.kind'])
    assert.ok(r.body.error.zh.includes(kind) && r.body.error.en.includes(kind))
  }
})

test('search finds neither whispers nor what was taken back, for nobody', async () => {
  for (const who of [other, agent, leader, owner]) {
    for (const q of ['少赔一点', '底价八折', '耳语少赔', '五折']) assert.deepEqual(done(await who.get(`/search?q=${encodeURIComponent(q)}`)).items, [], q)
    assert.ok((await who.get(`/search?q=${encodeURIComponent('明天发货')}`)).text.includes('明天'), 'and finds the rest')
  }
})

test('a file of messages holds no whisper, and of what was taken back only that it was', async () => {
  for (const open of [false, true]) {
    const job = done(await owner.post('/exports', { kind: 'messages', format: 'csv', from: '2026-03-01', to: '2026-03-31', reason: '核对', open }))
    let state = job
    for (let i = 0; i < 500 && ['waiting', 'running'].includes(state.state); i++) { await pause(20); state = done(await owner.get(`/exports/${job.id}`)) }
    const text = (await owner.get(`/exports/${job.id}/file`)).text
    assert.ok(text.includes(ANSWER) && text.includes('（已撤回）'), text.slice(0, 600))
    without(text, WHISPER, GONE, '说错的价钱')
  }
})

test('a whisper is between two people and leaders: no colleague reads it by any other way', async () => {
  const mine = await agent.get(`/conversations/${id}/messages`)
  assert.ok(mine.text.includes(WHISPER))
  const ears = other.feed(0)
  await ears.until((f) => f.said.find((x) => x.kind === 'conversation.recalled' || x.reload))
  without(JSON.stringify(ears.said), WHISPER)
  for (const path of [`/conversations/${id}`, `/conversations/${id}/messages`, '/conversations?box=colleagues', `/conversations/${id}/edits?message=${whisper}`]) without((await other.get(path)).text, WHISPER)
  assert.equal((await other.get(`/conversations/${id}/edits?message=${whisper}`)).body.error.key, 'message.unknown')
  assert.equal((await other.post(`/conversations/${id}/messages`, { text: '引一下', quote: whisper, note: true })).status >= 400, true)
  ears.close()
})
