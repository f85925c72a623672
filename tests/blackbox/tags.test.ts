// Tags get another name or go into another one, in every conversation at once: lists, search, reports and files follow, each conversation
// counts once, and undoing brings back exactly what was there, what somebody changed by hand meanwhile excepted.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { events } from './log.ts'
import { Client, Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const service = new Service(), owner = new Client(service), dir = join(service.dir, 'data')
const q = 'from=2026-03-01&to=2026-03-31', e = encodeURIComponent
const run = (...args: string[]) => { const r = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 }); assert.equal(r.status, 0, r.stdout + r.stderr); return r.stdout }
const get = async (path: string) => { const r = await owner.get(path); assert.equal(r.status, 200, path + r.text); return r.body }
const byTag = async () => (await get(`/reports/reception?${q}&by=tag`)).rows as any[]
const row = (rows: any[], key: string) => { const x = rows.find((r) => r.key === key); return x && { ...x, key: '', name: '' } }
const refused = (r: any, status: number, key: string) => { assert.equal(r.status, status, r.text); assert.equal(r.body.error.key, key); assert.ok(r.body.error.zh && !/[一-龥]/.test(r.body.error.en.replace(/“[^”]*”/g, '')), r.text) }
/** The tags of every conversation as the log has them, before any renaming. */
const tagged = () => { const m = new Map<string, string[]>(); for (const x of events(dir)) if (x.kind === 'conversation.tagged') m.set(x.data.conversation, x.data.tags); return m }
const closed = async (tag: string) => { const ids: string[] = []; for (let a = ''; ;) { const p = await get(`/conversations?box=closed&tag=${e(tag)}&limit=50${a && `&after=${a}`}`); ids.push(...p.items.map((x: any) => x.id)); if (!(a = p.next ?? '')) return ids.sort() } }
let one: string, other: string

before(async () => {
  mkdirSync(service.dir, { recursive: true })
  run('demo', '--month', '--data', dir, '--seed', '12', '--now', '2026-03-31 15:10', '--agents', '4', '--conversations', '500')
  await service.start()
  owner.signedIn(await owner.post('/login', { job_number: '001', password: 'guiju-demo' }))
  ;[one, other] = (await byTag()).filter((r) => r.ended > 5).sort((a, b) => b.ended - a.ended).map((r) => r.key) as [string, string]
  assert.ok(one && other)
  for (const name of [one, other]) assert.equal((await owner.ask('PUT', `/tags/${e(name)}`, { body: { group: '售后', colour: name === one ? 'amber' : 'pine' } })).status, 200)
  // some carry both
  for (const id of (await closed(one)).slice(0, 4)) assert.equal((await owner.post(`/conversations/${id}/tags`, { tags: [one, '加急', other] })).status, 200)
})
after(() => service.end())

test('another name: lists, search, reports follow; group and colour stay; undone, all is as it was', async () => {
  const before_ = await byTag(), ids = await closed(one), used = (await get('/tags')).items.find((x: any) => x.name === one).used
  const r = await owner.post(`/tags/${e(one)}/rename`, { into: '换货换货' })
  assert.equal(r.status, 200, r.text)
  assert.deepEqual([r.body.merged, r.body.touched], [false, used])
  const now = await byTag()
  assert.deepEqual(row(now, '换货换货'), row(before_, one))
  assert.equal(row(now, one), undefined)
  assert.deepEqual(now.filter((x) => x.key !== '换货换货'), before_.filter((x) => x.key !== one), 'the others are untouched')
  assert.deepEqual(await closed('换货换货'), ids)
  assert.deepEqual(await closed(one), [])
  const listed = await get('/tags'), fresh = listed.items.find((x: any) => x.name === '换货换货')
  assert.deepEqual([fresh.group, fresh.colour, fresh.used], ['售后', 'amber', used])
  assert.ok(!listed.items.some((x: any) => x.name === one))
  assert.equal(listed.moves[0].id, r.body.move)
  const found = async (tag: string) => (await get(`/search?q=${e(`标签:${tag} 您好`)}&type=message&limit=20`)).items.length
  assert.ok((await found('换货换货')) > 0)
  assert.equal(await found(one), 0)
  const narrowed = await get(`/reports/reception?${q}&tag=${e('换货换货')}`)
  assert.ok(narrowed.total.ended > 0)
  assert.equal((await owner.post('/tags/undo', { move: r.body.move })).status, 200)
  assert.deepEqual(await byTag(), before_)
  assert.deepEqual(await closed(one), ids)
  assert.equal((await get('/tags')).items.find((x: any) => x.name === one).colour, 'amber')
  refused(await owner.post('/tags/undo', { move: r.body.move }), 409, 'tag.undone')
})

test('two made one: who had both counts once, as a recount says; undone, both are back where each was', async () => {
  const before_ = await byTag(), was = tagged(), idsOne = await closed(one), idsOther = await closed(other)
  refused(await owner.post(`/tags/${e(one)}/rename`, { into: other }), 409, 'tag.taken')
  const r = await owner.post(`/tags/${e(one)}/rename`, { into: other, merge: true })
  assert.equal(r.status, 200, r.text)
  assert.equal(r.body.merged, true)
  const both = [...was].filter(([, t]) => t.includes(one) && t.includes(other))
  assert.ok(both.length >= 4)
  const ended = new Map(events(dir).filter((x) => x.kind === 'conversation.closed').map((x) => [x.data.conversation, x.data]))
  const want = [...was].filter(([id, t]) => (t.includes(one) || t.includes(other)) && ended.has(id))
  const x = (await byTag()).find((k) => k.key === other)
  const month = new Set(events(dir).filter((k) => k.kind === 'conversation.started' && k.at >= Date.parse('2026-02-28T16:00:00Z') && k.at < Date.parse('2026-03-31T16:00:00Z')).map((k) => k.data.conversation))
  assert.equal(x.ended, want.filter(([id]) => month.has(id)).length)
  assert.equal(x.ended, row(before_, one).ended + row(before_, other).ended - both.filter(([id]) => ended.has(id) && month.has(id)).length)
  assert.deepEqual(await closed(other), [...new Set([...idsOne, ...idsOther])].sort())
  const shown = (await get(`/conversations/${both[0]![0]}`)).tags
  assert.deepEqual(shown, [other, '加急'], 'once, in its place')
  assert.equal((await get('/tags')).items.find((k: any) => k.name === other).colour, 'pine', 'who takes it in keeps its own colour')

  // somebody works on meanwhile: takes the tag away from one, gives it to another
  const alone = idsOne.find((id) => !was.get(id)!.includes(other))!, strange = (await closed(other)).length
  assert.equal((await owner.post(`/conversations/${alone}/tags`, { tags: ['加急'] })).status, 200)
  assert.equal((await closed(other)).length, strange - 1)
  assert.equal((await owner.post('/tags/undo', { move: r.body.move })).status, 200)
  assert.deepEqual(await closed(one), idsOne.filter((id) => id !== alone), 'what was changed by hand stays as it was changed')
  assert.deepEqual(await closed(other), idsOther)
  assert.deepEqual((await get(`/conversations/${both[0]![0]}`)).tags.sort(), [one, '加急', other].sort())
  assert.equal(row(await byTag(), other).ended, row(before_, other).ended)
  assert.equal(row(await byTag(), one).ended, row(before_, one).ended - (month.has(alone) ? 1 : 0))
})

test('one after the other: the later has to be undone first', async () => {
  const first = (await owner.post(`/tags/${e(one)}/rename`, { into: '甲' })).body.move, second = (await owner.post(`/tags/${e('甲')}/rename`, { into: '乙' })).body.move
  refused(await owner.post('/tags/undo', { move: first }), 409, 'tag.moved_on')
  assert.equal((await owner.post('/tags/undo', { move: second })).status, 200)
  assert.equal((await owner.post('/tags/undo', { move: first })).status, 200)
  assert.ok((await closed(one)).length > 0)
})

test('refused: the same name, none, a stranger, quotation marks, no permission, no such renaming', async () => {
  refused(await owner.post(`/tags/${e(one)}/rename`, { into: one }), 400, 'tag.same')
  refused(await owner.post(`/tags/${e(one)}/rename`, { into: '   ' }), 400, 'args.missing')
  refused(await owner.post(`/tags/${e('没有的')}/rename`, { into: '丙' }), 404, 'tag.unknown')
  refused(await owner.post(`/tags/${e(one)}/rename`, { into: '"丙"' }), 400, 'tag.quote')
  refused(await owner.post('/tags/undo', { move: 'nope' }), 404, 'tag.no_move')
  const agent = new Client(service)
  agent.signedIn(await agent.post('/login', { job_number: '101', password: 'guiju-demo' }))
  assert.equal((await agent.post(`/tags/${e(one)}/rename`, { into: '丙' })).status, 403)
})

test('the log tells it again: rebuilt from it, nothing differs', async () => {
  assert.equal((await owner.post(`/tags/${e(one)}/rename`, { into: other, merge: true })).status, 200)
  const rows = await byTag()
  await service.stop()
  run('rebuild', '--check', '--data', dir)
  assert.match(run('rebuild', '--data', dir), / 0 different/)
  await service.start()
  owner.signedIn(await owner.post('/login', { job_number: '001', password: 'guiju-demo' }))
  assert.deepEqual(await byTag(), rows)
})
