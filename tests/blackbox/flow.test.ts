// Cases that rules open, move and hand over, seen over HTTP: a book of its own, the clock in the test's hand.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, password, pause } from './service.ts'

const book = `# 催缴办法

\`\`\`guiju
制度 flow “催缴办法”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 收费员 上级 管理员
岗位 管理员 上级 经理
岗位 经理
\`\`\`

## 第一条 催缴 {#dun}
出单就催缴；七天不缴，改发限期通知；缴了就结。
\`\`\`guiju
单据 费单
  字段 户!: 文, 金额!: 钱
  流程 出单 (收费员) → 缴清
单据 催缴
  字段 费单!: 费单, 金额!: 钱
  流程 通知 → 7天 后 限期 → 上门 (管理员)
  流程 通知 → 已缴
  流程 限期 → 已缴
#open 凡 费单.出单，则 开单 催缴(费单=此, 金额=金额) 派给 管理员
#paid 凡 费单.缴清，则 转入 催缴.已缴 同 费单
#large 审批 费单.缴清 按 金额:
  | 不满1000元 | 管理员 |
  | 1000元以上 | 经理   |
\`\`\`
`
const at = (text: string) => Date.parse(`${text}+08:00`)
const service = new Service()
const clock = join(service.dir, 'clock')
let owner: Client, clerk: Client, manager: Client

/** Days pass in this test, sessions do not last so long. */
async function signIn() {
  await owner.login('001')
  await clerk.login('101')
  await manager.login('102')
}
async function tick(now: string) {
  writeFileSync(clock + '.new', String(at(now)))
  renameSync(clock + '.new', clock)
  for (let i = 0; i < 2000; i++) {
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(at(now))) return signIn()
    await pause(5)
  }
  throw new Error('the clock did not move')
}
const options = () => ['--rulebooks', join(service.dir, 'books'), '--clock', clock]
const dunning = async (bill: string) => {
  const list = (await owner.get('/cases?type=催缴')).body.items
  const all = await Promise.all(list.map(async (c: any) => (await owner.get(`/cases/${c.id}`)).body))
  return all.find((c: any) => c.fields.费单 === bill)
}
const bill = async (yuan: string) => (await clerk.post('/cases', { type: '费单', fields: { 户: '101', 金额: yuan } })).body.id as string

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'flow.md'), book)
  writeFileSync(clock, String(at('2026-03-02T09:00:00')))
  await service.start(...options())
  owner = new Client(service)
  const made = await owner.post('/setup', { shop: '物业', template: 'flow', owner: { name: '老板', job_number: '001', password } })
  assert.equal(made.status, 200, made.text)
  owner.signedIn(made)
  clerk = await service.person(owner, '小收', '101', '收费员')
  manager = await service.person(owner, '老管', '102', '管理员')
})
after(() => service.end())

test('a rule opens a case with its fields and hands it over', async () => {
  const id = await bill('300.00')
  const c = await dunning(id)
  assert.equal(c.state, '通知')
  assert.equal(c.fields.金额, '300.00')
  assert.equal(c.assignee, manager.me.person.id)
  assert.deepEqual(c.history.map((h: any) => h.what), ['opened', 'assigned'])
  assert.equal(c.history[0].text, '按“催缴”')
})

test('time moves a case along its arrow, once, also over a power cut', async () => {
  const id = await bill('500.00')
  const early = await dunning(id)
  const refused = await manager.post(`/cases/${early.id}/move`, { to: '限期' })
  assert.equal(refused.status, 409)
  assert.equal(refused.body.error.key, 'case.too_early')
  await tick('2026-03-09T23:59:59')
  assert.equal((await dunning(id)).state, '通知')
  await tick('2026-03-10T00:00:00')
  const moved = await dunning(id)
  assert.equal(moved.state, '限期')
  assert.equal(moved.moved_ms, at('2026-03-10T00:00:00'))
  assert.ok(moved.orders.some((o: any) => o.type === 'move_case' && o.result === '已办' && o.clause.id === 'dun'))
  await service.stop('SIGKILL')
  await service.start(...options())
  await tick('2026-03-10T00:01:00')
  const again = await dunning(id)
  assert.deepEqual(again.history.map((h: any) => h.what), moved.history.map((h: any) => h.what))
})

test('who decides depends on the amount, and the decision moves the other case too', async () => {
  const id = await bill('1000.00')
  const asked = await clerk.post(`/cases/${id}/move`, { to: '缴清' })
  assert.equal(asked.body.decision.verdict, 'consult')
  assert.equal((await manager.post(`/approvals/${asked.body.decision.approval}`, { result: 'agree' })).status, 403, 'beyond the authority of that role')
  assert.equal((await owner.post(`/approvals/${asked.body.decision.approval}`, { result: 'agree' })).status, 200)
  assert.equal((await dunning(id)).state, '已缴')
  const small = await bill('999.99')
  const again = await clerk.post(`/cases/${small}/move`, { to: '缴清' })
  assert.equal((await manager.post(`/approvals/${again.body.decision.approval}`, { result: 'agree' })).status, 200)
  assert.equal((await dunning(small)).state, '已缴')
})
