// Reports the rulebook declares, and what its data classes let out, over the API.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { csvRows, isChinese } from './files.ts'
import { Client, password, Service, Visitor } from './service.ts'

const service = new Service()
let owner: Client, agent: Client, clerk: Client
before(async () => {
  await service.start()
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  clerk = await service.person(owner, '小单', '102', '制单员')
  await agent.post('/presence', { state: 'online' })
})
after(() => service.end())
const path = '/reports/declared/' + encodeURIComponent('成交周报')

test('the list says what the book declares, for whom and how often', async () => {
  const r = await owner.get('/reports')
  const declared = r.body.declared.find((x: any) => x.name === '成交周报')
  assert.ok(declared)
  assert.deepEqual(declared.to, ['主管', '客服'])
  assert.match(declared.every, /周一/)
  assert.deepEqual(declared.columns, ['接待', '成交', '成交率'])
})

test('its columns are worked out for each person', async () => {
  const visitor = new Visitor(service)
  await visitor.start({ name: '张三' })
  assert.equal((await visitor.say('有货吗')).status, 200)
  const [talk] = (await agent.get('/conversations?box=mine')).body.items
  assert.equal((await agent.post(`/conversations/${talk.id}/messages`, { text: '有的' })).status, 200)
  const r = await agent.get(path)
  assert.equal(r.status, 200, r.text)
  assert.deepEqual(r.body.columns.map((c: any) => c.title), ['员工', '接待', '成交', '成交率'])
  const row = r.body.rows.find((x: any) => x.key === '小李')
  assert.ok(row, r.text)
  const csv = await agent.get(path + '.csv')
  assert.equal(csv.status, 200)
  assert.match(csv.text, /"员工","接待","成交","成交率"/)
})

test('its file in English leaves the rulebook its own words and says the same; a report the desk has by itself names its columns in both', async () => {
  const file = async (language: string) => csvRows((await owner.get(`${path}.csv?language=${language}`)).text)
  assert.deepEqual(await file('en'), await file('zh'))
  assert.deepEqual((await file('en'))[0], ['员工', '接待', '成交', '成交率'])
  for (const name of ['closing-rate', 'first-reply', 'attendance']) {
    const said = (await owner.get(`/reports/${name}`)).body, heads = async (language: string) => csvRows((await owner.get(`/reports/${name}.csv?language=${language}`)).text)[0]!
    assert.deepEqual([await heads('zh'), await heads('en')], [said.columns.map((c: any) => c.title), said.columns.map((c: any) => c.title_en)])
    assert.ok(said.columns.every((c: any) => isChinese(c.title) && !isChinese(c.title_en)) && isChinese(said.title) && !isChinese(said.title_en), name)
  }
  // a language nobody speaks is Chinese, as none is
  assert.equal((await owner.get('/reports/closing-rate.csv?language=fr')).text, (await owner.get('/reports/closing-rate.csv')).text)
})

test('it is given to those it is for, and there is none of another name', async () => {
  assert.equal((await clerk.get(path)).status, 403)
  assert.equal((await owner.get(path)).status, 200)
  const none = await owner.get('/reports/declared/' + encodeURIComponent('没有的报表'))
  assert.equal(none.status, 404)
  assert.equal((await owner.get(path + '?from=2026-03-09&to=2026-03-01')).status, 400)
})

test('a data class lets a sheet out only to those on its export list, and names its clause', async () => {
  const other = new Service()
  try {
    await other.start()
    const boss = new Client(other)
    const made = await boss.post('/setup', { shop: '游戏客服', template: 'c13', owner: { name: '老总', job_number: '001', password } })
    assert.equal(made.status, 200, made.text)
    boss.signedIn(made)
    const month = (await boss.get('/me')).body.now
    const name = new Date(month + 8 * 3600e3).toISOString().slice(0, 7)
    const sheet = await boss.get(`/settle/${name}.xlsx`)
    assert.equal(sheet.status, 403, sheet.text)
    assert.equal(sheet.body.error.key, 'report.class')
    assert.equal(sheet.body.error.clause, 'finance')
    const english = await boss.get(`/settle/${name}.xlsx?language=en`)
    assert.deepEqual([english.status, english.body.error.clause], [403, 'finance'], 'a class names the sheet in Chinese; it holds in every language')
    assert.equal((await boss.get(`/settle/${name}`)).status, 200)
  } finally {
    await other.end()
  }
})
