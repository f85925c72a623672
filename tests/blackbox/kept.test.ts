// What a rulebook says of things that are not rules is kept too: who may look into an account, the copies of a case and its paper, whom a
// shift is for, and what a message may not say.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, password } from './service.ts'

const book = `# 纪律办法

\`\`\`guiju
制度 kept “纪律办法”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 客服 上级 组长
岗位 组长 上级 主管
岗位 主管
岗位 仓库
\`\`\`

## 第一条 基金 {#fund}
罚款进基金箱，组长看得到，主管管。
\`\`\`guiju
账户 基金箱 收 罚款 公开 组长 用途 活动 管 主管
\`\`\`

## 第二条 领料 {#goods}
\`\`\`guiju
单据 领料 “领料单”
  字段 物品!: 文
  流程 领 → 还
  联 1 仓库, 2 主管
  打印 A5
申请 领料.领:
  准 其余
\`\`\`

## 第三条 班次 {#shifts}
\`\`\`guiju
班次 夜班 17:30 至 次日 1:00 适用 客服, 组长
排班 客服 由 主管: 连上 不超过 6天
\`\`\`

## 第四条 说话 {#words}
\`\`\`guiju
申请 会话.人工回复:
  拒 若 文 含 “微信” 因 “不得私下加微信”
  准 其余
\`\`\`
`
const service = new Service()
let owner: Client, agent: Client, leader: Client, keeper: Client, store: Client

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'kept.md'), book)
  await service.start('--rulebooks', join(service.dir, 'books'))
  owner = new Client(service)
  const made = await owner.post('/setup', { shop: '小店', template: 'kept', owner: { name: '老板', job_number: '001', password } })
  assert.equal(made.status, 200, made.text)
  owner.signedIn(made)
  agent = await service.person(owner, '小王', '101', '客服')
  leader = await service.person(owner, '老陈', '102', '组长')
  keeper = await service.person(owner, '老方', '103', '主管')
  store = await service.person(owner, '小孙', '104', '仓库')
})
after(() => service.end())

test('公开: the account is open to those it names and to its keeper', async () => {
  for (const who of [leader, keeper, owner]) assert.equal((await who.get('/fund')).status, 200)
  for (const who of [agent, store]) {
    const refused = await who.get('/fund')
    assert.equal(refused.status, 403, refused.text)
    assert.equal(refused.body.error.key, 'fund.not_open')
    assert.match(refused.body.error.zh, /只对组长公开/)
  }
})

test('联, 打印: a page for each copy on the paper it names, and no copy that is not there', async () => {
  const opened = await owner.post('/cases', { type: '领料', fields: { 物品: '胶带' } })
  assert.equal(opened.status, 200, opened.text)
  const id = opened.body.id
  const page = await owner.get(`/cases/${id}/print`)
  assert.equal(page.status, 200, page.text)
  assert.match(page.text, /第 1 联（仓库）[\s\S]*胶带[\s\S]*第 2 联（主管）[\s\S]*胶带/)
  assert.doesNotMatch(page.text, /第 3 联/)
  assert.match(page.text, /@page\{size:A5\}/)
  const sent = await owner.post(`/cases/${id}/copy`, { copy: 2, to: '老方' })
  assert.equal(sent.status, 200, sent.text)
  const none = await owner.post(`/cases/${id}/copy`, { copy: 3, to: '老方' })
  assert.equal(none.status, 400, none.text)
  assert.equal(none.body.error.key, 'case.no_copy')
})

test('适用: a shift is not published for somebody of another role', async () => {
  const day = new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10)
  const publish = (person: string) => owner.ask('PUT', '/roster', { body: { from: day, to: day, cells: [{ person, date: day, shift: '夜班' }] } })
  const refused = await publish(store.me.person.id)
  assert.ok(refused.status >= 400, refused.text)
  assert.match(refused.text, /小孙.*夜班.*适用于客服、组长/)
  const taken = await publish(agent.me.person.id)
  assert.equal(taken.status, 200, taken.text)
})

test('申请 会话.人工回复 reads the words that are to be sent, and those a sent message is changed to', async () => {
  await agent.post('/presence', { state: 'online' })
  const visitor = new Visitor(service)
  await visitor.start({ name: '顾客' })
  const said = await visitor.say('在吗')
  assert.equal(said.status, 200, said.text)
  const id = said.body.conversation
  const refused = await agent.post(`/conversations/${id}/messages`, { text: '加我微信聊' })
  assert.ok(refused.status >= 400, refused.text)
  assert.match(refused.text, /不得私下加微信/)
  const sent = await agent.post(`/conversations/${id}/messages`, { text: '您好' })
  assert.equal(sent.status, 200, sent.text)
  const changed = await agent.post(`/conversations/${id}/edit`, { message: sent.body.id, text: '加我微信' })
  assert.ok(changed.status >= 400, changed.text)
  assert.match(changed.text, /不得私下加微信/)
  const heard = (await visitor.messages()).text
  assert.ok(heard.includes('您好') && !heard.includes('微信'), heard)
})
