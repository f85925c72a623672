// Troubles that come from outside: ten thousand visitors who all speak at once and then the power goes; customer and agent both gone, one
// after the other, with the program killed in between; bombs of packed bytes. The page of all troubles is docs/troubles.md.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { Client, Service, Visitor, type Answer } from './service.ts'

const done = (r: Answer) => { assert.ok(r.status === 200 || r.status === 202, r.text); return r.body }
const rows = (service: Service, sql: string) => execFileSync('sqlite3', [join(service.dir, 'data', 'desk.db'), sql], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim()

test('ten thousand visitors speak at once: each is taken in once, staff work on, a power cut takes none', { timeout: 280_000 }, async (t) => {
  const service = new Service()
  t.after(() => service.end())
  await service.start('--no-limits')
  const owner = await service.setUp(), agent = await service.person(owner, '林晓', '101', '客服')
  done(await agent.post('/presence', { state: 'online' }))
  const N = 10_000, AT_ONCE = 250
  let next = 0
  const answers = new Map<number, string>()
  const one = async () => {
    for (let i = next++; i < N; i = next++) {
      const v = new Visitor(service)
      done(await v.start({ name: `顾客${i}` }))
      answers.set(i, done(await v.say(`我是第 ${i} 位`, `crowd-${i}`)).conversation)
    }
  }
  const crowd = Promise.all(Array.from({ length: AT_ONCE }, one))
  // meanwhile the desk is worked on: every answer must be there, none may be an error
  let worked = 0, over = false
  const work = (async () => {
    while (!over) {
      const list = done(await agent.get('/conversations?box=mine&limit=20')).items
      if (list[0]) done(await agent.post(`/conversations/${list[0].id}/messages`, { text: '您好，请稍等' }))
      done(await owner.get('/floor'))
      worked++
    }
  })()
  await crowd
  over = true
  await work
  assert.equal(answers.size, N)
  assert.equal(new Set(answers.values()).size, N, 'each has a conversation of its own')
  assert.ok(worked > 0)
  await service.stop('SIGKILL')
  const kept = rows(service, "SELECT c.id || '|' || m.text FROM conversation c JOIN message m ON m.conversation = c.id WHERE m.by_type = 'customer'").split('\n')
  assert.equal(kept.length, N, 'what was acknowledged is on disk, once')
  const text = new Map(kept.map((k) => k.split('|') as [string, string]))
  for (const [i, id] of answers) assert.equal(text.get(id), `我是第 ${i} 位`)
  await service.start('--no-limits')
  await owner.login('001')
  assert.equal(done(await owner.get('/conversations?box=waiting&limit=5')).items.length, 5)
})

test('customer and agent both gone, one after the other, and the power in between: each finds exactly what was missed', async (t) => {
  const service = new Service()
  t.after(() => service.end())
  await service.start('--no-limits')
  const owner = await service.setUp(), agent = await service.person(owner, '林晓', '101', '客服'), v = new Visitor(service)
  done(await agent.post('/presence', { state: 'online' }))
  await v.start({ name: '甘棠' })
  const hers = v.feed(), his = agent.feed()
  await hers.hello()
  await his.hello()
  const id = done(await v.say('第一句')).conversation
  done(await agent.post(`/conversations/${id}/messages`, { text: '第一答' }))
  const seenByHer = (await hers.event('conversation.agent_replied')).seq, seenByHim = (await his.event('conversation.agent_replied')).seq
  hers.close()
  his.close()
  await service.stop('SIGKILL')
  await service.start('--no-limits')
  // her line comes for a moment: she says something, nobody is there to hear it, and she is gone again
  done(await v.say('第二句', 'k2'))
  done(await v.say('第二句', 'k2')) // her page did not hear that it had arrived
  await service.stop('SIGKILL')
  await service.start('--no-limits')
  // he is back: exactly what was missed, once
  const back = agent.feed(seenByHim)
  await back.event('conversation.customer_spoke')
  assert.deepEqual(back.events.filter((e) => e.kind === 'conversation.customer_spoke').map((e) => e.data.text), ['第二句'])
  done(await agent.post(`/conversations/${id}/messages`, { text: '第二答' }, { key: 'a2' }))
  done(await agent.post(`/conversations/${id}/messages`, { text: '第二答' }, { key: 'a2' }))
  back.close()
  // she is back: his answer, once; the whole thread in order
  const again = v.feed(seenByHer)
  const told = await again.until((f) => f.said.find((m) => m.reload || m.kind === 'conversation.agent_replied')) // after a start: “read it all again”
  assert.ok(told.reload || again.events.filter((e) => e.kind === 'conversation.agent_replied').length === 1)
  again.close()
  assert.deepEqual((await v.messages()).body.items.filter((m: any) => m.by.type !== 'auto').map((m: any) => m.text), ['第一句', '第一答', '第二句', '第二答'])
})

/** A zip file of one entry of zeros, packed a thousand times smaller than it says. */
function bomb(size: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(size), { level: 9 }), name = Buffer.from('0.csv'), local = Buffer.alloc(30), central = Buffer.alloc(46), end = Buffer.alloc(22)
  local.writeUInt32LE(0x04034b50, 0); local.writeUInt16LE(20, 4); local.writeUInt16LE(8, 8); local.writeUInt32LE(packed.length, 18); local.writeUInt32LE(size, 22); local.writeUInt16LE(name.length, 26)
  central.writeUInt32LE(0x02014b50, 0); central.writeUInt16LE(20, 4); central.writeUInt16LE(20, 6); central.writeUInt16LE(8, 10); central.writeUInt32LE(packed.length, 20); central.writeUInt32LE(size, 24); central.writeUInt16LE(name.length, 28)
  end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(1, 8); end.writeUInt16LE(1, 10); end.writeUInt32LE(central.length + name.length, 12); end.writeUInt32LE(local.length + name.length + packed.length, 16)
  return Buffer.concat([local, name, packed, central, name, end])
}

test('a bomb of packed bytes is a file like any other: kept as it came, never unpacked, no memory for what it says it is', async (t) => {
  const service = new Service()
  t.after(() => service.end())
  await service.start('--no-limits')
  const owner = await service.setUp(), v = new Visitor(service)
  await v.start()
  const resident = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))![1]) * 1024
  const zip = bomb(192 << 20), before_ = resident()
  assert.ok(zip.length < 1 << 20)
  const up = done(await v.client.ask('POST', `/w/files?token=${v.token}`, { raw: zip as unknown as BodyInit, headers: { 'X-File-Name': 'photo.png' } }))
  assert.deepEqual([up.type, up.size], ['application/octet-stream', zip.length])
  const got = await new Client(service).get(up.link.replace('/api/v1', ''))
  assert.match(got.headers.get('content-disposition')!, /^attachment/)
  done(await v.client.post('/w/messages', { token: v.token, text: '看', files: [up] }))
  // as a list of orders it is none: said in both languages, and nothing comes of it
  for (const name of ['orders.csv', 'orders.xlsx', 'orders.zip']) {
    const r = await owner.ask('POST', '/imports/orders', { raw: zip as unknown as BodyInit, headers: { 'Content-Type': 'text/csv', 'X-File-Name': name } })
    let error = r.body?.error
    if (r.status === 202) for (let i = 0; ; i++) {
      const job = done(await owner.get(`/imports/${r.body.id}`))
      if (job.state === 'running') { assert.ok(i < 400); await new Promise((ok) => setTimeout(ok, 25)); continue }
      assert.equal(job.added ?? 0, 0)
      error = job.problem ?? job.error ?? (job.rejects?.[0] ?? job.rejected?.[0])
      break
    }
    assert.ok(error, `${name}: ${r.text}`)
  }
  assert.equal(done(await owner.get('/orders')).items.length, 0)
  // a packed body is not unpacked either: it is no JSON
  const body = await owner.ask('POST', '/tags/x/rename', { raw: gzipSync(Buffer.alloc(192 << 20, ' ')) as unknown as BodyInit, headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } })
  assert.ok(body.status === 400 || body.status === 415, body.text)
  assert.ok(body.body.error.zh && body.body.error.en)
  assert.ok(resident() - before_ < 96 << 20, `it grew by ${resident() - before_} bytes`)
  done(await owner.get('/floor'))
})
