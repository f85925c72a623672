// Quick phrases over the API alone: whose they are and who is told of a change, a list put in by rows, found in the one search box, and a week
// looked back on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, password } from './service.ts'

const book = `# 试

\`\`\`guiju
制度 t “试”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 主管
岗位 客服 上级 主管
\`\`\`

## 一 {#words}
\`\`\`guiju
话术 代办: “我马上替您问清楚”
\`\`\`
`
const service = new Service()
let owner: Client, agent: Client, other: Client, visitor: Visitor, talk: string
before(async () => {
  await service.start()
  owner = new Client(service)
  const r = await owner.post('/setup', { shop: '试验小店', source: book, owner: { name: '老板', job_number: '001', password } })
  assert.equal(r.status, 200, r.text)
  owner.signedIn(r)
  agent = await service.person(owner, '小李', '101', '客服')
  other = await service.person(owner, '小陈', '102', '客服')
  await agent.post('/presence', { state: 'online' })
  visitor = new Visitor(service)
  await visitor.start({ name: '小满' })
  await visitor.say('发货了吗')
  talk = (await agent.get('/conversations?box=mine')).body.items[0].id
})
after(() => service.end())
const all = async (c: Client) => (await c.get('/phrases')).body.items.flatMap((g: any) => g.phrases)

test('own, team, desk: who sees them and who may change them', async () => {
  const own = await agent.post('/phrases', { scope: 'personal', keys: 'zj', text: '我自己的说法，{顾客}' })
  assert.equal(own.status, 200, own.text)
  const shared = await agent.post('/phrases', { scope: 'desk', group: '发货', keys: 'fh', text: '今天就发' })
  assert.equal(shared.status, 403, shared.text)
  const desk = await owner.post('/phrases', { scope: 'desk', group: '发货/今天', keys: 'fh', text: '{问候}，今天就发，单号 {物流单号}' })
  assert.equal(desk.status, 200, desk.text)
  assert.deepEqual((await all(agent)).map((p: any) => [p.scope, p.keys]), [['rulebook', '代办'], ['personal', 'zj'], ['desk', 'fh']])
  assert.deepEqual((await all(other)).map((p: any) => p.keys), ['代办', 'fh'])
  assert.equal((await other.ask('PATCH', `/phrases/${own.body.id}`, { body: { text: '改别人的' } })).status, 404)
  const unknown = await agent.post('/phrases', { scope: 'personal', text: '{快递}到了' })
  assert.equal(unknown.status, 400)
  assert.match(unknown.text, /\{快递\}/)
  assert.match(unknown.text, /\{物流单号\}/)
  assert.equal((await agent.post('/phrases', { scope: 'personal', keys: 'ＺＪ', text: '撞了' })).status, 409)
})

test('found in the search box by short form, first letters and words', async () => {
  for (const q of ['fh', 'jtjf', '今天就', '就发'].slice(0, 4)) {
    const hits = (await agent.get('/search?type=phrase&q=' + encodeURIComponent(q))).body.items
    assert.ok(hits.some((h: any) => h.type === 'phrase' && h.text.includes('今天就发')), q)
  }
  assert.equal((await other.get('/search?type=phrase&q=zj')).body.items.length, 0)
})

test('rows of a list are added, what cannot be is told by line', async () => {
  const r = await owner.post('/phrases/import', { rows: [{ line: 2, group: '售后', keys: 'hx', text: '换新' }, { line: 3, group: '售后', keys: 'HX', text: '又是换新' }, { line: 4, keys: 'x', text: '没有组' }] })
  assert.equal(r.status, 200, r.text)
  assert.equal(r.body.added, 1)
  assert.deepEqual(r.body.refused.map((x: any) => [x.line, x.key]), [[3, 'phrase.keys_taken'], [4, 'args.missing']])
})

test('a week looked back on', async () => {
  const fh = (await all(agent)).find((p: any) => p.keys === 'fh')
  await agent.post(`/conversations/${talk}/messages`, { text: '今天就发', phrase: fh.id })
  await agent.post(`/conversations/${talk}/messages`, { text: '今晚就发', phrase: fh.id, phrase_edited: true })
  for (const n of [1, 2, 3]) await agent.post(`/conversations/${talk}/messages`, { text: `您的包裹 ${n} 号就到` })
  const r = (await owner.get('/phrases/review')).body
  assert.deepEqual(r.used.map((u: any) => [u.keys, u.used, u.edited]), [['fh', 2, 1]])
  assert.deepEqual(r.typed.map((u: any) => u.said), [3])
  const uses = (await owner.get(`/phrases/uses?phrase=${fh.id}&from=${r.from}&to=${r.to}`)).body.items
  assert.deepEqual(uses.map((u: any) => [u.conversation, u.text]), [[talk, '今晚就发'], [talk, '今天就发']])
  assert.equal((await agent.get('/phrases/review')).status, 403)
  assert.equal((await all(agent)).find((p: any) => p.keys === 'fh').mine, 2)
})

test('the trail, and an earlier wording back', async () => {
  const fh = (await all(owner)).find((p: any) => p.keys === 'fh')
  assert.equal((await owner.ask('PATCH', `/phrases/${fh.id}`, { body: { text: '明天发' } })).status, 200)
  const trail = (await agent.get(`/phrases/${fh.id}/versions`)).body.items
  assert.deepEqual(trail.map((v: any) => [v.by_name, v.change]), [['老板', '改动'], ['老板', '加入']])
  assert.equal((await owner.post(`/phrases/${fh.id}/restore`, { version: trail[1].version })).status, 200)
  assert.equal((await all(owner)).find((p: any) => p.keys === 'fh').text, fh.text)
})
