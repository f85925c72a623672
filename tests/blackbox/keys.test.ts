// API keys: scopes, running out, whom they speak for, when they were used; and the metrics that a key may read.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, pause } from './service.ts'

const service = new Service(), clock = join(service.dir, 'clock')
let now = Date.parse('2026-03-05T10:00:00+08:00'), owner: Client, leaving: Client
async function tick(ms: number) {
  now += ms
  writeFileSync(clock + '.new', String(now))
  renameSync(clock + '.new', clock)
  for (let i = 0; i < 2000; i++) {
    if (existsSync(clock + '.done') && readFileSync(clock + '.done', 'utf8').trim() === String(now)) { await owner.login('001'); return }
    await pause(5)
  }
  throw new Error('the clock did not move')
}
async function key(of: Client, scopes: string[], more: object = {}) {
  const r = await of.post('/keys', { name: '程序', scopes, ...more })
  assert.equal(r.status, 200, r.text)
  const c = new Client(service)
  c.bearer = r.body.key
  return { c, id: r.body.id as string, key: r.body.key as string }
}
const listed = async (id: string) => (await owner.get('/keys')).body.items.find((k: any) => k.id === id)

before(async () => {
  writeFileSync(clock, String(now))
  await service.start('--clock', clock, '--no-limits')
  owner = await service.setUp()
  leaving = await service.person(owner, '要走的', '019', '客服')
})
after(() => service.end())

test('a key does what its scopes say, and the list tells what it is without showing it', async () => {
  const { c, id, key: secret } = await key(owner, ['订单.查看'])
  assert.equal((await c.get('/orders')).status, 200)
  assert.equal((await c.get('/conversations')).status, 403)
  const k = await listed(id)
  assert.equal(k.scopes, '订单.查看')
  assert.equal(k.head, secret.slice(0, 7))
  assert.equal(k.person_name, '老板')
  assert.ok(!(await owner.get('/keys')).text.includes(secret))
})

test('the same key in Chatwoot’s header', async () => {
  const { key: secret } = await key(owner, ['订单.查看'])
  const r = await new Client(service).get('/orders', { headers: { api_access_token: secret } })
  assert.equal(r.status, 200)
})

test('when it was used is known; once a minute is often enough', async () => {
  const { c, id } = await key(owner, ['订单.查看'])
  assert.equal((await listed(id)).used_ms, null)
  await c.get('/orders')
  for (let i = 0; i < 200 && (await listed(id)).used_ms === null; i++) await pause(5)
  assert.equal((await listed(id)).used_ms, now)
})

test('a key runs out at its time', async () => {
  const { c } = await key(owner, ['订单.查看'], { expires_ms: now + 3600000 })
  assert.equal((await c.get('/orders')).status, 200)
  await tick(3599000)
  assert.equal((await c.get('/orders')).status, 200)
  await tick(1000)
  assert.equal((await c.get('/orders')).status, 401)
  const past = await owner.post('/keys', { name: 'x', scopes: ['订单'], expires_ms: now })
  assert.equal(past.status, 400)
  assert.equal(past.body.error.key, 'key.expired')
})

test('a key that speaks for somebody ends when they leave', async () => {
  const everything = await service.person(owner, '店长', '020', '主管')
  const made = await everything.post('/keys', { name: '我的', scopes: ['会话'], acts_as_me: true })
  assert.equal(made.status, 403, 'only who holds 密钥 makes keys')
  const { c, id } = await key(owner, ['会话'], { acts_as_me: true })
  assert.equal((await listed(id)).acts_as_name, '老板')
  assert.equal((await c.get('/conversations')).status, 200)
  assert.equal((await leaving.get('/conversations')).status, 200)
})

test('a key makes no keys, and gives no more than its maker has', async () => {
  const { c } = await key(owner, ['密钥', '订单'])
  const r = await c.post('/keys', { name: 'x', scopes: ['订单'] })
  assert.equal(r.status, 403)
  assert.equal(r.body.error.key, 'key.by_key')
})

test('metrics: for who may, in Prometheus’ form, counting what happens', async () => {
  const { c } = await key(owner, ['指标']), other = await key(owner, ['订单'])
  assert.equal((await new Client(service).get('//metrics')).status, 401)
  assert.equal((await other.c.get('//metrics')).status, 403)
  const read = async () => {
    const r = await c.get('//metrics')
    assert.equal(r.status, 200, r.text)
    assert.match(r.headers.get('content-type')!, /version=0\.0\.4/)
    const values = new Map<string, number>()
    for (const line of r.text.trim().split('\n')) {
      if (line.startsWith('#')) { assert.match(line, /^# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))$/); continue }
      const m = /^([a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (-?[0-9.e+]+)$/.exec(line)
      assert.ok(m, `not a sample: ${line}`)
      values.set(m[1]!, Number(m[2]))
    }
    return values
  }
  const was = await read()
  const w = new Client(service), v = (await w.post('/w/start', {})).body
  await w.post('/w/messages', { token: v.token, text: '在吗' })
  await tick(30000)
  const is = await read()
  assert.equal(is.get('guiju_conversations_open'), was.get('guiju_conversations_open')! + 1)
  assert.equal(is.get('guiju_longest_wait_seconds'), 30)
  assert.ok(is.get('guiju_log_events')! > was.get('guiju_log_events')!)
  assert.ok(is.get('guiju_request_duration_seconds_count{kind="special"}')! > was.get('guiju_request_duration_seconds_count{kind="special"}')!)
  assert.ok(is.get('process_resident_memory_bytes')! > 1e6)
  for (const kind of ['read', 'command', 'special']) assert.equal(is.get(`guiju_request_duration_seconds_bucket{kind="${kind}",le="+Inf"}`), is.get(`guiju_request_duration_seconds_count{kind="${kind}"}`))
})
