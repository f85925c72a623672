// Surveys of the rulebook by a link: after a talk by mail the link comes as a letter, after one on the web as a line or a letter; answered
// without signing in, once, changed for a time, refused afterwards; in the conversation, the report, and what the rules make of it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { events } from './log.ts'
import { MailServer, parts, secret } from './mail_server.ts'
import { Client, Service, Visitor, password, pause, type Answer } from './service.ts'

const book = `# 小店办法

\`\`\`guiju
制度 small “小店办法”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 客服 上级 组长
岗位 组长 上级 经理
岗位 经理
排班 客服 由 组长: 每 周 休 1天
\`\`\`

## 第一条 评价 {#survey}
会话结束后请顾客评价，七天内有效；不满意的提醒接待的人。
\`\`\`guiju
问卷 满意度 给 客户 于 会话.结束 有效 7天
  题 总体 “您满意吗”: 满意|一般|不满意
  题 意见 “哪里可以更好”: 文
凡 满意度 且 总体=不满意，则 罚款 当事人 5元
\`\`\`

## 第二条 限度 {#limit}
每月扣款有限度。
\`\`\`guiju
每 自然月 结 按 员工: 扣款 不超过 应发 × 20%，且 实发 不低于 最低工资;超出 不结转
\`\`\`
`
const at = (text: string) => Date.parse(`${text}+08:00`)
const mail = new MailServer(), service = new Service(), dir = join(service.dir, 'data')
let owner: Client, agent: Client, now = at('2026-03-05T10:00:00')
const done = (r: Answer) => { assert.equal(r.status, 200, r.text); return r.body }
const refused = (r: Answer, status: number, key: string) => { assert.equal(r.status, status, r.text); assert.equal(r.body.error.key, key); assert.ok(r.body.error.zh && r.body.error.en && r.body.error.zh !== r.body.error.en) }
const tick = async (text: string) => { now = at(text); await service.tick(now); await agent.login('101'); await owner.login('001') }
async function until<T>(what: () => Promise<T | undefined | false> | T | undefined | false, why: string): Promise<T> {
  for (const end = Date.now() + 20000; ;) {
    const found = await what()
    if (found) return found
    if (Date.now() > end) throw new Error(`${why}: did not come; ${service.log.slice(-1500)}`)
    await pause(60)
  }
}
const nobody = () => new Client(service)
const page = (token: string) => nobody().get(`/surveys/${token}`)
const answer = (token: string, body: object) => nobody().post(`/surveys/${token}`, body)
const tokenIn = (text: string) => /https:\/\/desk\.example\/c\/([0-9a-f]{48})/.exec(text)![1]!
const end = async (id: string) => { done(await agent.post(`/conversations/${id}/messages`, { text: '都办好了' })); done(await agent.post(`/conversations/${id}/close`, { reason: '说完了', deal: false, no_deal_reason: '其他' })) }
const talkOf = async (words: string) => until(async () => ((await agent.get('/conversations?box=waiting')).body.items as any[]).concat((await agent.get('/conversations?box=mine')).body.items).find((c) => c.last.text === words), words)
const write = (from: string, text: string) => mail.send(from, 'desk@shop.test', `From: Someone <${from}>\nTo: desk@shop.test\nSubject: A question\nMessage-ID: <${Math.floor(now / 1000)}.${text.length}.${from}>\nDate: ${new Date().toUTCString()}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`)
const carried = () => events(dir).filter((e) => e.kind === 'consequence.carried')

before(async () => {
  await mail.start()
  await service.startAt(now, '--no-limits')
  owner = new Client(service)
  const r = await owner.post('/setup', { shop: '试验小店', source: book, owner: { name: '老板', job_number: '001', password } })
  done(r)
  owner.signedIn(r)
  agent = await service.person(owner, '林晓', '101', '客服')
  done(await agent.post('/presence', { state: 'online' }))
  done(await owner.post('/channels', { name: '客服邮箱', address: 'desk@shop.test', password: secret, settings: { in: { host: '127.0.0.1', port: mail.imap, security: 'none', user: 'desk@shop.test' }, out: { host: '127.0.0.1', port: mail.smtp, security: 'none', user: 'desk@shop.test' }, poll_s: 1 } }))
})
after(async () => { await service.end(); await mail.end() })

test('without an address for links nothing goes out and the log says why; a bad address is refused', async () => {
  const v = new Visitor(service)
  done(await v.start())
  await v.say('没有网址的时候')
  await end((await v.messages()).body.conversation)
  const c = await until(() => carried().at(-1), 'the order')
  assert.equal(c.data.result, 'noted')
  assert.match(c.data.reason, /没有写顾客打开链接的网址/)
  assert.equal(events(dir).filter((e) => e.kind === 'survey.sent').length, 0)
  const set = (body: object, who = owner) => who.ask('PUT', '/settings/survey', { body })
  for (const url of ['desk.example', 'https://desk.example?x', 'javascript:alert(1)', 'https://a b']) refused(await set({ url }), 400, 'survey.url')
  refused(await set({ change_hours: 1000 }), 400, 'args.range')
  refused(await set({ url: 'https://desk.example' }, agent), 403, 'may.denied')
  assert.deepEqual(done(await set({ url: 'https://desk.example/', change_hours: 2 })), { url: 'https://desk.example', change_hours: 2 })
})

let token = '', conversation = ''
test('a customer by mail gets the link as a letter of a program; the token is nowhere in the table or in the event', async () => {
  await write('amy@buyer.test', 'hello by mail')
  const c = await talkOf('hello by mail')
  conversation = c.id
  await end(c.id)
  const letters = await mail.until('amy', 2), link = letters.find((l) => parts(l)[0]!.bytes.toString().includes('/c/'))!
  const text = parts(link)[0]!.bytes.toString()
  token = tokenIn(text)
  assert.equal(link.head['auto-submitted'], 'auto-replied')
  assert.match(text, /试验小店/)
  assert.match(text, /3月12日前有效/)
  assert.match(text, /valid until 2026-03-12/)
  const sent = events(dir).find((e) => e.kind === 'survey.sent' && e.data.conversation === conversation)!
  assert.equal(sent.data.survey, '满意度')
  assert.ok(sent.data.hash && !JSON.stringify(sent).includes(token))
  const row = spawnSync('sqlite3', [join(dir, 'desk.db'), 'SELECT * FROM survey_link'], { encoding: 'utf8' }).stdout
  assert.ok(row.includes(sent.data.hash) && !row.includes(token))
  const p = done(await page(token))
  assert.deepEqual([p.desk, p.survey, p.state, p.until_ms, p.answer], ['试验小店', '满意度', 'open', now + 7 * 86400_000, null])
  assert.deepEqual(p.questions, [{ name: '总体', title: '您满意吗', choices: ['满意', '一般', '不满意'] }, { name: '意见', title: '哪里可以更好', choices: [] }])
  assert.ok(p.tags.length === 8 && p.tags.every((t: any) => t.zh && t.en))
  const html = await fetch(`${service.origin}/c/${token}`)
  assert.equal(html.status, 200)
  assert.match(html.headers.get('content-security-policy')!, /script-src 'self'; style-src 'self'/)
  assert.ok(!/script-src[^;]*unsafe/.test(html.headers.get('content-security-policy')!))
})

test('what cannot be is refused and nothing is kept: a wrong link, no stars, unknown answers, a way into other things', async () => {
  for (const bad of ['0'.repeat(48), token.slice(0, 47), token.toUpperCase() + 'x', 'x'])
    { refused(await page(bad), 404, 'survey.unknown'); refused(await answer(bad, { stars: 5 }), 404, 'survey.unknown') }
  refused(await answer(token, {}), 400, 'args.missing')
  refused(await answer(token, { stars: 6 }), 400, 'args.range')
  refused(await answer(token, { stars: 5, tags: ['没有的'] }), 400, 'survey.tag')
  refused(await answer(token, { stars: 5, answers: { 没有的题: '满意' } }), 400, 'survey.question')
  refused(await answer(token, { stars: 5, answers: { 总体: '还行' } }), 400, 'survey.choice')
  refused(await answer(token, { stars: 5, answers: ['满意'] }), 400, 'survey.answers')
  refused(await answer(token, { stars: 5, text: '长'.repeat(501) }), 400, 'args.long')
  assert.equal((await nobody().get('/w/messages?token=' + token)).status, 401, 'the link opens nothing else')
  assert.equal((await nobody().get('/conversations/' + conversation)).status, 401)
  assert.equal(done(await page(token)).state, 'open')
  assert.equal(events(dir).filter((e) => e.kind === 'survey.answered').length, 0)
})

test('answered once: in the conversation, in the report, and the clause sees it; sent twice it is one answer', async () => {
  const body = { stars: 2, tags: ['等太久', '问题没解决'], answers: { 总体: '不满意', 意见: '回得快一点' }, text: '等了很久 <b>' }
  const both = await Promise.all([1, 2].map(() => nobody().post(`/surveys/${token}`, body, { key: 'survey-once-1' })))
  assert.deepEqual(both.map(done), [{ stars: 2 }, { stars: 2 }])
  assert.equal(events(dir).filter((e) => e.kind === 'survey.answered').length, 1)
  const c = done(await agent.get('/conversations/' + conversation))
  assert.equal(c.rating, 2)
  const line = c.messages.find((m: any) => m.act?.act === 'answered')
  assert.equal(line.act.stars, 2)
  assert.equal(line.act.reason, '等了很久 <b>（总体 不满意，意见 回得快一点） · 等太久 · 问题没解决')
  assert.ok(c.messages.some((m: any) => m.act?.act === 'sent'))
  const r = done(await owner.get('/reports/reception?from=2026-03-05&to=2026-03-05'))
  assert.deepEqual([r.total.rated, r.total.stars_x100], [1, 200])
  assert.equal(r.rows.find((x: any) => x.name === '林晓').rated, 1, 'credited to who spoke')
  assert.ok(r.definitions.some((d: any) => d.id === 'satisfaction.v3'))
  const behind = done(await owner.get('/reports/conversations?from=2026-03-05&to=2026-03-05&what=stars'))
  assert.deepEqual(behind.items.map((x: any) => [x.id, x.stars]), [[conversation, 2]])
  const ledger = (await owner.get(`/ledger?month=2026-03&person=${agent.me.person.id}`)).text
  assert.match(ledger, /survey/, 'the clause proposed its fine')
})

test('changed for two hours, the last one counts once; afterwards it stands', async () => {
  await tick('2026-03-05T11:59:59')
  const p = done(await page(token))
  assert.deepEqual([p.state, p.answer.stars, p.answer.answers.总体, p.answer.tags, p.until_ms], ['answered', 2, '不满意', ['等太久', '问题没解决'], at('2026-03-05T12:00:00')])
  done(await answer(token, { stars: 5, tags: ['回复快'], answers: { 总体: '满意' }, text: '后来解决了' }))
  const r = done(await owner.get('/reports/reception?from=2026-03-05&to=2026-03-05'))
  assert.deepEqual([r.total.rated, r.total.stars_x100], [1, 500])
  assert.equal(done(await agent.get('/conversations/' + conversation)).rating, 5)
  await tick('2026-03-05T12:00:00')
  assert.equal(done(await page(token)).state, 'final')
  refused(await answer(token, { stars: 1 }), 409, 'survey.final')
  assert.equal(done(await page(token)).answer.stars, 5)
})

test('a customer on the web finds the link in the talk; with an address on record it comes by letter; it runs out with a clear word', async () => {
  const v = new Visitor(service)
  done(await v.start())
  await v.say('网页上问')
  const id = (await v.messages()).body.conversation
  await end(id)
  const said = await until(async () => (await v.messages()).body.items.find((m: any) => m.text.includes('/c/')), 'the line in the talk')
  assert.equal(said.by.type, 'auto')
  const own = tokenIn(said.text)
  const w = new Visitor(service)
  done(await w.start())
  await agent.post('/presence', { state: 'offline' })
  done(await w.client.post('/w/leave', { token: w.token, text: '留个邮箱', email: 'bob@buyer.test' }))
  await agent.post('/presence', { state: 'online' })
  const left = (await w.messages()).body.conversation
  await end(left)
  const letters = await until(() => { const all = mail.box('bob').filter((l) => parts(l)[0]!.bytes.toString().includes('/c/')); return all.length > 0 && all }, 'the letter to bob')
  assert.notEqual(tokenIn(parts(letters[0]!)[0]!.bytes.toString()), own)
  await tick('2026-03-12T11:59:00')
  assert.equal(done(await page(own)).state, 'open')
  await tick('2026-03-12T12:00:01')
  assert.equal(done(await page(own)).state, 'expired')
  refused(await answer(own, { stars: 5 }), 409, 'survey.expired')
})

test('a rebuild agrees', async () => {
  await service.stop()
  const r = spawnSync(process.env.GUIJU_BINARY ?? 'build/src/app/guiju', ['rebuild', '--check', '--data', dir], { encoding: 'utf8', timeout: 60000 })
  assert.equal(r.status, 0, r.stdout + r.stderr)
})
