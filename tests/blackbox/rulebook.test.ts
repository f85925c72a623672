// The rulebook over the API alone: what an editor is told, drafts of several people, trials, publishing that is whole or not at all.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, pause } from './service.ts'

const service = new Service()
let owner: Client, other: Client, agent: Client, source = ''
const key = (r: { body: any }) => r.body?.error?.key
before(async () => {
  await service.start()
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  other = await service.person(owner, '另一位', '009', '部门经理')
  source = (await owner.get('/rulebook/source')).body.source
})
after(() => service.end())

test('a check says what is wrong and where, runs the examples, and lists names and figures', async () => {
  const good = (await owner.post('/rulebook/check', { source })).body
  assert.equal(good.ok, true)
  assert.equal(good.examples.failed, 0)
  assert.ok(good.examples.passed > 20)
  assert.ok(good.names.some((n: any) => n.kind === 'role' && n.name === '组长'))
  const f = good.figures.find((x: any) => x.key === 'figure:首响限')
  assert.deepEqual([f.words, f.unit, source.split('\n')[f.line - 1].slice(f.column - 1, f.column - 1 + f.length)], ['30秒', '秒', '30秒'])
  const other_ = (await owner.post('/rulebook/check', { source: source.replace('首响限 = 30秒', '首响限 = 20秒') })).body
  assert.equal(other_.examples.failed, 1)
  assert.match(source.split('\n')[other_.examples.items[0].line - 1], /^例/)
  const bad = (await owner.post('/rulebook/check', { source: source.replace('岗位 客服 上级 组长', '岗位 客服 上级 组常') })).body
  assert.equal(bad.ok, false)
  const m = bad.diagnostics.find((d: any) => d.repairs.some((r: any) => r.exact))
  assert.ok(m, 'an exact repair: ' + JSON.stringify(bad.diagnostics[0]))
  const words = (await agent.get('/rulebook/words')).body
  assert.ok(words.words.some((w: any) => w.zh === '罚款' && w.en === 'fine' && w.group === 'act' && w.help))
  assert.ok(words.kinds.some((k: any) => k.zh === '会话.人工回复'))
  const laid = (await owner.post('/rulebook/format', { source: source.replace('参数 首响限 = 30秒', '参数   首响限=30秒') })).body
  assert.equal(laid.changed, true)
  assert.match((await owner.post('/rulebook/handbook', { source })).body.html, /<h\d[^>]*>/)
})

test('a draft is for those who may edit, joins what two wrote, and gives a conflict back with both texts', async () => {
  assert.equal((await agent.get('/rulebook/draft')).status, 403)
  assert.equal((await agent.ask('PUT', '/rulebook/draft', { body: { revision: 0, source } })).status, 403)
  assert.equal((await owner.ask('PUT', '/rulebook/draft', { body: { revision: 0 } })).status, 400)
  const put = (c: Client, revision: number, text: string, base?: string) => c.ask('PUT', '/rulebook/draft', { body: { revision, source: text, ...(base === undefined ? {} : { base }) } })
  const a = await put(owner, 0, source.replace('首响限 = 30秒', '首响限 = 20秒'))
  assert.equal(a.body.revision, 1)
  const b = await put(other, 0, source.replace('要打招呼', '要问好'), source)
  assert.equal(b.body.revision, 2)
  assert.match(b.body.source, /首响限 = 20秒[\s\S]*要问好/)
  assert.equal(key(await put(owner, 1, source)), 'draft.moved')
  const c = await put(owner, 1, source.replace('首响限 = 30秒', '首响限 = 20秒').replace('要打招呼', '要说您好'), a.body.source ?? source.replace('首响限 = 30秒', '首响限 = 20秒'))
  assert.equal(c.body.conflicts.length, 1)
  assert.match(c.body.conflicts[0].mine, /要说您好/)
  assert.match(c.body.conflicts[0].theirs, /要问好/)
  const here = (await owner.post('/rulebook/draft/here', { revision: 1, clause: '#greeting' })).body
  assert.match(here.source, /要问好/)
  assert.deepEqual((await other.post('/rulebook/draft/here', { revision: 2, clause: '' })).body.editors.map((e: any) => [e.name, e.clause]).sort(), [['另一位', ''], ['老板', '#greeting']].sort())
  await service.stop('SIGKILL')
  await service.start()
  const d = (await owner.get('/rulebook/draft')).body
  assert.equal(d.revision, 2)
  assert.match(d.source, /首响限 = 20秒[\s\S]*要问好/)
  assert.equal(key(await owner.post('/rulebook/draft/discard', { revision: 1 })), 'draft.changed')
  assert.equal((await owner.post('/rulebook/draft/discard', { revision: 2 })).status, 200)
  assert.equal((await owner.get('/rulebook/draft')).body.past[0].why, 'discarded')
})

test('a trial compares, explains, gives files, can be stopped, and changes nothing', async () => {
  const visitor = new Visitor(service)
  await agent.post('/presence', { state: 'online' })
  await visitor.start({ name: '张三' })
  await visitor.say('在吗')
  const [talk] = (await agent.get('/conversations?box=mine')).body.items
  await pause(1100)
  await agent.post(`/conversations/${talk.id}/messages`, { text: '在的' })
  const stern = source.replace('首响限 = 30秒', '首响限 = 1秒'), seq = (await owner.get('/rulebook/versions')).text
  assert.equal((await agent.post('/rulebook/try', { source: stern })).status, 403)
  assert.equal((await owner.post('/rulebook/try', { source: stern, month: '2999-01' })).status, 400)
  const month = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7)
  const wait = async (id: string) => { for (;;) { const j = (await owner.get(`/rulebook/try/${id}`)).body; if (!['waiting', 'running'].includes(j.state)) return j; await pause(20) } }
  const begun = await owner.post('/rulebook/try', { source: stern, month })
  assert.equal(begun.status, 202)
  const job = await wait(begun.body.id)
  assert.equal(job.state, 'done')
  assert.equal(job.trial, true)
  const line = job.result.lines.find((l: any) => l.clause === 'greeting')
  assert.deepEqual([line.change, line.name, line.before_fen, line.after_fen], ['added', '小李', 0, -500])
  assert.deepEqual(job.result.people.filter((p: any) => p.change_fen).map((p: any) => [p.name, p.change_fen]), [['小李', -500]])
  const why = (await owner.get(`/rulebook/try/${begun.body.id}/why/${line.id}`)).body
  assert.equal(why.trial, true)
  assert.equal(why.why.clause.figures.find((f: any) => f.name === '首响限').value, '1秒')
  assert.match((await owner.get(`/rulebook/try/${begun.body.id}/lines.csv`)).text, /试算，没有改动任何账[\s\S]*小李/)
  assert.equal((await owner.get(`/rulebook/try/${begun.body.id}/sheet.xlsx`)).text.slice(0, 2), 'PK')
  assert.equal((await owner.get(`/rulebook/try/${begun.body.id}/why/0000000000000000`)).status, 404)
  const broken = await wait((await owner.post('/rulebook/try', { source: source.replace('岗位 客服 上级 组长', '岗位 客服 上级 组常'), month })).body.id)
  assert.deepEqual([broken.state, broken.problem.key], ['failed', 'trial.errors'])
  const stopped = (await owner.post('/rulebook/try', { source: stern, month })).body.id
  assert.equal((await owner.ask('DELETE', `/rulebook/try/${stopped}`)).status, 200)
  assert.ok(['cancelled', 'done'].includes((await wait(stopped)).state))
  assert.equal((await owner.get('/rulebook/versions')).text, seq)
  assert.equal((await owner.get(`/ledger?month=${month}&person=${agent.me.person.id}`)).body.slips.filter((s: any) => s.clause?.id === 'greeting').length, 0)
})

test('publishing is whole or not at all, whenever the power goes', async () => {
  const list = async () => (await owner.get('/rulebook/versions')).body.items.map((v: any) => v.version)
  const raised = (n: number) => source.replace('版本 1.0', `版本 1.${n}`)
  assert.equal(key(await owner.post('/rulebook/publish', { source: raised(1), in_force: '2020-01-01' })), 'rulebook.backdated')
  for (let n = 1; n <= 6; n++) {
    const d = (await owner.get('/rulebook/draft')).body
    await owner.ask('PUT', '/rulebook/draft', { body: { revision: d.revision, source: raised(n), base: d.source } })
    const sent = owner.post('/rulebook/publish', { source: raised(n), note: `第 ${n} 次` }).then((r) => r.status, () => 0)
    await pause(n * 3)
    await service.stop('SIGKILL')
    const answer = await sent
    await service.start()
    const versions = await list(), there = versions.includes(`1.${n}`), draft = (await owner.get('/rulebook/draft')).body
    if (answer === 200) assert.ok(there, 'what was answered is there')
    assert.equal(draft.exists, !there, `version and draft agree after cut ${n}`)
    if (there) assert.equal((await owner.get('/rulebook/versions')).body.items.find((v: any) => v.version === `1.${n}`).note, `第 ${n} 次`)
    assert.equal((await owner.get('/rulebook/source', {})).status, 200)
  }
})
