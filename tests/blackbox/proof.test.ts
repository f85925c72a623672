// Why, proved: the facts a slip follows from, found in the sealed log, shown to whom the slip concerns.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Service } from './service.ts'

const service = new Service()
let owner: Client, agent: Client, other: Client
let agentId: string
before(async () => {
  // Half past midnight in Shanghai is still the day before in UTC: a book in force from that day must be in force.
  const clock = join(service.dir, 'clock')
  writeFileSync(clock, String(Date.parse('2026-03-05T00:30:00+08:00')))
  await service.start('--clock', clock)
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  other = await service.person(owner, '小赵', '102', '客服')
  agentId = (await agent.get('/me')).body.me?.person?.id ?? (await agent.get('/me')).body.person.id
})
after(() => service.end())

test('a fine from a spot check rests on that finding alone, whatever else happened', async () => {
  for (const item of ['双耳机', '喧哗', '装软件']) {
    const r = await owner.post(`/checklists/${encodeURIComponent('纪律检查')}/findings`, { item, person: agentId, text: '现场看到' })
    assert.equal(r.status, 200, r.text)
  }
  const slips = (await agent.get('/ledger')).body.slips
  const fine = slips.find((s: any) => s.type === 'fine')
  assert.ok(fine, 'a fine is on the account')
  const proof = await agent.get(`/why/${fine.id}/proof`)
  assert.equal(proof.status, 200, proof.text)
  assert.equal(proof.body.smallest, true)
  assert.deepEqual(proof.body.facts.map((f: any) => f.kind), ['inspection.found'])
  assert.ok(proof.body.looked_at > 1)
  const why = (await agent.get(`/why/${fine.id}`)).body
  assert.equal(why.evidence.at(-1).event, proof.body.facts[0].event)
  assert.equal((await other.get(`/why/${fine.id}/proof`)).status, 403)
  assert.equal((await agent.get('/why/0123456789abcdef/proof')).status, 404)
})
