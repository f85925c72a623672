// Bad input and bad manners: every one gets a clear answer or a closed door, and the service goes on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service } from './service.ts'

const service = new Service()
let owner: Client
before(async () => { await service.start(); owner = await service.setUp() })
after(() => service.end())

const key = (r: { body: any }) => r.body?.error?.key

test('errors are in Chinese and English, with a stable key', async () => {
  const r = await owner.get('/nowhere')
  assert.equal(r.status, 404)
  assert.equal(key(r), 'request.path')
  assert.match(r.body.error.zh, /[一-鿿]/)
  assert.match(r.body.error.en, /[a-z]/)
  assert.equal(r.body.error.clause, null)
})

test('a path that has other methods says which', async () => {
  const r = await owner.ask('DELETE', '/me')
  assert.equal(r.status, 405)
  assert.equal(r.headers.get('allow'), 'GET')
})

test('broken bodies', async (t) => {
  const cases: [string, string, string, number, string][] = [
    ['not JSON', '{"a":', 'application/json', 400, 'request.json'],
    ['a list', '[]', 'application/json', 400, 'request.object'],
    ['a member twice', '{"a":1,"a":2}', 'application/json', 400, 'request.json'],
    ['not UTF-8', '\xff', 'application/json', 400, 'request.utf8'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 400, 'request.type'],
    ['text as a foreign page may send it', '{}', 'text/plain', 400, 'request.type'],
    ['too deep', '['.repeat(5000), 'application/json', 400, 'request.json'],
  ]
  for (const [name, body, type, status, want] of cases) await t.test(name, async () => {
    const r = await owner.ask('POST', '/presence', { raw: Buffer.from(body, 'latin1'), headers: { 'Content-Type': type } })
    assert.equal(r.status, status)
    assert.equal(key(r), want)
  })
})

test('a body over the limit is refused before it is read', async () => {
  const r = await service.raw(`POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`)
  assert.match(r, /^HTTP\/1.1 413 /)
  const whole = await owner.ask('POST', '/presence', { body: { reason: 'x'.repeat(1_100_000) } }).catch(() => ({ status: 413 }))
  assert.equal(whole.status, 413)
})

test('half requests and nonsense leave the service well', async () => {
  const half = ['GET / HT', 'POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n{"job', '\r\n\r\n\r\n', '\x16\x03\x01\x02\x00', 'GET / HTTP/9.9\r\n\r\n', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: h\r\n\r\n`]
  await Promise.all(half.map((b) => service.raw(Buffer.from(b, 'latin1'), 300)))
  assert.equal((await owner.get('/health')).status, 200)
})

test('pipelined requests are not mixed up', async () => {
  const r = await service.raw('GET /api/v1/health HTTP/1.1\r\nHost: h\r\n\r\nPOST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
  assert.match(r, /^HTTP\/1.1 200 /)
  assert.equal((await owner.get('/health')).status, 200)
})

test('paths cannot climb', async () => {
  for (const path of ['/../../etc/passwd', '/assets/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '/api/v1/files/..%2f..%2fdesk.db', '/api/v1/files/f00'])
    assert.doesNotMatch(await service.raw(`GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`, 500), /root:|SQLite format/)
})

test('data is never cached, framed or sniffed', async () => {
  const h = (await owner.get('/me')).headers
  assert.equal(h.get('cache-control'), 'no-store')
  assert.equal(h.get('x-content-type-options'), 'nosniff')
  assert.match(h.get('content-security-policy')!, /default-src 'none'/)
  assert.match(h.get('content-security-policy')!, /frame-ancestors 'none'/)
  assert.equal(h.get('access-control-allow-origin'), null)
})

test('pages carry a strict policy, and their forms match what the browser takes', async () => {
  const page = await owner.get('//')
  assert.equal(page.status, 200)
  const policy = page.headers.get('content-security-policy')!
  assert.match(policy, /script-src 'self'/)
  assert.match(policy, /style-src 'self'/)
  assert.doesNotMatch(policy, /unsafe/)
  const tag = page.headers.get('etag')
  if (!tag) return // a program without pages says so on /
  assert.equal((await owner.get('//', { headers: { 'If-None-Match': tag } })).status, 304)
  assert.equal((await owner.get('//desk/c1')).text, page.text, 'the router of the page knows the path')
  assert.equal((await owner.get('//nothing.js')).status, 404)
  const packed = await service.raw('GET /w.js HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n')
  if (/^HTTP\/1.1 200/.test(packed)) assert.match(packed, /Content-Encoding: br\r\n/i)
})

test('every documented path answers, and nothing else does', async (t) => {
  const description = (await new Client(service).get('/openapi.json')).body
  assert.equal(description.openapi, '3.1.0')
  let count = 0
  const skip = new Set(['post /api/v1/logout', 'post /api/v1/logout-everywhere', 'post /api/v1/setup'])
  for (const [path, item] of Object.entries<any>(description.paths)) for (const method of Object.keys(item)) {
    if (skip.has(`${method} ${path}`)) continue
    const real = path.replace('{month}', '2026-03').replace('{kind}', 'orders').replace('{name}', 'fines').replace(/\{\w+\}/g, 'x1')
    await t.test(`${method} ${path}`, async () => {
      const file = item[method].requestBody?.content['*/*']
      const r = await owner.ask(method.toUpperCase(), '/' + real, method === 'get' ? {} : file ? { raw: 'x', headers: { 'X-File-Name': 'a.txt' } } : { body: {} })
      assert.ok(![405, 500, 501, 502, 503].includes(r.status), `${r.status} ${r.text}`)
      assert.notEqual(key(r), 'request.path')
      if (r.status >= 400) assert.ok(r.body.error.zh && r.body.error.en && r.body.error.key, r.text)
      count++
    })
  }
  assert.ok(count > 90)
  for (const path of ['/undocumented', '/people/p1/secrets', '/conversations/c1/messages/1']) assert.equal(key(await owner.get(path)), 'request.path')
})

test('stops on SIGTERM with exit code 0 and starts again where it was', async () => {
  const { seq } = (await owner.get('/health')).body
  assert.equal(await service.stop(), 0)
  await service.start()
  assert.equal((await owner.get('/health')).body.seq, seq)
  assert.equal((await owner.get('/me')).body.person.job_number, '001', 'the session lives on')
})
