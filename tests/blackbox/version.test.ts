// Versions over HTTP: a day of force that is past is taken only when nobody loses, and a changed count must say what it remembers.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, password, pause } from './service.ts'

const book = (version: string, fine: string, third: string, tail = '') => `# 纪律办法

\`\`\`guiju
制度 tidy “纪律办法”
  版本 ${version}  公布 2026-02-20  施行 2026-03-01
岗位 客服 上级 主管
岗位 主管
\`\`\`

## 第一条 桌面 {#desk}
桌面要整洁。
\`\`\`guiju
检查表 纪律 由 主管 每 日
  | 凌乱 “桌面凌乱” | 罚款 当事人 ${fine}元 |
\`\`\`

## 第二条 屡犯 {#again}
同一个月里一犯再犯的，要重一些。
\`\`\`guiju
凡 检查.发现 其中 项=凌乱，则 按 次序(本自然月, 当事人):
  | 第1次至第2次 | 无 |
  | 第3次及以后 | ${third} |${tail}
\`\`\`

## 第三条 限度 {#limit}
每月扣款有限度。
\`\`\`guiju
每 自然月 结 按 员工: 扣款 不超过 应发 × 20%，且 实发 不低于 最低工资;超出 不结转
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
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(at(now))) {
      await owner.login('001')
      return
    }
    await pause(5)
  }
  throw new Error('the clock did not move')
}
const publish = (source: string, in_force: string) => owner.post('/rulebook/publish', { source, in_force, warnings_read: 99 })
const fines = async () => (await owner.get(`/ledger?month=2026-03&person=${staff.me.person.id}`)).body

before(async () => {
  mkdirSync(join(service.dir, 'books'))
  writeFileSync(join(service.dir, 'books', 'tidy.md'), book('1.0', '10', '提醒 当事人'))
  writeFileSync(clock, String(at('2026-03-10T09:00:00')))
  await service.start('--rulebooks', join(service.dir, 'books'), '--clock', clock)
  owner = new Client(service)
  const made = await owner.post('/setup', { shop: '小店', template: 'tidy', owner: { name: '老板', job_number: '001', password } })
  assert.equal(made.status, 200, made.text)
  owner.signedIn(made)
  staff = await service.person(owner, '小王', '101', '客服')
  await tick('2026-03-11T10:00:00')
  const found = await owner.post('/checklists/纪律/findings', { item: '凌乱', person: staff.me.person.id })
  assert.equal(found.status, 200, found.text)
  await tick('2026-03-20T09:00:00')
})
after(() => service.end())

test('a version that costs somebody cannot reach back; one that spares everybody can', async () => {
  const dearer = await publish(book('1.1', '10.01', '提醒 当事人'), '2026-03-11')
  assert.equal(dearer.status, 422, dearer.text)
  assert.equal(dearer.body.error.key, 'rulebook.backdated')
  assert.match(dearer.body.error.zh, /小王/)
  const cheaper = await publish(book('1.1', '4.50', '提醒 当事人'), '2026-03-11')
  assert.equal(cheaper.status, 200, cheaper.text)
  assert.match(JSON.stringify(await fines()), /"fen":450\b/) // judged anew, by the version in force on that day
  const far = await publish(book('1.2', '4.00', '提醒 当事人'), '2025-12-01')
  assert.equal(far.status, 400, far.text)
})

test('a count that changes in the middle of its month says what it remembers', async () => {
  const silent = await publish(book('1.3', '4.50', '通知 当事人'), '2026-03-25')
  assert.equal(silent.status, 400, silent.text)
  assert.match(silent.body.error.zh, /计次期/)
  assert.equal((await publish(book('1.3', '4.50', '通知 当事人', ';过渡 沿用次数'), '2026-03-25')).status, 200)
  assert.equal((await publish(book('1.4', '4.50', '上报 主管'), '2026-04-01')).status, 200) // the month begins there
})

test('a check asks it while the book is written, and each answer it offers settles it', async () => {
  const check = async (source: string, in_force?: string) => (await owner.post('/rulebook/check', { source, in_force })).body
  const asked = (r: any) => r.diagnostics.filter((d: any) => d.key === 'lang.transition_missing')
  const inForce = (await owner.get('/rulebook/source')).body.source as string
  assert.equal((await check(inForce, '2026-03-25')).questions, 0) // nothing changed
  const silent = inForce.replace(/第3次及以后 \| [^|]+ \|[^\n]*/, '第3次及以后 | 通知 当事人 |')
  assert.notEqual(silent, inForce)
  const told = await check(silent, '2026-03-25'), [question] = asked(told)
  assert.deepEqual([told.ok, told.errors, told.questions, question.severity, question.clause], [true, 0, 1, 'question', 'again'])
  assert.equal((await check(silent)).questions, 1) // tomorrow, when no day is named
  assert.equal((await check(silent, '2026-05-01')).questions, 0) // the month begins there
  assert.equal((await owner.post('/rulebook/check', { source: silent, in_force: 'soon' })).status, 400)
  const windows = async (source: string, in_force: string) => (await owner.post('/rulebook/preview', { source, in_force })).body.windows.map((w: any) => [w.clause, w.answer])
  assert.deepEqual(await windows(silent, '2026-03-25'), [['again', null]])
  assert.deepEqual(await windows(silent, '2026-05-01'), [])
  assert.equal(question.repairs.length, 2)
  for (const [i, answer] of ['keep', 'fresh'].entries()) {
    const r = question.repairs[i], lines = silent.split('\n'), line = [...lines[r.line - 1]]
    assert.equal(r.exact, true)
    line.splice(r.column - 1, r.length, r.insert)
    lines[r.line - 1] = line.join('')
    const settled = await check(lines.join('\n'), '2026-03-25')
    assert.deepEqual([settled.errors, settled.questions], [0, 0], JSON.stringify(settled.diagnostics))
    assert.deepEqual(await windows(lines.join('\n'), '2026-03-25'), [['again', answer]])
  }
})
