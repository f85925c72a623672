// Who may come in, and what they may do there.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, password } from './service.ts'

const service = new Service()
let owner: Client, agent: Client
before(async () => {
  await service.start()
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
})
after(() => service.end())
const key = (r: { body: any }) => r.body?.error?.key

test('set-up is done once', async () => {
  const again = await new Client(service).post('/setup', { shop: '别家', template: 'c14', owner: { name: '他', job_number: '9', password } })
  assert.equal(again.status, 409)
  const status = (await new Client(service).get('/setup')).body
  assert.equal(status.needed, false)
  assert.deepEqual(status.templates, [])
})

test('the cookie is out of reach of scripts and other sites', async () => {
  const r = await new Client(service).post('/login', { job_number: '101', password })
  const cookie = r.headers.get('set-cookie')!
  assert.match(cookie, /^gj=[0-9a-f]{64};/)
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Lax/)
  assert.equal(r.body.me.person.name, '小李')
  assert.ok(Array.isArray(r.body.me.can))
})

test('nobody is nobody', async () => {
  for (const path of ['/me', '/people', '/conversations', '/ledger', '/openapi-not']) {
    const r = await new Client(service).get(path)
    assert.ok(r.status === 401 || r.status === 404, path)
  }
  const forged = new Client(service)
  forged.cookie = 'gj=' + 'a'.repeat(64)
  assert.equal((await forged.get('/me')).status, 401)
})

test('a change needs the session’s own word', async () => {
  for (const csrf of [null, '', 'x'.repeat(64), owner.csrf]) {
    const r = await agent.post('/presence', { state: 'online' }, { csrf })
    assert.equal(r.status, 403)
    assert.equal(key(r), 'session.csrf')
  }
  const foreign = await agent.post('/presence', { state: 'online' }, { headers: { Origin: 'https://evil.example' } })
  assert.equal(key(foreign), 'session.csrf')
  assert.equal((await agent.post('/presence', { state: 'online' }, { headers: { Origin: service.origin } })).status, 200)
})

test('another role is refused, and told so', async () => {
  for (const [method, path, body] of [['POST', '/people', { name: '甲', job_number: '7', role: '主管', password }], ['POST', '/keys', { name: 'k', scopes: ['订单'] }],
    ['POST', '/rulebook/publish', { source: 'x' }], ['POST', '/settle/2026-03/seal', {}], ['POST', '/imports/orders', {}]] as const) {
    const r = await agent.ask(method, path, { body })
    assert.equal(r.status, 403, `${path} ${r.text}`)
    assert.ok(r.body.error.zh)
  }
  const list = (await agent.get('/people')).body.items
  assert.ok(list.every((p: any) => !('base_wage_fen' in p)), 'wages of others are not for agents')
})

test('signing out ends the session here, signing out everywhere ends them all', async () => {
  const one = new Client(service), two = new Client(service)
  await one.login('101')
  await two.login('101')
  assert.equal((await one.post('/logout')).status, 200)
  assert.equal((await one.get('/me')).status, 401)
  assert.equal((await two.get('/me')).status, 200)
  const three = new Client(service)
  await three.login('101')
  assert.equal((await three.post('/logout-everywhere')).status, 200)
  for (const c of [two, three, agent]) assert.equal((await c.get('/me')).status, 401)
  await agent.login('101')
})

test('a changed password ends the other sessions; a new one from above ends all', async () => {
  const li = await service.person(owner, '小王', '102', '客服'), other = new Client(service)
  await other.login('102')
  assert.equal((await li.post('/me/password', { old: 'wrong wrong', new: 'battery staple' })).status, 403)
  assert.equal((await li.post('/me/password', { old: password, new: 'short' })).status, 400)
  assert.equal((await li.post('/me/password', { old: password, new: 'battery staple' })).status, 200)
  assert.equal((await li.get('/me')).status, 200)
  assert.equal((await other.get('/me')).status, 401)
  assert.equal((await other.login('102')).status, 401)
  assert.equal((await other.login('102', 'battery staple')).status, 200)
  assert.equal((await owner.post(`/people/${li.me.person.id}/password`, { password: 'from above 1' })).status, 200)
  for (const c of [li, other]) assert.equal((await c.get('/me')).status, 401)
})

test('who has left is out at once', async () => {
  const gone = await service.person(owner, '小周', '103', '客服')
  assert.equal((await owner.post(`/people/${gone.me.person.id}/leave`, { reason: '辞职' })).status, 200)
  assert.equal((await gone.get('/me')).status, 401)
  assert.equal((await gone.login('103')).status, 401)
})

test('keys for machines do what their scopes say', async () => {
  const made = (await owner.post('/keys', { name: '导单', scopes: ['订单.查看'] })).body
  assert.match(made.key, /^gk_[0-9a-f]{64}$/)
  const machine = new Client(service)
  machine.bearer = made.key
  assert.equal((await machine.get('/orders')).status, 200)
  assert.equal((await machine.get('/conversations')).status, 403)
  assert.equal((await machine.get('/people')).status, 200, 'what everybody may see')
  assert.ok(!JSON.stringify((await owner.get('/keys')).body).includes(made.key))
  assert.equal((await owner.ask('DELETE', `/keys/${made.id}`, { body: {} })).status, 200)
  assert.equal((await machine.get('/orders')).status, 401)
})

test('guessing a password becomes slow, for that account only', async () => {
  const thief = new Client(service)
  let refused
  for (let i = 0; i < 8; i++) {
    const r = await thief.login('101', `guess number ${i}`)
    if (r.status === 429) { refused = r; break }
    assert.equal(r.status, 401)
    assert.equal(key(r), 'login.wrong')
  }
  assert.ok(refused, 'no delay after eight guesses')
  assert.equal(key(refused), 'login.wait')
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.equal((await thief.login('101')).status, 429, 'the right password waits as well')
  assert.equal((await new Client(service).login('001')).status, 200)
  const unknown = await new Client(service).login('no-such-number')
  assert.equal(key(unknown), 'login.wrong', 'one answer for every kind of wrong')
})

test('no secret is in the log', () => {
  assert.ok(!service.log.includes(password))
  assert.ok(!service.log.includes(owner.csrf))
})
