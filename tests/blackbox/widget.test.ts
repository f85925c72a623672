// The customer's side of the chat window: look and origins, hours, leaving a message, history, rating, attachments that nobody else
// opens, what the socket says, and many visitors at once.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Client, Feed, Service, Visitor, type Answer } from './service.ts'

const HOUR = 3600_000, NOON = Date.parse('2026-03-05T12:00:00+08:00')
const service = new Service()
let owner: Client, agent: Client, now = NOON
before(async () => {
  await service.startAt(now)
  owner = await service.setUp()
  agent = await service.person(owner, '林晓', '101', '客服')
})
after(() => service.end())

const visitor = async (o = {}) => { const v = new Visitor(service); const r = await v.start(o); assert.equal(r.status, 200, r.text); return v }
const done = (r: Answer) => { assert.equal(r.status, 200, r.text); return r.body }
const refused = (r: Answer, status: number, key: string) => { assert.equal(r.status, status, r.text); assert.equal(r.body.error.key, key); assert.ok(r.body.error.zh && r.body.error.en, r.text); return r.body.error }
const presence = async (state: string) => done(await agent.post('/presence', { state, presence: state }))
const look = async (headers = {}) => done(await new Client(service).get('/w/look', { headers }))
const set = (body: object) => owner.ask('PUT', '/settings/widget', { body })
const PNG = (w: number, h: number) => {
  const b = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802000000', 'hex')
  b.writeUInt32BE(w, 16); b.writeUInt32BE(h, 20)
  return Buffer.concat([b, Buffer.alloc(20)])
}
const upload = (v: Visitor, bytes: Buffer | string, name = 'a.png') => v.client.ask('POST', `/w/files?token=${v.token}`, { raw: bytes as BodyInit, headers: { 'X-File-Name': encodeURIComponent(name) } })

test('the window’s look has defaults, is changed by who may, and bad values change nothing', async () => {
  const plain = await look()
  assert.equal(plain.desk, '试验小店')
  assert.deepEqual([plain.look.colour, plain.look.side, plain.look.form, plain.look.questions, plain.look.origins, plain.allowed], ['#1b6a57', 'right', true, null, undefined, true])
  refused(await agent.ask('PUT', '/settings/widget', { body: { colour: '#000000' } }), 403, 'may.denied')
  assert.equal((await agent.get('/settings/widget')).status, 403)
  for (const [body, key] of [[{ colour: 'red' }, 'widget.colour'], [{ colour: '#12345g' }, 'widget.colour'], [{ side: 'top' }, 'widget.word'], [{ lang: 'fr' }, 'widget.word'], [{ origins: ['shop.example'] }, 'widget.origin_form'],
    [{ origins: ['https://shop.example/path'] }, 'widget.origin_form'], [{ questions: ['1', '2', '3', '4', '5'] }, 'args.list_long'], [{ greeting: '长'.repeat(201) }, 'args.long'], [{ avatar: '三个字' }, 'args.long']] as const)
    refused(await set(body), 400, key)
  assert.deepEqual((await look()).look, plain.look)
  done(await set({ colour: '#3a4c9e', side: 'left', greeting: '您好 <b>', avatar: '禾' }))
  done(await set({ lang: 'en' }))
  const changed = (await look()).look
  assert.deepEqual([changed.colour, changed.side, changed.greeting, changed.avatar, changed.lang], ['#3a4c9e', 'left', '您好 <b>', '禾', 'en'], 'one after the other, each keeps the rest')
  done(await set({ lang: 'auto', side: 'right', greeting: '', colour: '#1b6a57' }))
})

test('only pages that are on the list begin; the desk’s own and machines without an origin do', async () => {
  done(await set({ origins: ['https://shop.example', 'https://*.shop.test'] }))
  const from = (Origin: string) => new Client(service).ask('POST', '/w/start', { body: {}, headers: { Origin } })
  refused(await from('https://evil.example'), 403, 'widget.origin')
  refused(await from('https://shop.example.evil.example'), 403, 'widget.origin')
  refused(await from('https://shop.test'), 403, 'widget.origin')
  refused(await from('https://evilshop.test'), 403, 'widget.origin')
  refused(await from('http://a.shop.test'), 403, 'widget.origin')
  for (const good of ['https://shop.example', 'https://a.b.shop.test', service.origin]) assert.equal((await from(good)).status, 200, good)
  assert.equal((await look({ Origin: 'https://evil.example' })).allowed, false)
  assert.equal((await new Client(service).get('/w/look?origin=https://shop.example', { headers: { Origin: 'https://evil.example' } })).body.allowed, false, 'the header counts, not what is written')
  done(await set({ origins: [] }))
  assert.equal((await from('https://evil.example')).status, 200)
})

test('nobody there: hours and the next shift are told, a message is left with a way to answer', async () => {
  await presence('offline')
  done(await owner.ask('PUT', '/roster', { body: { from: '2026-03-05', to: '2026-03-06', cells: [{ person: agent.me.person.id, date: '2026-03-06', shift: '白班' }] } }))
  const l = await look()
  assert.equal(l.offline, true)
  assert.ok(l.back_ms > now && l.back_ms < now + 36 * HOUR, JSON.stringify(l))
  const v = await visitor()
  refused(await v.client.post('/w/leave', { token: v.token, text: '桌子到了有划痕' }), 400, 'widget.contact')
  refused(await v.client.post('/w/leave', { token: v.token, text: 'x', email: 'no-at' }), 400, 'widget.email')
  refused(await v.client.post('/w/leave', { token: v.token, text: 'x', email: 'a@b' }), 400, 'widget.email')
  refused(await v.client.post('/w/leave', { token: v.token, text: 'x', phone: '12ab' }), 400, 'widget.phone')
  refused(await v.client.post('/w/leave', { token: v.token, text: '', phone: '13900001111' }), 400, 'args.missing')
  assert.equal((await v.messages()).body.items.length, 0, 'a refusal leaves nothing')
  const left = await Promise.all([1, 2, 3].map(() => v.client.post('/w/leave', { token: v.token, text: '桌子到了有划痕', name: '小满', email: 'man@buyer.test', phone: '139 0000 1111' }, { key: 'leave-1' })))
  assert.equal(new Set(left.map((r) => done(r).conversation)).size, 1)
  const c = done(await agent.get(`/conversations/${left[0]!.body.conversation}`))
  assert.deepEqual([c.channel, c.state, c.customer.name, c.messages.filter((m: any) => m.by.type === 'customer').length], ['网页留言', 'waiting', '小满', 1])
  assert.ok(c.customer.email_masked.startsWith('m***@') && c.customer.phone_masked)
  assert.deepEqual((await agent.get(`/customers/${c.customer.id}/identities`)).body.identities, [], 'what somebody says of themselves opens no mailbox')
  // the known contact is enough the next time, and it is the same conversation
  assert.equal(done(await v.client.post('/w/leave', { token: v.token, text: '还有一件事' })).conversation, c.id)
  await presence('online')
  done(await agent.post(`/conversations/${c.id}/accept`))
  done(await agent.post(`/conversations/${c.id}/messages`, { text: '给您换一张' }))
  assert.equal((await v.messages()).body.items.at(-1).text, '给您换一张')
})

test('the place in the queue is told, the wait only when the last ones say something about it', async () => {
  await presence('away')
  const first = await visitor(), second = await visitor()
  await first.say('有人吗'); await second.say('我也在等')
  const m = (await second.messages()).body
  assert.equal(m.state, 'waiting')
  assert.ok(m.ahead >= 1, JSON.stringify(m))
  assert.equal(m.wait, null, 'nothing is known, nothing is said')
  const more = await Promise.all(Array.from({ length: 5 }, async (_, i) => { const v = await visitor(); await v.say('等' + i); return v }))
  now += 120_000; await service.tick(now)
  await presence('online')
  const ids = await Promise.all([first, second, ...more].map(async (v) => (await v.messages()).body.conversation))
  for (const id of ids) { done(await agent.post(`/conversations/${id}/accept`)); done(await agent.post(`/conversations/${id}/messages`, { text: '在' })) }
  await presence('away')
  const late = await visitor()
  await late.say('那我呢')
  const w = (await late.messages()).body
  if (w.state === 'waiting') assert.deepEqual([w.wait.from_ms, w.wait.to_ms], [120_000, 120_000])
  for (const id of [...ids, w.conversation]) done(await agent.post(`/conversations/${id}/close`, { reason: '说完了', deal: false, no_deal_reason: '其他' }))
  await presence('online')
})

test('own earlier conversations, and nobody else’s', async () => {
  const v = await visitor(), other = await visitor()
  await v.say('第一次来')
  const id = (await v.messages()).body.conversation
  done(await agent.post(`/conversations/${id}/messages`, { text: '您好' }))
  done(await agent.post(`/conversations/${id}/messages`, { text: '内部话', note: true }))
  const slip = done(await agent.post(`/conversations/${id}/messages`, { text: '说错了的话' }))
  done(await agent.post(`/conversations/${id}/recall`, { message: slip.id }))
  done(await agent.post(`/conversations/${id}/close`, { reason: '说完了', deal: false, no_deal_reason: '其他' }))
  now += 1000; await service.tick(now)
  await v.say('第二次来')
  const list = done(await v.client.get(`/w/history?token=${v.token}`)).items
  assert.equal(list.length, 2)
  assert.deepEqual([list[1].id, list[1].state, list[1].agent], [id, 'closed', '林晓'])
  const said = done(await v.client.get(`/w/history?token=${v.token}&conversation=${id}`))
  assert.deepEqual(said.items.map((m: any) => m.text), ['第一次来', '您好', ''])
  assert.ok(!JSON.stringify(said).includes('内部话') && !JSON.stringify(said).includes('说错了的话'))
  refused(await other.client.get(`/w/history?token=${other.token}&conversation=${id}`), 404, 'widget.history')
  assert.equal((await new Client(service).get(`/w/history?conversation=${id}`)).status, 401)
})

test('a rating of one number or of up to four questions', async () => {
  const v = await visitor()
  refused(await v.client.post('/w/rate', { token: v.token, score: 5 }), 404, 'widget.no_conversation')
  await v.say('评一下')
  const id = (await v.messages()).body.conversation
  refused(await v.client.post('/w/rate', { token: v.token }), 400, 'args.missing')
  refused(await v.client.post('/w/rate', { token: v.token, score: 6 }), 400, 'args.range')
  refused(await v.client.post('/w/rate', { token: v.token, answers: [{ question: '快不快', score: 0 }] }), 400, 'args.range')
  refused(await v.client.post('/w/rate', { token: v.token, answers: Array(5).fill({ question: 'q', score: 3 }) }), 400, 'widget.answers')
  refused(await v.client.post('/w/rate', { token: v.token, answers: 'x' }), 400, 'widget.answers')
  assert.equal(done(await v.client.post('/w/rate', { token: v.token, answers: [{ question: '回得快不快', score: 5 }, { question: '态度好不好', score: 4 }], text: '挺好' })).score, 5, 'four and a half is five')
  assert.equal(done(await agent.get(`/conversations/${id}`)).rating, 5)
  assert.equal((await v.messages()).body.rating, 5)
})

test('an attachment opens for who belongs to the conversation, and only there', async () => {
  const v = await visitor(), thief = await visitor()
  const up = done(await upload(v, PNG(3, 2)))
  assert.deepEqual([up.type, up.w, up.h], ['image/png', 3, 2])
  const bare = new Client(service), open = (link: string) => bare.get('/' + link.replace('/api/v1/', ''))
  assert.equal((await open(up.link)).headers.get('content-type'), 'image/png')
  assert.equal((await bare.get(`/files/${up.id}`)).status, 401, 'an id alone')
  refused(await open(up.link.replace(/s=../, 's=zz')), 403, 'file.link')
  refused(await open(up.link.replace(/e=\d+/, 'e=99999999999')), 403, 'file.link')
  const another = done(await upload(v, PNG(4, 4)))
  refused(await open(up.link.replace(up.id, another.id)), 403, 'file.link')
  // an id that leaked cannot be sent on by somebody else, nor without its ticket
  const send = (w: Visitor, file: object) => w.client.post('/w/messages', { token: w.token, text: '看', files: [file] })
  refused(await send(thief, up), 403, 'file.ticket')
  refused(await send(v, { ...up, ticket: undefined }), 403, 'file.ticket')
  refused(await thief.client.post('/w/leave', { token: thief.token, text: '看', email: 'a@b.test', files: [up] }), 403, 'file.ticket')
  const said = done(await send(v, up))
  const shown = (await v.messages()).body.items.find((m: any) => m.id === said.id).files[0]
  assert.ok(shown.link && !shown.ticket)
  assert.equal((await open(shown.link)).status, 200)
  assert.equal((await agent.get(`/files/${up.id}`)).status, 200, 'staff, signed in')
  assert.ok(!JSON.stringify(done(await agent.get(`/conversations/${said.conversation}`))).includes(up.ticket))
  now += 9 * 24 * HOUR; await service.tick(now)
  refused(await open(shown.link), 403, 'file.link')
  await agent.login('101'); await owner.login('001')
  assert.equal((await open((await v.messages()).body.items.find((m: any) => m.id === said.id).files[0].link)).status, 200, 'a fresh link')
  await presence('online')
})

test('types are read from the bytes; script is a download; monstrous pictures are no pictures; names are clean', async () => {
  const v = await visitor()
  for (const [name, bytes] of [['a.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], ['a.png', '<html><script>1</script>'], ['a.txt', 'x <script>'], ['a.zip', Buffer.from('504b0304' + '00'.repeat(40), 'hex')], ['big.png', PNG(30000, 30000)], ['wide.png', PNG(100000, 2)]] as const) {
    const up = done(await upload(v, bytes as any, name))
    assert.equal(up.type, 'application/octet-stream', name)
    const got = await new Client(service).get(up.link.replace('/api/v1', ''))
    assert.match(got.headers.get('content-disposition')!, /^attachment/)
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
    assert.match(got.headers.get('content-security-policy')!, /sandbox/)
  }
  const webp = Buffer.from('524946460000000057454250565038580a000000000000001f4e001f4e00', 'hex')
  assert.deepEqual((({ type, w, h }) => [type, w, h])(done(await upload(v, webp, 'a.webp'))), ['application/octet-stream', 20000, 20000])
  for (const [given, kept] of [['../../etc/passwd', 'passwd'], ['..', 'file'], ['.htaccess', 'htaccess'], ['a\u202egpj.exe', 'agpj.exe'], ['C:\\x\\y.png', 'y.png'], ['a\r\nSet-Cookie: x', 'aSet-Cookie: x']])
    assert.equal(done(await upload(v, 'abc', given)).name, kept)
})

test('200 MB are refused before they are sent', async () => {
  const v = await visitor()
  const text = await new Promise<string>((out) => {
    let got = ''
    const s = connect(service.port, '127.0.0.1', () => s.write(`POST /w/files?token=${v.token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${200 << 20}\r\n\r\n`))
    s.on('data', (d) => { got += d; if (got.includes('}}')) s.destroy() })
    s.on('close', () => out(got)); s.setTimeout(5000, () => s.destroy())
  })
  assert.match(text, /^HTTP\/1.1 413/)
  assert.match(text, /20 MB/, 'and how much would fit')
})

test('a flood of files from one visitor is slowed down; words still go', async () => {
  const v = await visitor(), w = await visitor()
  const all = await Promise.all(Array.from({ length: 30 }, () => upload(v, 'abc', 'x.txt')))
  assert.deepEqual([...new Set(all.map((r) => r.status))].sort(), [200, 429])
  assert.equal(all.find((r) => r.status === 429)!.body.error.key === 'file.often' || all.some((r) => r.body?.error?.key === 'request.busy'), true)
  assert.equal((await upload(w, 'abc', 'x.txt')).status, 200, 'another is not')
  now += 60_000; await service.tick(now)
  assert.equal((await v.say('文字照常')).status, 200)
})

test('the room for files is bounded and says so; nothing half stays', async () => {
  const small = new Service()
  try {
    await small.start('--files-mb', '1')
    const boss = await small.setUp()
    const put = (n: number) => boss.ask('POST', '/files', { raw: Buffer.alloc(n, 1) })
    assert.equal((await put(900_000)).status, 200)
    const full = refused(await put(300_000), 507, 'file.quota')
    assert.match(full.zh, /1 MB/); assert.match(full.en, /1 MB/)
    assert.equal((await put(50_000)).status, 200, 'what fits still fits')
    await small.stop(); await small.start('--files-mb', '1')
    assert.equal((await put(300_000)).status, 507, 'counted again after a start')
  } finally { await small.end() }
})

test('the socket tells a visitor that something happened, not what staff say to each other', async () => {
  const su = await service.person(owner, '苏琪', '102', '客服')
  done(await su.post('/presence', { state: 'online', presence: 'online' }))
  const v = await visitor(), ears = v.feed()
  await ears.hello()
  await v.say('帮我看看')
  const id = (await v.messages()).body.conversation
  const holder = done(await agent.get(`/conversations/${id}`)).agent === su.me.person.id ? su : agent, next = holder === su ? agent : su
  done(await holder.post(`/conversations/${id}/transfer`, { to: next.me.person.id, reason: '这位难缠' }))
  const m = done(await next.post(`/conversations/${id}/messages`, { text: '说漏嘴了' }))
  done(await next.post(`/conversations/${id}/recall`, { message: m.id }))
  await ears.event('conversation.recalled')
  assert.ok(!/难缠|说漏嘴/.test(JSON.stringify(ears.said)))
  const again = v.feed(0)
  await again.until((f) => f.said.find((x) => x.kind === 'conversation.recalled' || x.reload))
  assert.ok(!/难缠|说漏嘴/.test(JSON.stringify(again.said)), 'nor when it catches up')
  assert.equal((await v.messages()).body.items.at(-1).text, '')
  ears.close(); again.close()
})

test('ten tabs of one visitor, each sending the same words again and again: said once, heard by all', async () => {
  const v = await visitor()
  const tabs = Array.from({ length: 10 }, () => v.feed())
  await Promise.all(tabs.map((t) => t.hello()))
  const sent: Answer[] = []
  for (let i = 0; i < 3; i++) sent.push(...await Promise.all(tabs.map(() => v.say('我只说一遍', 'tab-key'))))
  assert.equal(new Set(sent.filter((r) => r.status === 200).map((r) => r.body.id)).size, 1)
  assert.equal((await v.messages()).body.items.filter((m: any) => m.text === '我只说一遍').length, 1)
  for (const t of tabs) { await t.event('conversation.customer_spoke'); assert.equal(t.events.filter((e) => e.kind === 'conversation.customer_spoke').length, 1); t.close() }
})

test('two thousand visitors at once, each hears the own answer and nobody else’s, also after all came back', async () => {
  const crowd = new Service()
  const keep: Feed[] = []
  try {
    await crowd.start('--no-limits')
    const boss = await crowd.setUp()
    const N = 2000, visitors: Visitor[] = []
    for (let i = 0; i < N; i += 50) visitors.push(...await Promise.all(Array.from({ length: 50 }, async () => { const v = new Visitor(crowd); await v.start(); return v })))
    for (let i = 0; i < N; i += 100) { const some = visitors.slice(i, i + 100).map((v) => v.feed()); keep.push(...some); await Promise.all(some.map((f) => f.until((x) => x.said.find((m) => m.hello), 20000))) }
    const talkers = [0, 700, 1999], ids: string[] = []
    for (const i of talkers) ids.push(done(await visitors[i]!.say('我是 ' + i)).conversation)
    for (const id of ids) { done(await boss.post(`/conversations/${id}/accept`)); done(await boss.post(`/conversations/${id}/messages`, { text: '在' })) }
    for (const [k, i] of talkers.entries()) assert.equal((await keep[i]!.event('conversation.agent_replied', 20000)).data.conversation, ids[k])
    assert.equal(keep.filter((f) => f.events.length > 0).length, talkers.length, 'the others hear nothing')
    await crowd.stop(); await crowd.start('--no-limits')
    await Promise.all(keep.map((f) => f.end(20000)))
    const back = visitors.map((v) => v.feed())
    keep.splice(0, N, ...back)
    await Promise.all(back.map((f) => f.until((x) => x.said.find((m) => m.hello), 60000)))
    assert.equal((await visitors[700]!.messages()).body.items.at(-1).text, '在')
  } finally { for (const f of keep) f.close(); await crowd.end() }
})
