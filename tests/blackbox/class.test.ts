// Data classes on cases: who neither handles a case nor stands in 见 gets masks; past 存 nobody gets its content.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, password, pause } from './service.ts'

const book = `# 客诉办法

\`\`\`guiju
制度 secret “客诉办法”
  版本 1.0  公布 2026-01-20  施行 2026-02-01
岗位 客服 上级 主管
岗位 质检 上级 主管
岗位 主管
单据 客诉
  字段 情况!: 文, 手机!: 文, 口令: 文 多
  流程 提出 (客服) → 办结 (主管)
  可见 质检
\`\`\`

## 第一条 保密 {#secret}
客诉里的手机和口令不给不相干的人看；结案一个月后不再显示。
\`\`\`guiju
密级 内部: 客诉 见 主管 存 1个月 遮盖 手机, 口令
\`\`\`
`
const at = (text: string) => Date.parse(`${text}+08:00`)
const service = new Service()
const clock = join(service.dir, 'clock')
let owner: Client, opener: Client, other: Client, boss: Client, id: string

async function tick(now: string) {
  writeFileSync(clock + '.new', String(at(now)))
  renameSync(clock + '.new', clock)
  for (let i = 0; i < 2000; i++) {
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(at(now))) return
    await pause(5)
  }
  throw new Error('the clock did not move')
}
const seen = async (who: Client) => {
  const r = await who.get(`/cases/${id}`)
  assert.equal(r.status, 200, r.text)
  return r.body
}

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'secret.md'), book)
  writeFileSync(clock, String(at('2026-02-10T09:00:00')))
  await service.start('--rulebooks', join(service.dir, 'books'), '--clock', clock)
  owner = new Client(service)
  const made = await owner.post('/setup', { shop: '小店', template: 'secret', owner: { name: '老板', job_number: '001', password } })
  assert.equal(made.status, 200, made.text)
  owner.signedIn(made)
  opener = await service.person(owner, '小王', '101', '客服')
  other = await service.person(owner, '小检', '102', '质检')
  boss = await service.person(owner, '老周', '103', '主管')
  const r = await opener.post('/cases', { type: '客诉', fields: { 情况: '包裹破了', 手机: '13812345678', 口令: ['芝麻', '开门'] } })
  assert.equal(r.status, 200, r.text)
  id = r.body.id
})
after(() => service.end())

test('whoever handles the case or may see the class reads it; others read masks', async () => {
  for (const who of [opener, boss, owner]) {
    const c = await seen(who)
    assert.equal(c.fields.手机, '13812345678')
    assert.deepEqual(c.masked, [])
  }
  const c = await seen(other)
  assert.equal(c.class, '内部')
  assert.equal(c.fields.手机, '138****5678')
  assert.deepEqual(c.fields.口令, ['芝***', '开***'])
  assert.equal(c.fields.情况, '包裹破了')
  assert.deepEqual(c.masked, ['手机', '口令'])
  assert.equal(c.may_fill, false)
})

test('past its keeping a closed case shows that it was, and nothing of what it held', async () => {
  const moved = await boss.post(`/cases/${id}/move`, { to: '办结' })
  assert.equal(moved.status, 200, moved.text)
  const until = (await seen(boss)).kept_until_ms
  assert.equal(until, at('2026-03-11T00:00:00') - 1)
  await tick('2026-03-10T23:59:59')
  await boss.login('103')
  assert.equal((await seen(boss)).fields.手机, '13812345678')
  await tick('2026-03-11T00:00:01')
  for (const [who, number] of [[boss, '103'], [opener, '101'], [owner, '001']] as const) {
    await who.login(number)
    const c = await seen(who)
    assert.equal(c.past_keeping, true)
    assert.deepEqual(c.fields, {})
    assert.equal(c.state, '办结')
    const list = (await who.get('/cases')).body.items
    assert.ok(list.every((x: any) => !JSON.stringify(x).includes('包裹')))
  }
})
