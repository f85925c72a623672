// Checklists that sample: conversations and orders of the period before, drawn by nobody, the same when drawn again.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, password, pause } from './service.ts'

const book = `# 抽查办法

\`\`\`guiju
制度 draw “抽查办法”
  版本 1.0  公布 2026-01-20  施行 2026-02-01
岗位 客服 上级 主管
岗位 主管
\`\`\`

## 第一条 订单 {#orders}
每季抽上一季的订单来看。
\`\`\`guiju
检查表 订单抽查 由 主管 每 季度 抽 3 订单
  | 粗心 “备注或插旗不对” | 提醒 当事人 |
\`\`\`
`
const at = (text: string) => Date.parse(`${text}+08:00`)
const service = new Service()
const clock = join(service.dir, 'clock')
let owner: Client, staff: Client

async function tick(now: string) {
  writeFileSync(clock + '.new', String(at(now)))
  renameSync(clock + '.new', clock)
  for (let i = 0; i < 2000; i++) {
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(at(now))) return owner.login('001')
    await pause(5)
  }
  throw new Error('the clock did not move')
}
const drawn = async () => (await owner.get('/review')).body.items.find((l: any) => l.id === '订单抽查').samples

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'draw.md'), book)
  writeFileSync(clock, String(at('2026-02-10T09:00:00')))
  await service.start('--rulebooks', join(service.dir, 'books'), '--clock', clock)
  owner = new Client(service)
  const made = await owner.post('/setup', { shop: '小店', template: 'draw', owner: { name: '老板', job_number: '001', password } })
  assert.equal(made.status, 200, made.text)
  owner.signedIn(made)
  staff = await service.person(owner, '小王', '101', '客服')
  const line = (n: number, day: string) => `91000${n},tb_zhang,429.00,交易成功,${day} 10:00:00,${day} 10:05:00,台灯\n`
  const csv = '订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题\n' + [1, 2, 3, 4, 5].map((n) => line(n, `2026-02-0${n}`)).join('')
  const sent = await owner.ask('POST', '/imports/orders', { raw: csv, headers: { 'Content-Type': 'text/csv', 'X-File-Name': 'orders.csv' } })
  assert.equal(sent.status, 202, sent.text)
  for (let i = 0; i < 100 && (await owner.get(`/imports/${sent.body.id}`)).body.state === 'running'; i++) await pause(50)
  for (const n of [1, 2, 3, 4]) { // the fifth is nobody's: whoever handled it could not be told
    const r = await owner.post(`/orders/91000${n}/assign`, { agent: staff.me.person.id })
    assert.equal(r.status, 200, r.text)
  }
})
after(() => service.end())

test('nothing is drawn while the period runs; the next draws three of it, the same ones again', async () => {
  assert.deepEqual(await drawn(), [])
  await tick('2026-04-01T09:00:00')
  const first = await drawn()
  assert.equal(first.length, 3)
  for (const s of first) {
    assert.equal(s.noun, 'order')
    assert.match(s.object, /^91000[1-4]$/)
    assert.equal(s.person, staff.me.person.id)
    assert.equal(s.done, false)
  }
  await tick('2026-06-30T23:00:00')
  assert.deepEqual((await drawn()).map((s: any) => s.object), first.map((s: any) => s.object))
})

test('an order looked at is done, with a finding or without', async () => {
  const [one, two] = await drawn()
  const fine = await owner.post('/checklists/订单抽查/findings', { person: one.person, object: one.object })
  assert.equal(fine.status, 200, fine.text)
  const found = await owner.post('/checklists/订单抽查/findings', { item: '粗心', person: two.person, object: two.object, text: '旗插错了' })
  assert.equal(found.status, 200, found.text)
  assert.deepEqual((await drawn()).map((s: any) => s.done), [true, true, false])
  await tick('2026-07-01T09:00:00') // a quarter without orders
  assert.deepEqual(await drawn(), [])
})
