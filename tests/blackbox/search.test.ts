// The search box and the words of the rulebook, over the API alone: found by any part, in any spelling, only by who may read; and what the
// rulebook says about a reply before it is sent.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, password } from './service.ts'

const book = `# 试

\`\`\`guiju
制度 t “试”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 主管
岗位 客服 上级 主管
岗位 制单员 上级 主管 不可 会话
\`\`\`

## 一 {#words}
\`\`\`guiju
#shrug 禁语 推诿: “不归我管”, “问别人去”;违者 罚款 当事人 5元
#name 敬语 称呼 每 会话: “您好”;违者 提醒 当事人
话术 代办: “我马上替您问清楚”
\`\`\`
`
const service = new Service()
let owner: Client, agent: Client, clerk: Client, visitor: Visitor, talk: string
before(async () => {
  await service.start()
  owner = new Client(service)
  const r = await owner.post('/setup', { shop: '试验小店', source: book, owner: { name: '老板', job_number: '001', password } })
  assert.equal(r.status, 200, r.text)
  owner.signedIn(r)
  agent = await service.person(owner, '小李', '101', '客服')
  clerk = await service.person(owner, '小陈', '102', '制单员')
  await agent.post('/presence', { state: 'online' })
  visitor = new Visitor(service)
  await visitor.start({ name: '張三豐' })
  await visitor.say('請問這條裙子什麼時候發貨？')
  talk = (await agent.get('/conversations?box=mine')).body.items[0].id
  await agent.post(`/conversations/${talk}/messages`, { text: '今天就发，运单号 SF1029384756。' })
})
after(() => service.end())
const find = async (c: Client, q: string, more = '') => (await c.get('/search?type=message&q=' + encodeURIComponent(q) + more)).body
const said = (r: any) => r.items.map((h: any) => h.parts.map((p: any) => (p.hit ? `[${p.text}]` : p.text)).join(''))

test('a message is found by any part of it, in any spelling', async () => {
  assert.deepEqual(said(await find(agent, '发货')), ['請問這條裙子什麼時候[發貨]？'])
  assert.deepEqual(said(await find(agent, '裙子什么')), ['請問這條[裙子什麼]時候發貨？'])
  assert.deepEqual(said(await find(agent, 'sf1029')), ['今天就发，运单号 [SF1029]384756。'])
  assert.deepEqual(said(await find(agent, '384756')), ['今天就发，运单号 SF1029[384756]。'])
  assert.deepEqual(said(await find(agent, '裙')), ['請問這條[裙]子什麼時候發貨？'])
  assert.deepEqual(said(await find(agent, '没有说过的话')), [])
})

test('filters narrow, what is not understood is said', async () => {
  assert.equal((await find(agent, '发 类型:客服')).items.length, 1)
  assert.equal((await find(agent, '发 谁:小李')).items[0].by.name, '小李')
  assert.equal((await find(agent, '发 日期:今天')).items.length, 2)
  assert.equal((await find(agent, '发 日期:昨天')).items.length, 0)
  const odd = await find(agent, '发 日期:2026-')
  assert.deepEqual(odd.passed_over, ['日期:2026-'])
  assert.equal(odd.items.length, 2)
  assert.equal((await agent.get('/search?type=message&q=' + encodeURIComponent('发'.repeat(201)))).body.items.length, 0)
})

test('pages go on without gap or double', async () => {
  for (let i = 0; i < 7; i++) await visitor.say(`第${i}句要找的话`)
  const seen: string[] = []
  for (let next = '', pages = 0; pages < 9; pages++) {
    const r = await find(agent, '要找的话', '&limit=3' + (next && '&after=' + next))
    seen.push(...said(r))
    if (!r.next) break
    next = r.next
  }
  assert.deepEqual(seen, [6, 5, 4, 3, 2, 1, 0].map((i) => `第${i}句[要找的话]`))
})

test('who may not read conversations finds none', async () => {
  assert.equal((await find(clerk, '发货')).items.length, 0)
  assert.equal((await new Client(service).get('/search?q=a')).status, 401)
})

test('a message that was taken back or changed is not found by what it said', async () => {
  const sent = (await agent.post(`/conversations/${talk}/messages`, { text: '写错了的价钱' })).body
  assert.equal((await find(agent, '写错了的')).items.length, 1)
  const r = await agent.post(`/conversations/${talk}/recall`, { message: sent.id })
  assert.equal(r.status, 200, r.text)
  assert.equal((await find(agent, '写错了的')).items.length, 0)
})

test('forbidden words are told by place before anything is sent', async () => {
  const check = async (text: string) => (await agent.post('/words/check', { text, conversation: talk })).body
  const r = await check('😀这事不 归 我 管，問別人去吧')
  assert.deepEqual(r.hits.map((h: any) => [h.word, h.from, h.to, h.clause?.id]), [['不归我管', 4, 11, 'words'], ['问别人去', 12, 16, 'words']])
  assert.deepEqual(r.instead, ['我马上替您问清楚'])
  assert.equal(r.hold, null)
  assert.deepEqual((await check('这就替您问')).hits, [])
  await visitor.say('你们是不是要说“不归我管”？')
  assert.equal((await check('我们不会说“不归我管”')).hits[0].excused, true)
  assert.equal((await check('我说不归我管')).hits[0].excused, false)
  assert.equal((await agent.post('/words/check', { text: 'x'.repeat(4001) })).status, 400)
  assert.equal((await clerk.post('/words/check', { text: '不归我管' })).status, 403)
})

test('expected phrases that are missing are told before the end', async () => {
  const wanted = async () => (await agent.get(`/conversations/${talk}/words`)).body.items.map((w: any) => [w.group, w.words])
  assert.deepEqual(await wanted(), [['称呼', ['您好']]])
  await agent.post(`/conversations/${talk}/messages`, { text: '您好，久等了' })
  assert.deepEqual(await wanted(), [])
})
