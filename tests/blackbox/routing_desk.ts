// Desks whose clock the test holds, with a leader and agents on line: what the tests of routing, handovers and presence stand on.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Service, Visitor, type Answer, type Client } from './service.ts'

export const MINUTE = 60_000
export function done(r: Answer) { assert.equal(r.status, 200, r.text); return r.body }
export function refused(r: Answer, status: number, key: string) { assert.equal(r.status, status, r.text); const e = r.body.error ?? r.body; assert.equal(e.key, key, r.text); assert.ok(e.zh && e.en); return e }

/** A desk at ten in the morning with a leader and agents, all on line; its own clock. */
export async function desk(t: TestContext, names: string[], settings: Record<string, number> = {}, at = '2026-03-05T10:00:00+08:00') {
  const service = new Service()
  t.after(() => service.end())
  let now = Date.parse(at)
  await service.startAt(now, '--no-limits')
  const owner = await service.setUp()
  const head = await service.person(owner, '方主管', '002', '主管')
  const leader = await service.person(owner, '陈组长', '003', '组长')
  const people: Client[] = []
  for (const [i, name] of names.entries()) people.push(await service.person(owner, name, String(101 + i), '客服'))
  for (const [item, value] of Object.entries(settings)) done(await owner.ask('PUT', `/settings/desk/${item}`, { body: { value } }))
  for (const p of people) done(await p.post('/presence', { state: 'online' }))
  let visitors = 0
  const d = {
    service, owner, head, leader, people, ids: people.map((p) => p.me.person.id as string),
    get now() { return now },
    pass: (ms: number) => service.tick((now += ms)),
    async come(text = '在吗', page?: string) {
      const v = new Visitor(service)
      await v.start({ name: `顾客${++visitors}` })
      const said = done(await v.client.post('/w/messages', { token: v.token, text, ...(page ? { page } : {}) }))
      return { v, id: said.conversation as string }
    },
    async holder(id: string) { return (done(await owner.get(`/conversations/${id}`)).agent ?? '') as string },
    async reply(who: Client, id: string, text = '您好') { return done(await who.post(`/conversations/${id}/messages`, { text })) },
    async acts(id: string) { return done(await owner.get(`/conversations/${id}`)).messages.filter((m: any) => m.by.type === 'system').map((m: any) => m.act) },
    async log() { return done(await owner.get('/events?limit=2000')).items ?? [] },
  }
  return d
}
