// A draft tried against any version and over any months: what is compared, what each side says of a line, and what is refused.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Service, Visitor, pause } from './service.ts'

const service = new Service(), at = (text: string) => Date.parse(text.replace(' ', 'T') + '+08:00')
let owner: Client, agent: Client, source = '', broken = '', slower = ''
const bound = (s: string, n: number) => source.replace('首响限 = 30秒', `首响限 = ${n}秒`).replace('版本 1.0', `版本 ${s}`)

async function talk(when: string, seconds: number) {
  await service.tick(at(when))
  await agent.post('/presence', { state: 'online' })
  const v = new Visitor(service)
  await v.start({ name: '客 ' + when })
  await v.say('在吗')
  const { items } = (await agent.get('/conversations?box=mine')).body
  await service.tick(at(when) + seconds * 1000)
  const r = await agent.post(`/conversations/${items[0].id}/messages`, { text: '在的' })
  assert.equal(r.status, 200, r.text)
  await agent.post(`/conversations/${items[0].id}/close`, {})
}
async function publish(version: string, seconds: number, day: string) {
  const r = await owner.post('/rulebook/publish', { source: bound(version, seconds), in_force: day })
  assert.equal(r.status, 200, r.text)
}
/** A draft that was written and put away: the newest of the old ones. */
async function putAway(text: string) {
  const d = (await owner.get('/rulebook/draft')).body
  const saved = await owner.ask('PUT', '/rulebook/draft', { body: { revision: d.revision, source: text, base: d.source } })
  assert.equal(saved.status, 200, saved.text)
  assert.equal((await owner.post('/rulebook/draft/discard', { revision: saved.body.revision })).status, 200)
  return (await owner.get('/rulebook/try')).body.bases.find((b: any) => b.kind === 'past').base as string
}
async function trial(ask: object) {
  const begun = await owner.post('/rulebook/try', ask)
  assert.equal(begun.status, 202, begun.text)
  for (;;) {
    const j = (await owner.get(`/rulebook/try/${begun.body.id}`)).body
    if (!['waiting', 'running'].includes(j.state)) return j
    await pause(10)
  }
}
/** Of the greeting alone: how many were fined by each side. */
const counts = (j: any) => { const c = j.result.clauses.find((x: any) => x.clause === 'greeting'); return c ? [c.before_count, c.after_count] : [0, 0] }
const refused = async (ask: object) => { const r = await owner.post('/rulebook/try', { source, ...ask }); return { status: r.status, ...r.body?.error } as { status: number; key: string; zh: string; en: string } }

before(async () => {
  await service.startAt(at('2026-03-10 09:00:00'))
  owner = await service.setUp()
  agent = await service.person(owner, '小李', '101', '客服')
  source = (await owner.get('/rulebook/source')).body.source
  broken = source.replace('岗位 客服 上级 组长', '岗位 客服 上级 组常')
  await talk('2026-03-10 10:00:00', 25)
  await talk('2026-03-10 11:00:00', 50)
  await publish('1.1', 20, '2026-04-01')
  await service.tick(at('2026-05-08 09:00:00'))
  await owner.login('001')
  await agent.login('101')
  await talk('2026-05-08 10:00:00', 15)
  await talk('2026-05-08 11:00:00', 25)
  await service.tick(at('2026-05-09 09:00:00'))
  await owner.login('001')
  await agent.login('101')
  await service.tick(at('2026-05-09 09:01:00'))
  slower = await putAway(bound('1.2', 60))
})
after(() => service.end())

test('the choices are the published versions, the drafts put away, and the months in which something happened', async () => {
  const { bases, months } = (await owner.get('/rulebook/try')).body
  assert.deepEqual(bases.filter((b: any) => b.kind === 'version').map((b: any) => [b.base, b.current]), [['1.1', true], ['1.0', false]])
  assert.equal(bases.find((b: any) => b.kind === 'past').base, slower)
  assert.equal(months[0], '2026-05')
  assert.ok(months.includes('2026-03'))
  assert.equal((await agent.get('/rulebook/try')).status, 403)
})

test('each base is judged by its own words, in the months that were asked for', async () => {
  const draft = bound('1.2', 10)
  const inForce = await trial({ source: draft, month: '2026-05' })
  assert.deepEqual([inForce.base, inForce.month, inForce.until, inForce.result.version, inForce.result.before_zh], ['', '2026-05', '2026-05', '1.1', '现行'])
  assert.deepEqual(counts(inForce), [1, 2])
  const first = await trial({ source: draft, month: '2026-05', base: '1.0' })
  assert.deepEqual([first.base, first.result.version, first.result.before_zh, first.result.before_en], ['1.0', '1.0', '第 1.0 版', 'Version 1.0'])
  assert.deepEqual(counts(first), [0, 2])
  assert.deepEqual(counts(await trial({ source: draft, month: '2026-03', base: '1.0' })), [1, 2])
  const both = await trial({ source: draft, month: '2026-03', until: '2026-05', base: '1.0' })
  assert.deepEqual([both.month, both.until], ['2026-03', '2026-05'])
  assert.deepEqual(counts(both), [1, 4])
  const old = await trial({ source: draft, month: '2026-03', until: '2026-05', base: slower })
  assert.deepEqual(counts(old), [0, 4])
  assert.match(old.result.before_zh, /^旧草稿 2026-05-09 09:0/)
  // without a month it is the one that runs
  assert.equal((await trial({ source: draft })).month, '2026-05')
})

test('a line that changed is explained by both sides, and the files say what was compared', async () => {
  const j = await trial({ source: bound('1.2', 10), month: '2026-03', base: '1.0' })
  const changed = j.result.lines.find((l: any) => l.change === 'changed' && l.clause === 'greeting'), added = j.result.lines.find((l: any) => l.change === 'added' && l.clause === 'greeting')
  const why = async (line: any, side: string) => await owner.get(`/rulebook/try/${j.id}/why/${line.id}?side=${side}`)
  const limit = (r: any) => [r.body.why.clause.version, r.body.why.clause.figures.find((f: any) => f.name === '首响限').value]
  assert.deepEqual(limit(await why(changed, 'before')), ['1.0', '30秒'])
  assert.deepEqual(limit(await why(changed, 'after')), ['1.2', '10秒'])
  assert.equal((await why(added, 'after')).status, 200)
  assert.equal((await why(added, 'before')).status, 404)
  const csv = (await owner.get(`/rulebook/try/${j.id}/lines.csv`)).text.split('\n')[0]
  assert.match(csv!, /第 1\.0 版.*草稿/)
})

test('the files speak the language that is asked for: heads, sheets, texts, names', async () => {
  const j = await trial({ source: bound('1.2', 10), month: '2026-03', until: '2026-05', base: '1.0' })
  const file = async (name: string) => {
    const r = await fetch(`${service.origin}/api/v1/rulebook/try/${j.id}/${name}`, { headers: { Cookie: owner.cookie } })
    assert.equal(r.status, 200)
    return { name: decodeURIComponent(/''(.*)$/.exec(r.headers.get('content-disposition')!)![1]!), bytes: Buffer.from(await r.arrayBuffer()) }
  }
  const csv = async (language: string) => { const f = await file(`lines.csv${language}`); return { name: f.name, rows: f.bytes.toString().replace('\uFEFF', '').trim().split('\r\n').map((l) => l.slice(1, -1).split('","')) } }
  const zh = await csv(''), en = await csv('?language=en')
  assert.deepEqual([zh.name, en.name], ['试算 2026-03 至 2026-05.csv', 'Trial 2026-03 to 2026-05.csv'])
  assert.deepEqual(zh.rows[0], ['时间（试算，没有改动任何账）', '姓名', '变化', '后果', '条', '条款', '第 1.0 版', '草稿', '说明'])
  assert.deepEqual(en.rows[0], ['Time (a trial; no account was changed)', 'Name', 'Change', 'Consequence', 'No.', 'Clause', 'Version 1.0', 'Draft', 'Text'])
  const lines = j.result.lines
  assert.deepEqual([zh.rows.length, en.rows.length], [lines.length + 1, lines.length + 1])
  const change: Record<string, string[]> = { added: ['多出', 'Added'], gone: ['没有了', 'Gone'], changed: ['数目变了', 'Sum changed'] }
  lines.forEach((l: any, i: number) => {
    assert.deepEqual([zh.rows[i + 1]![2], zh.rows[i + 1]![3], zh.rows[i + 1]![8]], [change[l.change]![0], l.type_zh, l.text])
    assert.deepEqual([en.rows[i + 1]![2], en.rows[i + 1]![3], en.rows[i + 1]![8]], [change[l.change]![1], l.type, l.text_en])
  })
  const book = async (language: string) => {
    const path = join(service.dir, 'try.xlsx')
    writeFileSync(path, (await file(`sheet.xlsx${language}`)).bytes)
    const part = (name: string) => execFileSync('python3', ['-c', 'import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', path, name], { encoding: 'utf8' })
    return { sheets: [...part('xl/workbook.xml').matchAll(/<sheet name="([^"]*)"/g)].map((m) => m[1]), words: [...part('xl/sharedStrings.xml').matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map((m) => m[1]!) }
  }
  const shown = await book('?language=zh'), told = await book('?language=en')
  assert.deepEqual([shown.sheets, told.sheets], [['按人', '按条', '逐笔', '说明'], ['By person', 'By clause', 'Each line', 'About']])
  for (const w of ['姓名', '岗位', '第 1.0 版', '草稿', '相差', '次数', '草稿次数', '时间', '后果']) assert.ok(shown.words.includes(w), w)
  for (const w of ['Name', 'Role', 'Version 1.0', 'Draft', 'Difference', 'Lines', 'Lines by the draft', 'Time', 'Consequence', lines[0].type, lines[0].text_en]) assert.ok(told.words.includes(w), w)
  assert.ok(shown.words.some((w) => w.startsWith('这是试算：把第 1.0 版和草稿')) && told.words.some((w) => /^This is a trial.*“Version 1\.0”.*No account was changed/.test(w)))
  const own: string[] = [...j.result.people.flatMap((p: any) => [p.name, p.role]), ...[...j.result.clauses, ...lines].flatMap((c: any) => [c.no, c.title])].filter(Boolean)
  assert.deepEqual(told.words.filter((w) => /[\u4e00-\u9fff]/.test(own.reduce((rest, x) => rest.replaceAll(x, ''), w))), [], 'only names and the book’s own words are Chinese')
})

test('what cannot be compared is refused with the way out, in both languages', async () => {
  const unknown = await refused({ base: '9.9' })
  assert.deepEqual([unknown.status, unknown.key], [404, 'trial.base_unknown'])
  assert.match(unknown.zh, /没有公布过 9\.9 版，请从公布过的各版里选/)
  assert.match(unknown.en, /Version 9\.9 was never published; choose/)
  for (const base of ['上一版', '1..0', '.1', '1.', 'past:', 'past:x', 'past:-5', "1.0' OR 1=1", 'x'.repeat(5000)]) {
    const r = await refused({ base })
    assert.deepEqual([r.status, r.key], [400, 'trial.base'], base.slice(0, 20))
    assert.match(r.zh, /例如 1\.0/)
    assert.match(r.en, /like 1\.0/)
  }
  assert.deepEqual([(await refused({ base: 1 })).key, (await refused({ base: ['1.0'] })).key], ['trial.base', 'trial.base'])
  assert.deepEqual([(await refused({ base: 'past:1' })).status, (await refused({ base: 'past:1' })).key], [404, 'trial.base_gone'])
  assert.equal((await refused({ month: '2026-05', until: '2026-03' })).key, 'trial.backwards')
  assert.equal((await refused({ month: '2025-01', until: '2026-05' })).key, 'trial.months')
  assert.equal((await refused({ month: '2026-05', until: '2026-06' })).key, 'trial.future')
  assert.equal((await refused({ month: '2026-05', until: 'Mai' })).key, 'month.malformed')
  // a base with errors in it: a draft may have been put away like that
  await service.tick(at('2026-05-09 09:02:00'))
  const j = await trial({ source, month: '2026-05', base: await putAway(broken) })
  assert.deepEqual([j.state, j.problem.key], ['failed', 'trial.old_errors'])
  assert.match(j.problem.zh, /请换一版来比/)
  assert.match(j.problem.en, /choose another one/)
})
