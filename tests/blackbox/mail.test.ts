// E-mail as customers and agents meet it: letters in, letters out, against a real mail server.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { MailServer, parts, secret, words } from './mail_server.js'
import { Client, Service, pause } from './service.js'

const mail = new MailServer(), service = new Service()
let owner: Client, agent: Client, channel = ''
const settings = (more: Record<string, unknown> = {}) => ({
  in: { host: '127.0.0.1', port: mail.imap, security: 'none', user: 'desk@shop.test' }, out: { host: '127.0.0.1', port: mail.smtp, security: 'none', user: 'desk@shop.test' },
  poll_s: 1, most_mb: 5, signature: '小店客服部', auto_answer: '现在没有人在，上班后回您。', ...more,
})
let n = 0
const id = () => `m${++n}.${process.pid}@buyer.test`
/** A letter of a customer. */
const letter = (o: { from?: string; name?: string; subject?: string; text?: string; id?: string; head?: string; type?: string }) => {
  const from = o.from ?? 'amy@buyer.test'
  return `From: ${o.name ?? 'Amy Chan'} <${from}>\nTo: desk@shop.test\nSubject: ${o.subject ?? 'A question'}\nMessage-ID: <${o.id ?? id()}>\nDate: ${new Date().toUTCString()}\nMIME-Version: 1.0\n${o.head ?? ''}${o.type ?? 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit'}\n\n${o.text ?? 'Hello'}\n`
}
const mailIn = (o: Parameters<typeof letter>[0]) => mail.send(o.from ?? 'amy@buyer.test', 'desk@shop.test', letter(o))
async function until<T>(what: () => Promise<T | undefined | false>, why: string, ms = 20000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await what()
    if (found) return found
    if (Date.now() > end) throw new Error(`${why}: did not come; ${mail.logs()} ${service.log.slice(-1500)}`)
    await pause(80)
  }
}
const list = async () => (await Promise.all(['waiting', 'mine', 'colleagues'].map((box) => agent.get(`/conversations?box=${box}`)))).flatMap((r: any) => r.body.items as any[])
const messages = async (conversation: string) => (await agent.get(`/conversations/${conversation}/messages`)).body.items as any[]
const message = (text: string | RegExp) => until(async () => {
  for (const c of await list()) for (const m of await messages(c.id)) if (typeof text === 'string' ? m.text.includes(text) : text.test(m.text)) return { c, m }
}, `a message ${text}`)
const letters = async () => (await owner.get(`/channels/${channel}/letters`)).body.items as any[]
const reply = async (conversation: string, text: string, files?: unknown[]) => {
  const r = await agent.post(`/conversations/${conversation}/messages`, { text, files })
  assert.equal(r.status, 200, r.text)
  return r.body as { id: string }
}
const delivered = (conversation: string, message: string, state: string) => until(async () => {
  const m = (await messages(conversation)).find((x) => x.id === message)
  return m?.delivery?.state === state && m
}, `delivery ${state}`)

if (process.env.GUIJU_MAIL_ONLY) { // the child of “a killed test leaves no mail server behind”
  await mail.start()
  process.stdout.write(JSON.stringify({ pids: mail.pids, dir: mail.dir }))
  await new Promise(() => setInterval(() => {}, 1000))
}
before(async () => {
  await mail.start()
  await service.start('--no-limits')
  owner = await service.setUp()
  agent = await service.person(owner, '小王', '018', '客服')
  assert.equal((await agent.post('/presence', { state: 'online' })).status, 200)
  const r = await owner.post('/channels', { name: '客服邮箱', address: 'Desk@shop.test', settings: settings(), password: secret })
  assert.equal(r.status, 200, r.text)
  channel = r.body.id
})
after(async () => { await service.end(); await mail.end() })

test('a letter comes in, the agent sees it, the answer arrives with its headers', async () => {
  const first = id()
  await mailIn({ id: first, subject: '=?gb2312?B?t6LGscrVsru1vQ==?=', name: '=?utf-8?B?6ZmI6Zi/576O?=', text: '请问发票什么时候到？\n\n在 2026年3月5日，客服写道：\n> 您好\n> 再见' })
  const { c, m } = await message('发票什么时候到')
  assert.equal(c.channel, '邮件')
  assert.equal(m.text, '请问发票什么时候到？')
  assert.equal(m.mail.title, '发票收不到')
  assert.match(m.mail.quoted, /> 您好/)
  assert.equal(m.mail.from_masked, 'a***@buyer.test')
  assert.equal(c.customer.name, '陈阿美')
  const said = await reply(c.id, '您好，发票明天寄出。<b>https://shop.example/i?a=1&b=2</b>')
  const [got] = await mail.until('amy', 1)
  assert.equal(words(got!.head.from!), '小王 · 试验小店 <desk@shop.test>')
  assert.equal(got!.head.to, 'amy@buyer.test')
  assert.equal(words(got!.head.subject!), `Re: 发票收不到 [#${c.id}]`)
  assert.equal(got!.head['in-reply-to'], `<${first}>`)
  assert.equal(got!.head.references, `<${first}>`)
  assert.match(got!.head['message-id']!, /^<gj\.c\d+\.[0-9a-f]{24}@shop\.test>$/)
  assert.equal(got!.head['auto-submitted'], undefined)
  const [plain, page] = parts(got!)
  assert.equal(plain!.bytes.toString(), '您好，发票明天寄出。<b>https://shop.example/i?a=1&b=2</b>\n\n-- \n小店客服部\n')
  assert.match(page!.bytes.toString(), /&lt;b&gt;<a href="https:\/\/shop\.example\/i\?a=1&amp;b=2">/)
  const sent = await delivered(c.id, said.id, 'sent')
  assert.equal(sent.delivery.attempts, 1)
  // Their answer to it comes back to the same conversation, by its references alone.
  await mailIn({ subject: '全新的主题', text: '好的，谢谢', head: `In-Reply-To: ${got!.head['message-id']}\nReferences: <${first}> ${got!.head['message-id']}\n`, from: 'other@buyer.test' })
  assert.equal((await message('好的，谢谢')).c.id, c.id)
  await reply(c.id, '不客气')
  const again = (await mail.until('other', 1))[0]!
  assert.ok(again.head.references!.includes(first) && again.head.references!.includes('gj.'), again.head.references)
})

test('the number in the subject finds the thread only for its own customer', async () => {
  await mailIn({ from: 'bob@buyer.test', name: 'Bob', text: 'I am Bob' })
  const bob = await message('I am Bob')
  const amy = (await message('发票什么时候到')).c
  assert.notEqual(bob.c.id, amy.id)
  await mailIn({ from: 'eve@buyer.test', name: 'Eve', subject: `Re: x [#${amy.id}]`, text: 'I am Eve' })
  assert.notEqual((await message('I am Eve')).c.id, amy.id)
  await mailIn({ from: 'bob@buyer.test', name: 'Bob', subject: `Re: y [#${bob.c.id}]`, text: 'Bob again' })
  assert.equal((await message('Bob again')).c.id, bob.c.id)
})

test('files go both ways, under the rules of attachments', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>').toString('base64'), zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)]).toString('base64')
  const body = `--B\nContent-Type: multipart/related; boundary=R\n\n--R\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: base64\n\n${Buffer.concat([Buffer.from('<html><script>alert(1)</script><p>'), Buffer.from([0xcd, 0xbc, 0xc6, 0xac]), Buffer.from('</p><img src="http://evil.example/x.gif"><img src="cid:a" alt="pic"></html>')]).toString('base64')}\n--R\nContent-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64\n\n${png}\n--R--\n--B\nContent-Type: image/svg+xml\nContent-Disposition: attachment; filename*=utf-8''%E5%9B%BE.svg\nContent-Transfer-Encoding: base64\n\n${svg}\n--B\nContent-Type: application/zip\nContent-Disposition: attachment; filename*0="lo"; filename*1="ng.zip"\nContent-Transfer-Encoding: base64\n\n${zip}\n--B--`
  await mailIn({ text: body, type: 'Content-Type: multipart/mixed; boundary=B' })
  const { c, m } = await message('图片')
  assert.equal(m.text, '图片\n\n[pic]')
  assert.deepEqual(m.files.map((f: any) => [f.name, f.type]), [['image-1.png', 'image/png'], ['图.svg', 'application/octet-stream'], ['long.zip', 'application/octet-stream']])
  const got = await fetch(`${service.origin}/api/v1/files/${m.files[1].id}`, { headers: { Cookie: agent.cookie } })
  assert.match(got.headers.get('content-disposition')!, /^attachment/)
  assert.equal(await got.text(), Buffer.from(svg, 'base64').toString())
  const form = new FormData()
  form.append('file', new Blob(['名,价\n甲,1\n'], { type: 'text/csv' }), '报价 表.csv')
  const file = (await agent.ask('POST', '/files', { raw: form })).body
  await reply(c.id, '见附件', [file])
  const all = await mail.until('amy', 2), last = all.find((l: any) => parts(l).length === 3)!
  assert.equal(parts(last)[2]!.name, '报价 表.csv')
  assert.equal(parts(last)[2]!.bytes.toString(), '名,价\n甲,1\n')
})

test('old charsets are read', async () => {
  const gbk = Buffer.concat([Buffer.from(letter({ from: 'gbk@buyer.test', type: 'Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit', text: '' }).trimEnd() + '\n\n'), Buffer.from('cfebcecad2bbcfc2a3acd5e2b8f6e9465fbacddbc7', 'hex')])
  await mail.send('gbk@buyer.test', 'desk@shop.test', Buffer.from(gbk.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'))
  assert.match((await message('想问一下')).m.text, /^想问一下，这个镕_/u)
  await mailIn({ from: 'jp@buyer.test', type: 'Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit', text: '\x1b$B$3$s$K$A$O\x1b(B' })
  assert.equal((await message('こんにちは')).m.text, 'こんにちは')
})

test('a letter that cannot be delivered is marked, told and sent again on request', async () => {
  await mailIn({ from: 'unknown@buyer.test', text: 'answer me if you can' })
  const { c } = await message('answer me if you can')
  const said = await reply(c.id, '这封到不了')
  const m = await delivered(c.id, said.id, 'failed')
  assert.match(m.delivery.reason, /no such mailbox here/)
  const notices = (await agent.get('/notices')).body.items as any[]
  assert.ok(notices.some((x) => x.text.includes('没有寄到') && x.text.includes(c.id)), JSON.stringify(notices))
  const again = await agent.post(`/deliveries/${m.delivery.id}/retry`)
  assert.equal(again.status, 200, again.text)
  await until(async () => { const now = (await messages(c.id)).find((x) => x.id === said.id); return now.delivery.state === 'failed' && now.delivery.at > m.delivery.at }, 'a second failure')
})

test('a letter that comes back later is marked too', async () => {
  await mailIn({ from: 'late@buyer.test', text: 'I move tomorrow' })
  const { c } = await message('I move tomorrow')
  const said = await reply(c.id, '一路平安')
  const m = await delivered(c.id, said.id, 'bounced')
  assert.match(m.delivery.reason, /the mailbox was given up/)
  const note = (await messages(c.id)).find((x) => x.by.type === 'note')
  assert.match(note.text, /对方服务器退信/)
  const talk = (await agent.get(`/conversations/${c.id}`)).body
  assert.equal(talk.wait_since_ms, null, 'a bounce starts no clock')

  // with a copy that arrived: sent again it goes to the customer alone, who cannot have it once more
  const both = await agent.post(`/conversations/${c.id}/messages`, { text: '一路平安，抄给同行的人', cc: ['carbon@buyer.test'] })
  assert.equal(both.status, 200, both.text)
  const came = await delivered(c.id, both.body.id, 'bounced')
  await mail.until('carbon', 1)
  const again = await agent.post(`/deliveries/${came.delivery.id}/retry`)
  assert.equal(again.status, 200, again.text)
  await until(async () => { const x = (await messages(c.id)).find((y) => y.id === both.body.id).delivery; return x.state === 'bounced' && x.at > came.delivery.at }, 'a second bounce')
  assert.equal(mail.box('carbon').length, 1, 'the copy is not sent again')
})

test('programs that answer are shown and never answered', async () => {
  await mailIn({ from: 'robot@buyer.test', text: 'ask the robot' })
  const { c } = await message('ask the robot')
  await reply(c.id, '收到')
  const note = await until(async () => (await messages(c.id)).find((x) => x.by.type === 'note'), 'the robot\'s note')
  assert.match(note.text, /back on Monday/)
  assert.equal((await agent.get(`/conversations/${c.id}`)).body.wait_since_ms, null)
  // A list's letter of somebody unknown opens nothing, but is kept in the channel's list.
  const before = (await list()).length
  await mailIn({ from: 'news@buyer.test', subject: 'Newsletter', text: 'buy buy', head: 'Precedence: bulk\n' })
  const put = await until(async () => (await letters()).find((x) => x.title === 'Newsletter'), 'the newsletter in the list')
  assert.equal(put.class, 'automatic')
  assert.equal(put.conversation, null)
  assert.equal((await list()).length, before)
})

test('two answering machines without any mark stop at the limit', async () => {
  await agent.post('/presence', { state: 'offline' })
  await owner.post('/presence', { state: 'offline' })
  // The other side answers every letter of ours at once with one of its own.
  await mailIn({ from: 'loop@buyer.test', text: 'machine 0' })
  const first = await mail.until('loop', 1)
  assert.equal(first[0]!.head['auto-submitted'], 'auto-replied')
  assert.equal(parts(first[0]!)[0]!.bytes.toString().split('\n')[0], '现在没有人在，上班后回您。')
  for (let i = 1; i <= 25; i++) await mailIn({ from: 'loop@buyer.test', text: `machine ${i}` })
  await until(async () => (await letters()).filter((x) => x.class === 'loop').length >= 6, 'the loop')
  assert.equal(mail.box('loop').length, 1, 'one automatic answer a day')
  await agent.post('/presence', { state: 'online' })
  const c = (await message('machine 0')).c, said = await messages(c.id)
  assert.equal(said.filter((x) => x.by.type === 'customer').length, 20)
  assert.equal(said.filter((x) => x.by.type === 'note').length, 1)
})

test('a letter above the limit is refused politely, with the limit', async () => {
  const big = letter({ from: 'big@buyer.test', subject: 'Film', type: 'Content-Type: application/octet-stream; name=film.mp4\nContent-Transfer-Encoding: base64', text: ('A'.repeat(76) + '\n').repeat(90000) })
  await mail.send('big@buyer.test', 'desk@shop.test', big)
  const { m } = await message(/这封信有 7 MB，超过一封信 5 MB 的上限/)
  assert.equal(m.mail.class, 'refused')
  const answer = (await mail.until('big', 1))[0]!
  assert.match(parts(answer)[0]!.bytes.toString(), /5 MB/)
  assert.equal(answer.head['auto-submitted'], 'auto-replied')
})

test('a broken letter does not stop the others', async () => {
  await mail.send('x@buyer.test', 'desk@shop.test', 'Content-Type: multipart/mixed; boundary=\n\n--\n\xff\xfe')
  await mailIn({ from: 'after@buyer.test', text: 'after the broken one' })
  await message('after the broken one')
})

test('the mail server dies and comes back: nothing lost, nothing twice', async () => {
  const { c } = await message('after the broken one')
  for (let i = 0; i < 8; i++) await mailIn({ from: 'flood@buyer.test', text: `flood ${i}.` })
  await mail.kill('dovecot')
  await mail.kill('exim')
  const said = await reply(c.id, '服务器坏着的时候说的')
  await until(async () => (await owner.get('/channels')).body.items.find((x: any) => x.id === channel).in.state === 'trouble', 'trouble shown', 30000)
  const waiting = (await messages(c.id)).find((x) => x.id === said.id)
  assert.equal(waiting.delivery.state, 'queued')
  await mail.startExim(); await mail.startDovecot()
  await until(async () => (await owner.get('/channels')).body.items.find((x: any) => x.id === channel).in.state === 'connected', 'connected again', 40000)
  await message('flood 7.')
  await pause(1500)
  const flood = (await messages((await message('flood 0.')).c.id)).map((x) => x.text)
  assert.deepEqual(flood, [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `flood ${i}.`))
  await agent.post(`/deliveries/${waiting.delivery.id}/retry`)
  assert.equal((await mail.until('after', 1)).length, 1)
})

test('the program is killed in the middle of fetching and of sending: each letter once', async () => {
  const talks: string[] = []
  for (let round = 0; round < 4; round++) {
    const from = `kill${'abcd'[round]}@buyer.test`
    for (let i = 0; i < 6; i++) await mailIn({ from, text: `round ${round} letter ${i}.` })
    const { c } = await message(`round ${round} letter 0.`)
    talks.push(c.id)
    await reply(c.id, `回复 ${round}`)
    await pause(20 + round * 60)
    await service.stop('SIGKILL')
    await service.start('--no-limits')
  }
  for (let round = 0; round < 4; round++) {
    await message(`round ${round} letter 5.`)
    const texts = (await messages(talks[round]!)).filter((x) => x.by.type === 'customer').map((x) => x.text)
    // Exim delivers letters side by side: their order in the mailbox is its own, so only that each came, and came once, is the desk's.
    assert.deepEqual(texts.sort(), [0, 1, 2, 3, 4, 5].map((i) => `round ${round} letter ${i}.`))
    // One letter, never none. It may have gone over the wire once more when the power went between the server's 250 and our note of
    // it; both copies then carry one Message-ID. Here the power goes once a round, so there are never three.
    await mail.until('kill' + 'abcd'[round], 1)
    await delivered(talks[round]!, (await messages(talks[round]!)).find((x) => x.text === `回复 ${round}`)!.id, 'sent')
    const copies = [...mail.copies('kill' + 'abcd'[round]).values()]
    assert.equal(copies.length, 1, 'one Message-ID')
    assert.ok(copies[0]! <= 2, `${copies[0]} copies`)
  }
})

test('the power goes at each point of a letter\'s way: none lost, and how many copies', async () => {
  // At channel.sent and delivery.note the server has the letter and the desk does not know yet: it goes once more, under the same
  // Message-ID. At letter.receive nothing is on disk yet: the letter is read again.
  for (const [n, point, copies] of [[1, 'channel.sent', 2], [2, 'delivery.note', 2], [3, 'letter.receive', 1]] as const) {
    const from = `point${n}@buyer.test`
    await mailIn({ from, text: `the power goes at ${point}: one` })
    const { c } = await message(`the power goes at ${point}: one`)
    await service.stop()
    process.env.GUIJU_FAULT = `${point}:1:kill`
    await service.start('--no-limits')
    delete process.env.GUIJU_FAULT
    const died = service.ended()
    if (point === 'letter.receive') await mailIn({ from, text: `the power goes at ${point}: two` })
    else await agent.post(`/conversations/${c.id}/messages`, { text: `答 ${n}` }).catch(() => undefined)
    await died
    await service.start('--no-limits')
    if (point === 'letter.receive') { await message(`the power goes at ${point}: two`); await reply(c.id, `答 ${n}`) }
    const said = await until(async () => (await messages(c.id)).find((x) => x.text === `答 ${n}`), 'the answer')
    await delivered(c.id, said.id, 'sent')
    assert.deepEqual([...mail.copies(`point${n}`).values()], [copies], point)
    assert.equal((await messages(c.id)).filter((x) => x.by.type === 'customer').length, point === 'letter.receive' ? 2 : 1)
  }
})

test('taken back while it waits it is not sent; once sent it cannot be taken back', async () => {
  await mailIn({ from: 'recall@buyer.test', text: 'shall I wait?' })
  const { c } = await message('shall I wait?')
  const first = await reply(c.id, '先发一封')
  await delivered(c.id, first.id, 'sent')
  const late = await agent.post(`/conversations/${c.id}/recall`, { message: first.id })
  assert.equal(late.status, 409)
  assert.equal(late.body.error.key, 'delivery.gone')
  assert.equal((await agent.post(`/conversations/${c.id}/edit`, { message: first.id, text: '改一改' })).body.error.key, 'delivery.gone')
  await mail.kill('exim')
  const second = await reply(c.id, '说错了的一封')
  await delivered(c.id, second.id, 'queued')
  const back = await agent.post(`/conversations/${c.id}/recall`, { message: second.id })
  assert.equal(back.status, 200, back.text)
  const m = await delivered(c.id, second.id, 'withdrawn')
  assert.equal((await agent.post(`/deliveries/${m.delivery.id}/retry`)).body.error.key, 'delivery.withdrawn')
  await mail.startExim()
  const third = await reply(c.id, '再说一封')
  const waiting = (await messages(c.id)).find((x) => x.id === third.id)
  await agent.post(`/deliveries/${waiting.delivery.id}/retry`)
  await delivered(c.id, third.id, 'sent')
  assert.deepEqual(mail.box('recall').map((l) => parts(l)[0]!.bytes.toString().split('\n')[0]).sort(), ['先发一封', '再说一封'].sort())
  assert.ok(!((await agent.get('/notices')).body.items as any[]).some((x) => x.text.includes('没有寄到') && x.text.includes(c.id)), 'no alarm about what was taken back')
})

test('copies: who had one is shown, who shall have one gets it', async () => {
  await mailIn({ from: 'copy@buyer.test', text: 'with a copy', head: 'Cc: bob@buyer.test, desk@shop.test\n' })
  const { c, m } = await message('with a copy')
  assert.deepEqual(m.mail.to_masked, ['desk@shop.test'])
  assert.deepEqual(m.mail.cc_masked, ['b***@buyer.test', 'desk@shop.test'])
  const route = (await agent.get(`/conversations/${c.id}/route`)).body
  assert.deepEqual({ ...route, cc_masked: 0 }, { by_letter: true, off: false, channel, from: 'desk@shop.test', to_masked: 'c***@buyer.test', title: 'A question', cc_masked: 0 })
  for (const bad of ['no address', 'a@b,c@d', 'x@y>']) assert.equal((await agent.post(`/conversations/${c.id}/messages`, { text: '抄一份', cc: [bad] })).body.error.key, 'delivery.cc')
  const before = mail.box('bob').length
  const r = await agent.post(`/conversations/${c.id}/messages`, { text: '抄一份', cc: ['bob@buyer.test'] })
  assert.equal(r.status, 200, r.text)
  const got = (await mail.until('bob', before + 1)).find((l) => l.head.cc)!
  assert.equal(got.head.cc, 'bob@buyer.test')
  assert.equal(got.head.to, 'copy@buyer.test')
  assert.equal(mail.box('copy').length, 1)
  assert.deepEqual((await delivered(c.id, r.body.id, 'sent')).delivery.cc_masked, ['b***@buyer.test'])
  const visitor = await new Client(service).post('/w/start', { page: 'https://shop.example/' })
  await new Client(service).post('/w/messages', { token: visitor.body.token, text: '网页上没有抄送' })
  const web = (await message('网页上没有抄送')).c
  assert.equal((await agent.get(`/conversations/${web.id}/route`)).body.by_letter, false)
  assert.equal((await agent.post(`/conversations/${web.id}/messages`, { text: '抄', cc: ['bob@buyer.test'] })).body.error.key, 'delivery.cc_web')
})

test('a copy that the server refuses does not hold the letter up: the others get it, and the conversation says who did not', async () => {
  await mailIn({ from: 'copy@buyer.test', text: 'please copy everybody' })
  const { c } = await message('please copy everybody')
  const bob = mail.box('bob').length, copy = mail.box('copy').length
  const r = await agent.post(`/conversations/${c.id}/messages`, { text: '各位好', cc: ['unknown@buyer.test', 'bob@buyer.test', 'busy@buyer.test', 'gbk@buyer.test'] })
  assert.equal(r.status, 200, r.text)
  const m = await delivered(c.id, r.body.id, 'sent')
  await mail.until('bob', bob + 1)
  await mail.until('copy', copy + 1)
  assert.deepEqual([m.delivery.refused_masked, m.delivery.again_masked], [['u***@buyer.test', 'g***@buyer.test'], ['b***@buyer.test']])
  assert.match(m.delivery.reason, /^抄送没有寄到：u\*\*\*@buyer\.test 那边不收（550 no such mailbox here）；g\*\*\*@buyer\.test 那边不收（550 \?+）$/)
  assert.match(m.delivery.reason_en, /^A copy was not delivered: u\*\*\*@buyer\.test is refused \(550 no such mailbox here\); g/)
  assert.match(m.delivery.again_reason, /^b\*\*\*@buyer\.test 那边现在不收（451 come back later）$/)
  assert.ok(!JSON.stringify(m).includes('unknown@buyer.test'), 'masked, as everywhere')
  const told = ((await agent.get('/notices')).body.items as any[]).filter((x) => x.text.includes(c.id) && x.text.includes('有抄送没有寄到'))
  assert.equal(told.length, 1)
  // whom the letter is for refused: nobody gets it, whatever the server says of the others
  await mailIn({ from: 'unknown@buyer.test', text: 'answer me elsewhere' })
  const lost = (await message('answer me elsewhere')).c
  const n = mail.box('bob').length
  const failed = await agent.post(`/conversations/${lost.id}/messages`, { text: '回到别处', cc: ['bob@buyer.test'] })
  const there = (await delivered(lost.id, failed.body.id, 'failed')).delivery
  assert.match(there.reason, /550 no such mailbox here/)
  assert.deepEqual(there.refused_masked, [])
  await mail.send('x@buyer.test', 'bob@buyer.test', 'Subject: after\n\nlast\n')
  await mail.until('bob', n + 1)
  assert.equal(mail.box('bob').filter((l) => l.body.includes('回到别处') || parts(l)[0]!.bytes.toString().includes('回到别处')).length, 0)
})

test('a copy that is refused for now is tried again, to its receiver alone; one that is refused for good then is told', async (t) => {
  const d = new Service(), MINUTE = 60_000
  let now = Date.parse('2026-03-05T10:00:00+08:00')
  t.after(async () => { mail.busy('later'); await d.end() })
  await d.startAt(now, '--no-limits')
  const boss = await d.setUp(), wang = await d.person(boss, '小王', '018', '客服')
  assert.equal((await wang.post('/presence', { state: 'online' })).status, 200)
  const box = await boss.post('/channels', { name: '第二个', address: 'second@shop.test', settings: settings({ in: { host: '127.0.0.1', port: mail.imap, security: 'none', user: 'second@shop.test' } }), password: secret })
  assert.equal(box.status, 200, box.text)
  const visitor = await new Client(d).post('/w/start', { page: 'https://shop.example/' })
  await new Client(d).post('/w/messages', { token: visitor.body.token, text: '请写信给我' })
  const web = (await wang.get('/conversations?box=mine')).body.items[0]
  assert.equal((await boss.ask('PATCH', `/customers/${web.customer.id}`, { body: { email: 'wait@buyer.test' } })).status, 200)
  assert.equal((await wang.post(`/conversations/${web.id}/close`, { deal: false, no_deal_reason: '只是咨询' })).status, 200)
  const first = await wang.post(`/customers/${web.customer.id}/letters`, { subject: '您的发票', text: '发票在路上。' })
  assert.equal(first.status, 200, first.text)
  const talk = first.body.conversation as string
  const pass = async (ms: number) => { now += ms; await d.tick(now) }
  const stand = async (id: string) => (await wang.get(`/conversations/${talk}/messages`)).body.items.find((x: any) => x.id === id).delivery
  const stands = (id: string, what: (x: any) => boolean, why: string) => until(async () => { const x = await stand(id); return what(x) && x }, why)
  const say = async (text: string, cc: string[]) => { const r = await wang.post(`/conversations/${talk}/messages`, { text, cc }); assert.equal(r.status, 200, r.text); return r.body.id as string }
  const told = async () => ((await wang.get('/notices')).body.items as any[]).filter((x) => x.text.includes('有抄送没有寄到')).length
  const names = ['wait', 'bob', 'busy', 'slow'], count = (text: string) => names.map((n) => mail.box(n).filter((l) => parts(l)[0]!.bytes.toString().includes(text)).length)

  mail.busy('later')
  const one = await say('第一封', ['busy@buyer.test', 'bob@buyer.test', 'slow@buyer.test'])
  let x = await stands(one, (y) => y.state === 'sent', 'sent')
  assert.deepEqual([x.again_masked, x.refused_masked, x.next_ms], [['b***@buyer.test', 's***@buyer.test'], [], now + MINUTE])
  assert.deepEqual(await told(), 0, 'nothing is lost yet')
  assert.equal((await wang.post(`/conversations/${talk}/recall`, { message: one })).body.error.key, 'delivery.gone')
  await pass(MINUTE)
  x = await stands(one, (y) => y.next_ms > now, 'tried again')
  assert.deepEqual([x.state, x.again_masked.length, x.next_ms], ['sent', 2, now + 5 * MINUTE])
  mail.busy('room')
  await pass(5 * MINUTE)
  x = await stands(one, (y) => y.again_masked.length === 0, 'delivered')
  assert.deepEqual([x.state, x.refused_masked, x.next_ms, x.reason, x.again_reason], ['sent', [], null, '', ''])
  await mail.until('slow', 1)
  await until(async () => count('第一封').join() === '1,1,1,1', `each has it once: ${count('第一封')}`)
  const copy = mail.box('busy')[0]!
  assert.deepEqual([copy.head.to, copy.head.cc, copy.head['message-id']], ['wait@buyer.test', 'busy@buyer.test, bob@buyer.test, slow@buyer.test', mail.box('wait').find((l) => parts(l)[0]!.bytes.toString().includes('第一封'))!.head['message-id']])

  // by hand, at once; refused for good meanwhile: told on the message and to who holds the conversation
  mail.busy('later')
  const two = await say('第二封', ['busy@buyer.test'])
  x = await stands(two, (y) => y.again_masked?.length === 1, 'to be tried again')
  mail.busy('shut')
  assert.equal((await wang.post(`/deliveries/${x.id}/retry`)).status, 200)
  x = await stands(two, (y) => y.refused_masked.length === 1, 'refused')
  assert.deepEqual([x.state, x.again_masked, x.next_ms], ['sent', [], null])
  assert.match(x.reason, /^抄送没有寄到：b\*\*\*@buyer\.test 那边不收（550 moved away）$/)
  assert.equal(await told(), 1)
  assert.equal((await wang.post(`/deliveries/${x.id}/retry`)).body.error.key, 'delivery.sent')

  // never taken: given up after three days, and told
  mail.busy('later')
  const three = await say('第三封', ['busy@buyer.test', 'unknown@buyer.test'])
  x = await stands(three, (y) => y.again_masked?.length === 1, 'one to be tried again')
  assert.equal(await told(), 2, 'of the one that never comes')
  await pass(3 * 24 * 60 * MINUTE + 1)
  await wang.login('018')
  x = await stands(three, (y) => y.refused_masked.length === 2, 'given up')
  assert.deepEqual([x.state, x.again_masked], ['sent', []])
  assert.match(x.reason, /^抄送没有寄到：u\*\*\*.*；抄送一直寄不到，不再试了：b\*\*\*@buyer\.test 那边现在不收（451 come back later）$/)
  assert.match(x.reason_en, /; A copy could not be delivered and is not tried any more: b/)
  assert.equal(await told(), 3)
  assert.deepEqual([count('第二封'), count('第三封')], [[1, 0, 0, 0], [1, 0, 0, 0]])

  // a copy that comes back later: not the customer's letter that failed
  const four = await say('第四封', ['late@buyer.test'])
  x = await stands(four, (y) => y.refused_masked?.length === 1 && y.state === 'sent', 'the bounce') // it may overtake the word that the letter is sent
  assert.match(x.reason, /抄送没有寄到：l\*\*\*@buyer\.test 对方服务器退信/)
})

test('the desk writes first: a conversation of its own, and the answer comes back into it', async () => {
  const visitor = await new Client(service).post('/w/start', { page: 'https://shop.example/' })
  await new Client(service).post('/w/messages', { token: visitor.body.token, text: '请写信给我' })
  const web = (await message('请写信给我')).c
  const write = (more: object = {}) => agent.post(`/customers/${web.customer.id}/letters`, { subject: '您的发票', text: '发票在路上。', ...more })
  assert.equal((await write()).body.error.key, 'letter.no_address')
  assert.equal((await owner.ask('PATCH', `/customers/${web.customer.id}`, { body: { email: 'new@buyer.test' } })).status, 200)
  assert.equal((await write({ channel: 'h0' })).body.error.key, 'letter.no_mailbox')
  assert.equal((await write({ subject: '' })).status, 400)
  assert.equal((await agent.post(`/conversations/${web.id}/accept`)).status, 200)
  assert.equal((await agent.post(`/conversations/${web.id}/close`, { deal: false, no_deal_reason: '只是咨询' })).status, 200)
  const r = await write()
  assert.equal(r.status, 200, r.text)
  assert.notEqual(r.body.conversation, web.id)
  const [got] = await mail.until('new', 1)
  assert.equal(words(got!.head.subject!), `您的发票 [#${r.body.conversation}]`)
  assert.equal(got!.head['in-reply-to'], undefined)
  const talk = (await agent.get(`/conversations/${r.body.conversation}`)).body
  assert.equal(talk.channel, '邮件')
  assert.equal(talk.state, 'open')
  assert.equal(talk.wait_since_ms, null)
  // Words that follow before the customer has answered go the same way.
  await reply(r.body.conversation, '补一句')
  const second = (await mail.until('new', 2)).find((l) => l.head['message-id'] !== got!.head['message-id'])!
  assert.equal(second.head['in-reply-to'], got!.head['message-id'])
  assert.equal(words(second.head.subject!), `Re: 您的发票 [#${r.body.conversation}]`)
  await mailIn({ from: 'new@buyer.test', subject: words(second.head.subject!).replace('Re: ', 'RE: '), text: '收到，谢谢', head: `In-Reply-To: ${second.head['message-id']}\n` })
  assert.equal((await message('收到，谢谢')).c.id, r.body.conversation)
  // With an open conversation it goes into that one.
  const more = await write({ subject: '另一件事', text: '顺便问一声。' })
  assert.equal(more.body.conversation, r.body.conversation, more.text)
  assert.ok((await mail.until('new', 3)).some((l) => /^另一件事 \[#/.test(words(l.head.subject!))))
})

test('30 MB are above the limit that is set when nobody chooses one', async () => {
  const now = (await owner.get('/channels')).body.items.find((x: any) => x.id === channel)
  const { most_mb, ...usual } = settings() as Record<string, unknown>
  assert.equal(most_mb, 5)
  assert.equal((await owner.ask('PATCH', `/channels/${channel}`, { body: { settings: usual } })).status, 200)
  assert.equal((await owner.get('/channels')).body.items.find((x: any) => x.id === channel).settings.most_mb, 25)
  const big = letter({ from: 'huge@buyer.test', subject: 'Long film', type: 'Content-Type: application/octet-stream; name=film.mp4\nContent-Transfer-Encoding: base64', text: ('A'.repeat(76) + '\n').repeat(Math.ceil(30 * 1048576 / 78)) })
  await mail.send('huge@buyer.test', 'desk@shop.test', big)
  const { m } = await message(/这封信有 3[01] MB，超过一封信 25 MB 的上限/)
  assert.equal(m.mail.class, 'refused')
  assert.match(parts((await mail.until('huge', 1))[0]!)[0]!.bytes.toString(), /25 MB/)
  assert.equal((await owner.ask('PATCH', `/channels/${channel}`, { body: { settings: now.settings } })).status, 200)
})

test('the limit of letters is a setting, with exceptions', async () => {
  const set = (more: Record<string, unknown>) => owner.ask('PATCH', `/channels/${channel}`, { body: { settings: settings(more) } })
  assert.equal((await set({ loop_most: 0 })).body.error.key, 'channel.loop_most')
  assert.equal((await set({ loop_most: 3, loop_except: 'partner.test，none\npost@other.test' })).status, 200)
  for (let i = 0; i < 5; i++) { await mailIn({ from: 'shop@strict.test', text: `strict ${i}.` }); await mailIn({ from: 'shop@partner.test', text: `partner ${i}.` }) }
  await until(async () => (await letters()).filter((x) => x.class === 'loop' && x.from_masked === 's***@strict.test').length === 2, 'the limit')
  assert.equal((await messages((await message('strict 0.')).c.id)).filter((x) => x.by.type === 'customer').length, 3)
  await message('partner 4.')
  assert.equal((await messages((await message('partner 0.')).c.id)).filter((x) => x.by.type === 'customer').length, 5)
  assert.equal((await set({})).status, 200)
})

test('a letter that the rulebook keeps out is kept, told to who leads, and let in by them', async () => {
  const other = await new Service().start()
  try {
    const source = `# 小店办法\n\n\`\`\`guiju\n制度 small “小店办法”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长 上级 经理\n岗位 经理\n排班 客服 由 组长: 每 周 休 1天\n\`\`\`\n\n## 一 不收信 {#closed}\n这个月不收信。\n\`\`\`guiju\n申请 会话.开始:\n  拒 若 渠道 = 邮件 因 “这个月不收信”\n  准 其余\n\`\`\`\n`
    const boss = new Client(other)
    const made = await boss.post('/setup', { shop: '小店', source, owner: { name: '老板', job_number: '001', password: 'correct horse 9' } })
    assert.equal(made.status, 200, made.text)
    boss.signedIn(made)
    const chief = await other.person(boss, '组长甲', '002', '组长'), clerk = await other.person(boss, '客服乙', '101', '客服')
    const box = await boss.post('/channels', { name: '二号', address: 'second@shop.test', settings: settings({ in: { host: '127.0.0.1', port: mail.imap, security: 'none', user: 'second@shop.test' } }), password: secret })
    assert.equal(box.status, 200, box.text)
    await mail.send('held@buyer.test', 'second@shop.test', letter({ from: 'held@buyer.test', subject: 'Let me in', text: 'words that must not be lost' }))
    const kept = await until(async () => ((await chief.get('/letters/held')).body.items as any[]).find((x) => x.title === 'Let me in'), 'the held letter')
    assert.match(kept.reason, /这个月不收信/)
    assert.match(kept.text, /words that must not be lost/)
    assert.equal(kept.from_masked, 'h***@buyer.test')
    assert.equal((await boss.get('/conversations?box=open')).body.items.length, 0)
    assert.ok(((await chief.get('/notices')).body.items as any[]).some((x) => x.text.includes('Let me in')))
    assert.equal(((await clerk.get('/notices')).body.items as any[]).length, 0)
    assert.equal(mail.box('held').length, 0, 'no automatic answer to it')
    assert.equal((await clerk.post(`/letters/${kept.seq}/admit`)).status, 403)
    const r = await chief.post(`/letters/${kept.seq}/admit`)
    assert.equal(r.status, 200, r.text)
    const all = (await boss.get(`/conversations/${r.body.conversation}/messages`)).body.items as any[]
    assert.deepEqual(all.filter((x) => x.by.type === 'customer').map((x) => [x.text, x.mail.title]), [['words that must not be lost', 'Let me in']])
    assert.equal((await chief.post(`/letters/${kept.seq}/admit`)).body.error.key, 'letter.admitted')
    assert.equal((await chief.get('/letters/held')).body.items.length, 0)
    await other.stop()
    const out = execFileSync(process.env.GUIJU_BINARY ?? 'build/src/app/guiju', ['rebuild', '--data', `${other.dir}/data`], { env: { ...process.env, LANG: 'en_US.UTF-8' } }).toString()
    assert.match(out, /0 new, 0 different/)
  } finally { await other.end() }
})

test('a killed test leaves no mail server behind', async () => {
  const child = spawn(process.execPath, [process.argv[1]!], { env: { ...process.env, GUIJU_MAIL_ONLY: '1', NODE_TEST_CONTEXT: '' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const said = JSON.parse(await new Promise<string>((done) => child.stdout!.once('data', (d) => done(String(d))))) as { pids: number[]; dir: string }
  assert.equal(said.pids.length, 2)
  const lives = (pid: number) => { try { process.kill(pid, 0); return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ') } catch { return false } }
  assert.ok(said.pids.every(lives))
  child.kill('SIGKILL')
  await until(async () => !said.pids.some(lives) && !existsSync(said.dir), 'the end of the servers')
})

test('trying a mailbox says what is wrong, and a wrong password never shows', async () => {
  const check = async (more: Record<string, unknown>, password = secret) => (await owner.post('/channels/check', { settings: settings(more), password })).body
  assert.deepEqual(await check({}), { in: { ok: true }, out: { ok: true } })
  assert.deepEqual(await check({ in: { host: '127.0.0.1', port: mail.imaps, security: 'tls', user: 'desk@shop.test' }, out: { host: '127.0.0.1', port: mail.smtp, security: 'starttls', user: 'desk@shop.test' }, unverified: true }), { in: { ok: true }, out: { ok: true } })
  const unverified = await check({ in: { host: '127.0.0.1', port: mail.imaps, security: 'tls', user: 'desk@shop.test' } })
  assert.equal(unverified.in.problem.key, 'mail.no_tls')
  const wrong = await check({}, 'wrong-password-xyz')
  assert.equal(wrong.in.problem.key, 'mail.no_login')
  assert.equal(wrong.out.problem.key, 'mail.no_login')
  assert.equal((await check({ folder: '没有的' })).in.problem.key, 'mail.no_folder')
  assert.equal((await check({ in: { host: 'nowhere.invalid', port: 1, security: 'none', user: 'x' } })).in.problem.key, 'mail.no_host')
  assert.equal((await check({ in: { host: '127.0.0.1', port: 1, security: 'none', user: 'x' } })).in.problem.key, 'mail.no_connection')
  assert.deepEqual((await owner.post('/channels/check', { id: channel })).body, { in: { ok: true }, out: { ok: true } })
  const shown = JSON.stringify((await owner.get('/channels')).body)
  assert.ok(!shown.includes(secret) && !shown.includes('sealed'))
  assert.ok(!service.log.includes(secret) && !service.log.includes('wrong-password-xyz'))
  assert.equal((await agent.get('/channels')).status, 403)
  assert.equal((await agent.post('/channels/check', { settings: settings(), password: secret })).status, 403)
  assert.equal((await agent.get('/channels/health')).status, 200)
  assert.equal((await owner.post('/channels', { name: 'x', address: 'desk@shop.test', settings: settings(), password: 'p' })).body.error.key, 'channel.taken')
  assert.equal((await owner.post('/channels', { name: 'x', address: 'no address', settings: settings(), password: 'p' })).body.error.key, 'channel.address')
})

test('a second mailbox, and the same letter to both is one', async () => {
  const r = await owner.post('/channels', { name: '第二个', address: 'second@shop.test', settings: settings({ in: { host: '127.0.0.1', port: mail.imap, security: 'none', user: 'second@shop.test' } }), password: secret })
  assert.equal(r.status, 200, r.text)
  const both = letter({ from: 'both@buyer.test', text: 'to both of you' })
  await mail.send('both@buyer.test', 'desk@shop.test', both)
  await mail.send('both@buyer.test', 'second@shop.test', both)
  const { c } = await message('to both of you')
  await until(async () => [...await letters(), ...(await owner.get(`/channels/${r.body.id}/letters`)).body.items].some((x: any) => x.class === 'duplicate'), 'the second copy')
  assert.equal((await messages(c.id)).length, 1)
  assert.equal((await owner.ask('DELETE', `/channels/${r.body.id}`)).status, 200)
})

test('one customer across channels: alike is suggested, merged with a reason, undone', async () => {
  const { c } = await message('to both of you')
  const visitor = await new Client(service).post('/w/start', { page: 'https://shop.example/' })
  await new Client(service).post('/w/messages', { token: visitor.body.token, text: '我是网页上的同一个人' })
  const web = (await message('我是网页上的同一个人')).c
  assert.equal((await owner.ask('PATCH', `/customers/${web.customer.id}`, { body: { email: 'both@buyer.test' } })).status, 200)
  const known = (await agent.get(`/customers/${c.customer.id}/identities`)).body
  assert.deepEqual(known.identities, [{ kind: 'email', value_masked: 'b***@buyer.test' }])
  assert.deepEqual(known.alike.map((x: any) => [x.id, x.same]), [[web.customer.id, ['email']]])
  assert.equal((await agent.post(`/customers/${c.customer.id}/merge`, { other: web.customer.id })).status, 400)
  const merged = await agent.post(`/customers/${c.customer.id}/merge`, { other: web.customer.id, reason: '同一个邮箱' })
  assert.equal(merged.status, 200, merged.text)
  const whole = (await agent.get(`/customers/${c.customer.id}`)).body
  assert.deepEqual(new Set(whole.conversations.map((x: any) => x.id)), new Set([c.id, web.id]))
  assert.equal((await agent.get(`/customers/${web.customer.id}`)).body.merged_into, c.customer.id)
  const undone = await agent.post(`/customers/${c.customer.id}/unmerge`, { merge: merged.body.merge })
  assert.equal(undone.status, 200, undone.text)
  assert.deepEqual((await agent.get(`/customers/${c.customer.id}`)).body.conversations.map((x: any) => x.id), [c.id])
  assert.deepEqual((await agent.get(`/customers/${web.customer.id}`)).body.conversations.map((x: any) => x.id), [web.id])
})

test('a message left on the website is answered by letter; with a telephone alone it is not', async () => {
  const leave = async (o: object) => { const v = await new Client(service).post('/w/start', {}); const r = await new Client(service).post('/w/leave', { token: v.body.token, ...o }); assert.equal(r.status, 200, r.text); return { id: r.body.conversation as string, token: v.body.token as string } }
  const left = await leave({ text: '到货了叫我', name: '小满', email: 'left@buyer.test' })
  assert.equal((await agent.post(`/conversations/${left.id}/accept`)).status, 200)
  const said = await reply(left.id, '到货了，今天寄出')
  await delivered(left.id, said.id, 'sent')
  await until(async () => mail.box('others').find((l) => /left@buyer\.test/.test(l.head.to ?? '')), 'the letter')
  assert.equal((await new Client(service).get(`/w/messages?token=${left.token}`)).body.items.at(-1).text, '到货了，今天寄出', 'and in the window')
  const call = await leave({ text: '给我打电话', phone: '13900001111' })
  assert.equal((await agent.post(`/conversations/${call.id}/accept`)).status, 200)
  const answer = await reply(call.id, '好的')
  assert.equal((await messages(call.id)).find((x: any) => x.id === answer.id).delivery ?? null, null)
})

test('everything folded from the log is the same when folded again', async () => {
  await service.stop()
  const out = execFileSync(process.env.GUIJU_BINARY ?? 'build/src/app/guiju', ['rebuild', '--data', `${service.dir}/data`], { env: { ...process.env, LANG: 'en_US.UTF-8' } }).toString()
  assert.match(out, /0 new, 0 different/)
  assert.match(out, /snapshot agrees/)
  await service.start('--no-limits')
})
