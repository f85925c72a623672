// The working-day calendar over HTTP: set, refused with reasons, and what deadlines make of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service } from './service.ts'

const service = new Service()
let owner: Client, agent: Client
before(async () => {
  await service.start()
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
})
after(() => service.end())
const key = (r: { body: any }) => r.body?.error?.key
const put = (who: Client, body: unknown) => who.ask('PUT', '/calendar/2026', { body })

test('a year is written, read back, and written anew', async () => {
  const empty = (await agent.get('/calendar')).body
  assert.deepEqual(empty.years, [])
  const offer = empty.offers.find((o: any) => o.year === 2026)
  assert.ok(offer.holidays.includes('2026-10-01') && offer.make_up.includes('2026-10-10'))
  assert.equal((await put(owner, { holidays: offer.holidays, make_up: offer.make_up })).status, 200)
  let [year] = (await agent.get('/calendar')).body.years
  assert.deepEqual(year.holidays, offer.holidays)
  assert.equal((await put(owner, { holidays: ['2026-05-01'], make_up: [] })).status, 200)
  ;[year] = (await agent.get('/calendar')).body.years
  assert.deepEqual(year.holidays, ['2026-05-01'])
  assert.deepEqual(year.make_up, [])
})

test('what cannot be is said and changes nothing', async () => {
  const before = (await owner.get('/calendar')).text
  assert.equal(key(await put(owner, { holidays: ['2026-02-30'] })), 'calendar.date')
  assert.equal(key(await put(owner, { holidays: ['2025-12-31'] })), 'calendar.date')
  assert.equal(key(await put(owner, { holidays: ['2026-05-09'], make_up: ['2026-05-09'] })), 'calendar.both')
  assert.equal(key(await put(owner, { make_up: ['2026-05-08'] })), 'calendar.not_weekend')
  assert.equal((await put(owner, { holidays: 'x' })).status, 400)
  assert.equal((await put(agent, { holidays: [] })).status, 403)
  assert.equal((await owner.get('/calendar')).text, before)
})

test('it is there again after a kill', async () => {
  await service.stop('SIGKILL')
  await service.start()
  assert.deepEqual((await owner.get('/calendar')).body.years[0].holidays, ['2026-05-01'])
})
