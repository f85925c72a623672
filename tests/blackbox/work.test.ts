// The daily round over the API alone: a visitor asks, an agent answers, files, orders, doubles.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, pause } from './service.ts'

const service = new Service()
let owner: Client, agent: Client, visitor: Visitor
before(async () => {
  await service.start()
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  await agent.post('/presence', { state: 'online' })
  visitor = new Visitor(service)
})
after(() => service.end())
const key = (r: { body: any }) => r.body?.error?.key

test('a visitor begins, speaks, is answered, and finds it all again', async () => {
  const begun = await visitor.start({ name: '张三' })
  assert.equal(begun.status, 200)
  assert.equal(begun.headers.get('access-control-allow-origin'), '*')
  assert.equal(begun.headers.get('set-cookie'), null)
  assert.equal(begun.body.desk.name, '试验小店')
  assert.deepEqual(begun.body.messages, [])
  assert.equal((await visitor.say('有货吗')).status, 200)
  const [talk] = (await agent.get('/conversations?box=mine')).body.items
  assert.equal(talk.last.text, '有货吗')
  assert.equal((await agent.post(`/conversations/${talk.id}/messages`, { text: '有的' })).status, 200)
  const heard = (await visitor.messages()).body.items
  assert.deepEqual(heard.map((m: any) => m.text), ['有货吗', '有的'])
  const token = visitor.token
  const back = await visitor.start()
  assert.equal(visitor.token, token)
  assert.deepEqual(back.body.messages.map((m: any) => m.text), ['有货吗', '有的'])
})

test('a browser on the shop’s page may ask first', async () => {
  const r = await visitor.client.ask('OPTIONS', '/w/messages', { headers: { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' } })
  assert.equal(r.status, 204)
  assert.equal(r.headers.get('access-control-allow-origin'), '*')
  assert.match(r.headers.get('access-control-allow-headers')!, /Content-Type/)
})

test('a visitor’s token opens nothing else', async () => {
  const thief = new Client(service)
  thief.bearer = visitor.token
  assert.equal((await thief.get('/conversations')).status, 401)
  thief.bearer = ''
  thief.cookie = `gj=${visitor.token}`
  assert.equal((await thief.get('/me')).status, 401)
  assert.equal((await thief.get(`/w/messages?token=${'b'.repeat(64)}`)).status, 401)
  assert.equal((await thief.post('/w/messages', { text: 'x' })).status, 401)
})

test('sent twice with one key is done once, also at the same time and after a restart', async () => {
  const said = await Promise.all(Array.from({ length: 5 }, () => visitor.say('只说一次', 'key-1')))
  assert.ok(said.every((r) => r.status === 200))
  assert.equal(new Set(said.map((r) => r.text)).size, 1, 'one answer for all')
  await service.stop('SIGKILL')
  await service.start()
  assert.equal((await visitor.say('只说一次', 'key-1')).text, said[0]!.text)
  const texts = (await visitor.messages()).body.items.map((m: any) => m.text)
  assert.equal(texts.filter((t: string) => t === '只说一次').length, 1)
  const other = new Visitor(service)
  await other.start()
  assert.equal((await other.say('别人同一把钥匙', 'key-1')).status, 200)
  assert.equal((await other.messages()).body.items.length >= 1, true, 'another actor’s key is another key')
  assert.equal((await visitor.client.post('/w/messages', { token: visitor.token, text: 'x' }, { key: 'k'.repeat(300) })).status, 400)
})

test('pictures are shown, pages never are', async () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000300000002080200000012167ec20000000049454e44ae426082', 'hex')
  const up = await agent.ask('POST', '/files', { raw: png, headers: { 'Content-Type': 'image/png', 'X-File-Name': encodeURIComponent('图片 1.png') } })
  assert.equal(up.status, 200, up.text)
  assert.deepEqual({ name: up.body.name, type: up.body.type, size: up.body.size, w: up.body.w, h: up.body.h }, { name: '图片 1.png', type: 'image/png', size: png.length, w: 3, h: 2 })
  assert.equal((await new Client(service).get(`/files/${up.body.id}`)).status, 401, 'an id alone opens nothing')
  const down = await agent.get(`/files/${up.body.id}`)
  assert.equal(down.headers.get('content-type'), 'image/png')
  assert.match(down.headers.get('content-disposition')!, /^inline/)
  for (const [name, text] of [['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'], ['a.png', '<html><script>1</script>'], ['a.html', '<!doctype html>']]) {
    const r = await agent.ask('POST', '/files', { raw: text, headers: { 'Content-Type': 'image/png', 'X-File-Name': name! } })
    const file = await agent.get(`/files/${r.body.id}`)
    assert.equal(file.headers.get('content-type'), 'application/octet-stream')
    assert.match(file.headers.get('content-disposition')!, /^attachment/)
    assert.match(file.headers.get('content-security-policy')!, /sandbox/)
  }
})

test('files by form, by visitors, too large, empty, with strange names', async () => {
  const form = new FormData()
  form.append('note', 'x')
  form.append('file', new Blob(['你好，文本']), '说明.txt')
  const up = await agent.ask('POST', '/files', { raw: form })
  assert.equal(up.body.name, '说明.txt')
  assert.equal((await agent.get(`/files/${up.body.id}`)).text, '你好，文本')
  const own = await visitor.client.ask('POST', `/w/files?token=${visitor.token}`, { raw: 'abc', headers: { 'X-File-Name': '..%2F..%2Fetc%2Fpasswd' } })
  assert.equal(own.body.name, 'passwd')
  assert.equal((await visitor.client.ask('POST', '/w/files', { raw: 'abc' })).status, 401)
  assert.equal((await agent.ask('POST', '/files', { raw: '' })).status, 400)
  const big = await agent.ask('POST', '/files', { raw: Buffer.alloc(21 * 1024 * 1024) }).catch(() => ({ status: 413 }))
  assert.equal(big.status, 413)
  const fits = await agent.ask('POST', '/files', { raw: Buffer.alloc(19 * 1024 * 1024, 1) })
  assert.equal(fits.body.size, 19 * 1024 * 1024)
  for (const id of ['f' + '0'.repeat(32), 'x', 'f%2e%2e']) assert.equal((await agent.get(`/files/${id}`)).status, 404)
})

test('an order list comes in, twice without doubles', async () => {
  const csv = '订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题\n900001,tb_zhang,429.00,交易成功,2026-03-05 10:00:00,2026-03-05 10:05:00,台灯\n'
  const send = async () => {
    const r = await owner.ask('POST', '/imports/orders', { raw: csv, headers: { 'Content-Type': 'text/csv', 'X-File-Name': 'orders.csv' } })
    assert.equal(r.status, 202, r.text)
    for (let i = 0; i < 100; i++) {
      const job = (await owner.get(`/imports/${r.body.id}`)).body
      if (job.state !== 'running') return job
      await pause(50)
    }
    throw new Error('the import does not end')
  }
  const first = await send()
  assert.equal(first.added, 1, JSON.stringify(first))
  assert.equal((await send()).added, 0)
  assert.equal((await owner.get('/orders/900001')).body.amount_fen, 42900)
  assert.equal((await owner.post('/imports/nothing', {})).status, 404)
})

test('one search box finds what one may read', async () => {
  const found = (await agent.get('/search?q=' + encodeURIComponent('张三'))).body.items
  assert.ok(found.some((x: any) => x.type === 'customer' || x.type === 'conversation'), JSON.stringify(found))
  assert.ok((await agent.get('/search?q=900001')).body.items.some((x: any) => x.type === 'order' && x.to === '/orders/900001'))
  assert.deepEqual((await agent.get('/search?q=')).body.items, [])
})

test('a session has a bound on its haste', async () => {
  const statuses = await Promise.all(Array.from({ length: 400 }, () => agent.get('/presence').then((r) => r.status)))
  assert.ok(statuses.includes(429))
  assert.ok(statuses.filter((s) => s === 200).length >= 200)
  assert.equal((await owner.get('/presence')).status, 200, 'others are not held up')
})
