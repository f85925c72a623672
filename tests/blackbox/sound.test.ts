// Names found by their sound: pinyin and first letters, of customers in the list and the search box, of people in theirs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor } from './service.ts'

const service = new Service()
let owner: Client
const ids = new Map<string, string>()
before(async () => {
  await service.start('--no-limits')
  owner = await service.setUp()
  for (const name of ['张三', '张小满', '单雄信', '曾巩', 'Li Ming', '王力宏88', '长安']) {
    const v = new Visitor(service)
    await v.start({ name })
    const said = await v.say('在吗')
    ids.set(name, (await owner.get(`/conversations/${said.body.conversation}`)).body.customer.id)
  }
})
after(() => service.end())
const found = async (q: string) => { const r = await owner.get(`/customers?q=${encodeURIComponent(q)}`); assert.equal(r.status, 200, r.text); return r.body.items.map((x: any) => x.name).sort() as string[] }

test('first letters, spelled, in capitals, with a blank; surnames as surnames are said', async () => {
  for (const q of ['zs', 'zhangsan', 'ZhangSan', 'zhang san', 'zhangs']) assert.deepEqual(await found(q), ['张三'], q)
  assert.deepEqual(await found('zxm'), ['张小满'])
  assert.deepEqual(await found('zhang'), ['张三', '张小满'].sort())
  assert.deepEqual(await found('sxx'), ['单雄信'], '单 is shan as a surname')
  assert.deepEqual(await found('zg'), ['曾巩'], '曾 is zeng as a surname')
  assert.deepEqual(await found('lm'), ['Li Ming'])
  assert.deepEqual(await found('liming'), ['Li Ming'])
  assert.deepEqual(await found('wlh8'), ['王力宏88'])
  assert.deepEqual(await found('张'), ['张三', '张小满'].sort(), 'by name as ever')
})

test('too little or no sound at all finds nobody by it', async () => {
  assert.deepEqual(await found('z'), [])
  assert.deepEqual(await found('88'), [], 'figures alone are no sound')
  assert.deepEqual(await found("zs'; --"), [])
  assert.deepEqual(await found('zz'), [])
})

test('a changed name sounds as it is now', async () => {
  assert.equal((await owner.ask('PATCH', `/customers/${ids.get('张三')}`, { body: { name: '李四' } })).status, 200)
  assert.deepEqual(await found('zs'), [])
  assert.deepEqual(await found('lis'), ['李四'])
})

test('the search box finds customers by it; people carry theirs for the pages', async () => {
  const hits = (await owner.get('/search?q=zxm&type=customer')).body.items
  assert.deepEqual(hits.map((x: any) => x.title), ['张小满'])
  await service.person(owner, '苏琪', '101', '客服')
  const people = (await owner.get('/people')).body.items
  assert.deepEqual(people.find((p: any) => p.name === '苏琪').pinyin, ['suqi', 'sq'])
  await owner.ask('PATCH', `/people/${people.find((p: any) => p.name === '苏琪').id}`, { body: { name: '秦岚' } })
  assert.deepEqual((await owner.get('/people')).body.items.find((p: any) => p.job_number === '101').pinyin, ['qinlan', 'ql'])
})
