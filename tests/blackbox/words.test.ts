// What the rulebook says about words, over the API: a message that is changed afterwards is read again, and what follows leads to the
// clause, the message and the change.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor } from './service.ts'

const service = new Service()
let boss: Client, agent: Client, id = ''
const source = `# 小店办法

\`\`\`guiju
制度 small “小店办法”
  版本 1.0  公布 2026-02-20  施行 2026-03-01
岗位 客服 上级 经理
岗位 经理
排班 客服 由 经理: 每 周 休 1天
\`\`\`

## 一 不推诿 {#shrug}
不说推诿的话，开口要称呼。
\`\`\`guiju
#shrug 禁语 推诿: “不归我管”;违者 罚款 当事人 5元
#name 敬语 称呼 每 会话: “您好”;违者 提醒 当事人
\`\`\`
`
const done = (r: { status: number; body: any; text: string }) => { assert.ok(r.status < 300, `${r.status} ${r.text}`); return r.body }
const fines = async () => done(await boss.get(`/ledger?person=${agent.me.person.id}`)).slips.filter((s: any) => s.clause?.id === 'shrug' && s.type !== 'remind')
const messageOf = async (m: string) => done(await agent.get(`/conversations/${id}/messages`)).items?.find((x: any) => x.id === m)

before(async () => {
  await service.startAt(Date.parse('2026-03-10T10:00:00+08:00'), '--no-limits')
  boss = new Client(service)
  boss.signedIn(await boss.post('/setup', { shop: '小店', source, owner: { name: '老板', job_number: '001', password: 'correct horse 9' } }))
  agent = await service.person(boss, '客服乙', '101', '客服')
  await agent.post('/presence', { state: 'online' })
  const v = new Visitor(service)
  await v.start({ name: '顾客' })
  id = (await v.say('在吗')).body.conversation
})
after(() => service.end())

test('a word that a change brings in counts from the change on, and its why leads to the change', async () => {
  const m = done(await agent.post(`/conversations/${id}/messages`, { text: '稍等' }))
  assert.deepEqual(await fines(), [])
  await service.tick(Date.parse('2026-03-10T10:01:00+08:00'))
  done(await agent.post(`/conversations/${id}/edit`, { message: m.id, text: '这不归我管' }))
  const [slip] = await fines()
  assert.ok(slip, 'a fine is proposed')
  assert.equal(slip.at, Date.parse('2026-03-10T10:01:00+08:00'))
  const why = done(await agent.get(`/why/${slip.id}`))
  // the wording that was judged, in both languages, not the one it has now or had at first
  assert.match(JSON.stringify(why.evidence), /客服乙把这条改成：“这不归我管”/)
  assert.match(JSON.stringify(why.evidence), /客服乙 changed it to: “这不归我管”/)
  assert.ok(!JSON.stringify(why.evidence).includes('稍等'))
  // taken out again, put in again: one message, one breach
  await service.tick(Date.parse('2026-03-10T10:02:00+08:00'))
  done(await agent.post(`/conversations/${id}/edit`, { message: m.id, text: '我去问' }))
  done(await agent.post(`/conversations/${id}/edit`, { message: m.id, text: '真不归我管' }))
  assert.equal((await fines()).length, 1)
  assert.equal(done(await agent.get(`/conversations/${id}/edits?message=${m.id}`)).items.length, 3)
})

test('what was said stays said when it is taken out, and expected words may be put in', async () => {
  const m = done(await agent.post(`/conversations/${id}/messages`, { text: '不归我管' }))
  assert.equal((await fines()).length, 2)
  done(await agent.post(`/conversations/${id}/edit`, { message: m.id, text: '您好，我去问' }))
  assert.equal((await fines()).length, 2)
  const told = JSON.stringify(done(await agent.get(`/why/${(await fines()).find((s: any) => s.at >= m.at)?.id ?? (await fines()).at(0).id}`)).evidence)
  assert.match(told, /“不归我管”/)
  assert.ok(!told.includes('我去问'), 'the words it was fined for, not those it has now')
  const wanted = done(await agent.get(`/conversations/${id}/words`)).items
  assert.deepEqual(wanted, [], 'the greeting was put in')
  done(await agent.post(`/conversations/${id}/close`, {}))
  assert.equal(done(await boss.get(`/ledger?person=${agent.me.person.id}`)).slips.filter((s: any) => s.type === 'remind').length, 0)
})

test('all of it is the same after a power cut and when the desk is built anew from its log', async () => {
  const before = JSON.stringify(await fines())
  await service.stop('SIGKILL')
  await service.start('--clock', service.dir + '/clock', '--no-limits')
  assert.equal(JSON.stringify(await fines()), before)
})
