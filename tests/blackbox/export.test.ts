// Exports of rows: complete, equal to the log, masked, logged, private to who asked, stoppable; refused without permission or reason.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { csvRows as csv, download, isChinese, sameInEnglish, type Words } from './files.ts'
import { events, type LogEvent } from './log.ts'
import { Client, Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const service = new Service(), dir = join(service.dir, 'data')
let owner: Client, agent: Client, log: LogEvent[]
const range = { from: '2026-03-01', to: '2026-03-31', reason: '月底核对' }
const signIn = async (n: string) => { const c = new Client(service), r = await c.post('/login', { job_number: n, password: 'guiju-demo' }); assert.equal(r.status, 200, r.text); c.signedIn(r); return c }
before(async () => {
  const r = spawnSync(binary, ['demo', '--month', '--data', dir, '--seed', '4', '--now', '2026-03-31 23:00', '--agents', '5', '--conversations', '600'], { encoding: 'utf8' })
  assert.equal(r.status, 0, r.stderr)
  const person = events(dir).find((e) => e.kind === 'conversation.agent_replied')!.data.agent, at = Date.parse('2026-02-20T11:00:00+08:00')
  writeFileSync(join(service.dir, 'words.jsonl'), [ // the words of the desk that the month does without, before it begins
    ['customer.created', { customer: 'uOwn', name: '访客 12' }], ['conversation.started', { conversation: 'cOwn', customer: 'uOwn', channel: '网页留言' }], ['conversation.customer_spoke', { conversation: 'cOwn', customer: 'uOwn', text: '在吗' }],
    ['conversation.auto_replied', { conversation: 'cOwn', text: '稍等' }], ['conversation.agent_replied', { conversation: 'cOwn', agent: person, text: '在的' }], ['conversation.noted', { conversation: 'cOwn', person, text: '老顾客' }],
    ['conversation.recalled', { conversation: 'cOwn', person, message: 'own:4' }],
  ].map(([kind, data], i) => JSON.stringify({ kind, at: at + i * 1000, id: `own:${i}`, data })).join('\n'))
  assert.equal(spawnSync(binary, ['import', '--data', dir, 'events', join(service.dir, 'words.jsonl')]).status, 0)
  log = events(dir)
  await service.start()
  owner = await signIn('001')
  agent = await signIn('101')
})
after(() => service.end())

async function finished(c: Client, id: string) {
  for (;;) {
    const j = (await c.get(`/exports/${id}`)).body
    if (j.state !== 'waiting' && j.state !== 'running') return j
    await pause(20)
  }
}
const inRange = (at: number) => at >= Date.parse('2026-03-01T00:00+08:00') && at < Date.parse('2026-04-01T00:00+08:00')
const began = () => new Set(log.filter((e) => e.kind === 'conversation.started' && inRange(e.at)).map((e) => e.data.conversation))

test('every message of the month is in the file, once, and the log says who took it and why', async () => {
  const r = await owner.post('/exports', { kind: 'messages', format: 'csv', ...range })
  assert.equal(r.status, 202, r.text)
  const job = await finished(owner, r.body.id)
  assert.equal(job.state, 'done')
  const file = await owner.get(`/exports/${job.id}/file`), rows = csv(file.text).slice(1), ours = began()
  const said = events(dir).filter((e) => ['conversation.customer_spoke', 'conversation.agent_replied', 'conversation.auto_replied', 'conversation.noted'].includes(e.kind) && ours.has(e.data.conversation))
  assert.equal(rows.length, said.length)
  assert.equal(job.rows, rows.length)
  assert.deepEqual(rows.map((x) => Number(x[1])).sort((a, b) => a - b), said.map((e) => e.seq).sort((a, b) => a - b))
  const line = events(dir).filter((e) => e.kind === 'data.exported').at(-1)!
  assert.equal(line.data.reason, '月底核对')
  assert.match(line.data.scope, /消息 2026-03-01 至 2026-03-31/)
  assert.equal(line.data.class, '内部')
})

test('conversations, replies and ratings: as many rows as the log has', async () => {
  const ours = began()
  for (const [kind, want] of [['conversations', ours.size], ['ratings', new Set(log.filter((e) => e.kind === 'conversation.rated' && ours.has(e.data.conversation)).map((e) => e.data.conversation)).size]] as const) {
    const job = await finished(owner, (await owner.post('/exports', { kind, format: 'csv', ...range })).body.id)
    assert.equal(csv((await owner.get(`/exports/${job.id}/file`)).text).length - 1, want, kind)
  }
  const job = await finished(owner, (await owner.post('/exports', { kind: 'replies', format: 'csv', ...range })).body.id)
  assert.ok(csv((await owner.get(`/exports/${job.id}/file`)).text).slice(1).some((r) => r[3] === '没有答'), 'the unanswered are left out')
})

test('a workbook opens and holds the same rows', async () => {
  const job = await finished(owner, (await owner.post('/exports', { kind: 'conversations', format: 'xlsx', ...range })).body.id)
  assert.equal(job.state, 'done')
  const file = await fetch(service.origin + `/api/v1/exports/${job.id}/file`, { headers: { Cookie: owner.cookie } }).then((r) => r.arrayBuffer()), path = join(service.dir, 'x.xlsx')
  writeFileSync(path, Buffer.from(file))
  const sheet = execFileSync('python3', ['-c', 'import sys,zipfile;print(zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml").decode().count("<row "))', path], { encoding: 'utf8' })
  assert.equal(Number(sheet) - 1, began().size)
})

const channels = { 网页: 'Web', 网页留言: 'Web message', 邮件: 'Mail', 电话: 'Phone' }, visitor = { '访客 12': 'Visitor 12' }
const rowFiles: Record<string, { heads: string[]; theirs: string[]; words: Words }> = {
  conversations: { heads: ['Conversation', 'Customer', 'Channel', 'Began', 'Ended', 'Agent', 'First reply (s)', 'Duration (s)', 'Stars', 'Deal', 'Tags'], theirs: ['Customer', 'Agent', 'Tags'], words: { Customer: visitor, Channel: channels, Deal: { 是: 'Yes' } } },
  messages: { heads: ['Conversation', 'Number', 'Time', 'Who', 'Speaker', 'Text'], theirs: ['Speaker', 'Text'], words: { Who: { 顾客: 'Customer', 客服: 'Agent', 内部备注: 'Internal note', 自动: 'Automatic' }, Speaker: visitor, Text: { '（已撤回）': '(recalled)' } } },
  replies: { heads: ['Conversation', 'Channel', 'Asked', 'Answered', 'Waited (s)', 'Answered by', 'First'], theirs: ['Answered by'], words: { Channel: channels, Answered: { 没有答: 'No answer' }, First: { 是: 'Yes' } } },
  ratings: { heads: ['Conversation', 'Customer', 'Channel', 'Rated', 'Stars', 'Agent'], theirs: ['Customer', 'Agent'], words: { Channel: { 网页: 'Web', 邮件: 'Mail' } } },
}
test('the rows speak the language that was asked for, and are the same rows; Chinese is what nobody asks for', async () => {
  for (const [kind, { heads, theirs, words }] of Object.entries(rowFiles))
    for (const format of ['csv', 'xlsx']) {
      const made = async (language?: string) => {
        const job = await finished(owner, (await owner.post('/exports', { kind, format, ...(language && { language }), ...range, from: '2026-02-20' })).body.id)
        assert.deepEqual([job.state, job.language], ['done', language === 'en' ? 'en' : 'zh'])
        return download(service, owner, `/exports/${job.id}/file`)
      }
      const plain = await made(), zh = await made('zh'), en = await made('en')
      assert.deepEqual(plain.sheets, zh.sheets)
      assert.ok(format === 'xlsx' || plain.bytes.equals(zh.bytes))
      assert.ok(zh.sheets[0]!.rows.length > 50, `${kind}: nothing to compare`)
      assert.deepEqual(en.sheets.map((s) => s.name), zh.sheets.map((s) => s.name))
      en.sheets.forEach((s, i) => sameInEnglish(zh.sheets[i]!, s, heads, theirs, words))
    }
})

const received = ['Name', 'Received', 'First reply, median (s)', 'First reply, 9 in 10 (s)', 'First reply, mean (s, answered only)', 'Never answered', 'Replies', 'Reply, 9 in 10 (s)', 'Ended', 'Duration, median (s)', 'Ratings', 'Deals', 'Orders', 'Order total (CNY)']
const reportFiles: [string, string, string, string[], string[], Words?][] = [
  ['closing-rate', '成交率', 'Closing rate', ['Agent', 'Received', 'Bought', 'Closing rate', 'Sales (CNY)'], ['Agent']],
  ['first-reply', '首次回复', 'First replies', ['Agent', 'Received', '≤15 s', '≤30 s', '≤1 min', '≤2 min', '≤5 min', 'Longer', 'Never answered', 'Median (s)', '9 in 10 within (s)'], ['Agent']],
  ['attendance', '考勤', 'Attendance', ['Name', 'Due', 'Present', 'Rest', 'Leave', 'Late', 'Late (s)', 'Left early', 'Absent', 'Punch missing', 'Off post'], ['Name']],
  ['reception?by=agent', '接待', 'Reception', received, ['Name']], ['reception?by=shift', '接待', 'Reception', received, ['Name']], ['reception?by=tag', '接待', 'Reception', received, ['Name']],
  ['reception?by=day', '接待', 'Reception', received, []], ['reception?by=channel', '接待', 'Reception', received, [], { Name: channels }],
]
test('every report as a file, in English: heads, name of the file, channels; figure for figure the Chinese one', async () => {
  for (const [report, title, english, heads, theirs, words] of reportFiles)
    for (const end of ['csv', 'xlsx']) {
      const [name, by] = report.split('?'), at = `/reports/${name}.${end}?from=2026-02-20&to=2026-03-31&${by ?? ''}`
      const plain = await download(service, owner, at), zh = await download(service, owner, at + '&language=zh'), en = await download(service, owner, at + '&language=en')
      assert.deepEqual([plain.name, zh.name, en.name], [`${title} 2026-02-20 至 2026-03-31.${end}`, plain.name, `${english} 2026-02-20 to 2026-03-31.${end}`])
      assert.deepEqual(plain.sheets, zh.sheets)
      assert.ok(zh.sheets[0]!.rows.length > 1, `${report}: nothing to compare`)
      sameInEnglish(zh.sheets[0]!, en.sheets[0]!, heads, theirs, words)
    }
})

test('a case to print, in English: what the desk puts around the words of the book and of people', async () => {
  const one = (await owner.get('/cases')).body.items[0], page = async (more: string) => (await owner.get(`/cases/${one.id}/print${more}`)).text
  const zh = await page(''), en = await page('?language=en')
  assert.match(zh, /<html lang="zh-CN">.*<span>编号 .*<span>状态 .*<h2>经过<\/h2>.*经办 ____.*主管 ____.*日期 ____/s)
  assert.match(en, /<html lang="en">.*<span>No\. .*<span>State .*<h2>What happened<\/h2>.*Handled by ____.*Supervisor ____.*Date ____/s)
  const own: [RegExp, string][] = [[/lang="zh-CN"/, 'lang="en"'], [/<span>编号 /g, '<span>No. '], [/<span>状态 /g, '<span>State '], [/经过<\/h2>/g, 'What happened</h2>'], [/经办 ____/g, 'Handled by ____'], [/主管 ____/g, 'Supervisor ____'], [/日期 ____/g, 'Date ____'], [/第 (\d+) 联（([^）]*)）/g, 'Copy $1 ($2)']]
  assert.equal(en, own.reduce((text, [from, to]) => text.replace(from, to), zh))
})

test('the pay sheet in English: heads, sheets, lines, notes, also what a sealed month moves to the next; fen for fen the Chinese one', async () => {
  const short = (await owner.get('/settle/2026-03')).body.rows.find((r: any) => r.deducted_fen > 0)
  assert.equal((await owner.ask('PATCH', `/people/${short.person}`, { body: { base_wage_fen: 100 } })).status, 200) // the legal limit bites
  const open = (await owner.get('/settle/2026-03')).body.unconfirmed[0].id
  const sealed = await owner.post('/settle/2026-03/seal', {})
  assert.equal(sealed.status, 200, sealed.text)
  assert.equal((await owner.post(`/ledger/${open}/confirm`, {})).status, 200)
  const heads = ['Job number', 'Name', 'Role', 'Base pay', 'Commission', 'Rewards', 'Gross', 'Confirmed deductions', 'Deduction limit', 'Deducted', 'Not deducted: legal limit', 'Differences of earlier months', 'Net pay']
  for (const [month, labels] of [['2026-03', { 底薪: 'Base pay', '未扣：法定上限': 'Not deducted: legal limit' }], ['2026-04', { 底薪: 'Base pay', '补差 2026-03': 'Difference of 2026-03' }]] as const) {
    const said = (await owner.get(`/settle/${month}`)).body, plain = await download(service, owner, `/settle/${month}.xlsx`), zh = await download(service, owner, `/settle/${month}.xlsx?language=zh`), en = await download(service, owner, `/settle/${month}.xlsx?language=en`)
    assert.deepEqual([plain.name, zh.name, en.name], [`工资表 ${month}.xlsx`, `工资表 ${month}.xlsx`, `Pay sheet ${month}.xlsx`])
    assert.deepEqual(plain.sheets, zh.sheets)
    assert.deepEqual([zh, en].map((f) => f.sheets.map((s) => s.name)), [['工资单', '明细', '条款与说明'], ['Pay sheet', 'Lines', 'Clauses and notes']])
    assert.match(en.sheets[0]!.rows[0]![0]!, new RegExp(` ${month} pay sheet$`))
    sameInEnglish(zh.sheets[0]!, en.sheets[0]!, heads, ['Name', 'Role'], {}, 1)
    const lines = said.rows.flatMap((r: any) => r.lines).filter((l: any) => l.text), texts = Object.fromEntries(lines.map((l: any) => [l.text, l.text_en]))
    assert.ok(lines.length && lines.every((l: any) => l.text_en && (l.text_en !== l.text || l.text === l.label)), 'a line without English, though it is not a name of the book')
    sameInEnglish(zh.sheets[1]!, en.sheets[1]!, ['Name', 'Item', 'Text', 'Clause', 'Amount (CNY)'], ['Name', 'Item', 'Text', 'Clause'], { Item: labels, Text: texts as Record<string, string> })
    const notes = en.sheets[2]!.rows.map((r) => r[0]!), own: string[] = [...said.adjustments.map((a: any) => a.person_name), said.limit.clause.no, said.limit.clause.title]
    assert.equal(notes.length, zh.sheets[2]!.rows.length)
    assert.match(notes[0]!, /^Deductions take at most .* of the gross pay and leave at least CNY \d+\.\d\d; /)
    assert.deepEqual(notes.slice(1, 1 + said.checks.length), said.checks.map((c: any) => c.text_en))
    assert.deepEqual(notes.filter((n) => isChinese(own.reduce((rest, x) => rest.replaceAll(x, ''), n).replace(/[“”]/g, ''))), [])
    assert.equal(notes.slice(1 + said.checks.length).length, said.adjustments.length)
    for (const n of notes.slice(1 + said.checks.length)) assert.match(n, /^Difference of 2026-03, .*: CNY −?\d+\.\d\d, Judged after the month was sealed$/)
    assert.equal(said.adjustments.length, month === '2026-04' ? 1 : 0)
  }
})

test('long numbers are masked unless opened with the permission', async () => {
  const talk = log.find((e) => e.kind === 'conversation.closed' && e.data.agent && inRange(e.at))!
  writeFileSync(join(service.dir, 'more.jsonl'), JSON.stringify({ kind: 'conversation.customer_spoke', at: talk.at, id: 'secret:1', data: { conversation: talk.data.conversation, customer: talk.data.customer, text: '=我的电话 13800001234，卡号 6222020200112233445' } }))
  await service.stop()
  assert.equal(spawnSync(binary, ['import', '--data', dir, 'events', join(service.dir, 'more.jsonl')]).status, 0)
  await service.start()
  owner = await signIn('001')
  agent = await signIn('101')
  for (const open of [false, true]) {
    const job = await finished(owner, (await owner.post('/exports', { kind: 'messages', format: 'csv', open, ...range })).body.id)
    const text = (await owner.get(`/exports/${job.id}/file`)).text
    assert.equal(text.includes('13800001234'), open)
    assert.equal(text.includes('138******34'), !open)
    assert.ok(text.includes(`"'=我的电话`), 'a customer’s words may not become a formula')
  }
})

test('refused: no permission, no reason, nonsense; nobody sees another’s export', async () => {
  const before_ = events(dir).filter((e) => e.kind === 'data.exported').length
  assert.equal((await agent.post('/exports', { kind: 'messages', format: 'csv', ...range })).status, 403)
  assert.equal((await owner.post('/exports', { kind: 'messages', format: 'csv', from: range.from, to: range.to })).status, 400)
  assert.equal((await owner.post('/exports', { kind: 'wages', format: 'csv', ...range })).status, 400)
  assert.equal((await owner.post('/exports', { kind: 'messages', format: 'pdf', ...range })).status, 400)
  assert.equal((await owner.post('/exports', { kind: 'messages', format: 'csv', ...range, to: '2026-02-01' })).status, 400)
  assert.equal(events(dir).filter((e) => e.kind === 'data.exported').length, before_, 'a refusal is no export')
  const job = (await owner.get('/exports')).body.items[0]
  assert.equal((await agent.get(`/exports/${job.id}/file`)).status, 404)
  assert.deepEqual((await agent.get('/exports')).body.items, [])
})

test('stopped on the way: nothing is left, and what is said of it is true', async () => {
  const posted = await Promise.all([1, 2, 3].map(() => owner.post('/exports', { kind: 'messages', format: 'xlsx', ...range })))
  const [first, second, third] = posted.map((r) => r.body) // one at a time: the last surely waits
  const stop = await owner.ask('DELETE', `/exports/${third.id}`)
  assert.equal(stop.status, 200)
  const gone = await finished(owner, third.id)
  assert.equal(gone.state, 'cancelled')
  assert.equal((await owner.get(`/exports/${third.id}/file`)).status, 404)
  assert.equal((await agent.ask('DELETE', `/exports/${second.id}`)).status, 404, 'nobody stops another’s')
  for (const j of [first, second]) {
    const done = await finished(owner, j.id)
    assert.equal(done.state, 'done')
    assert.equal(done.rows <= done.expected, true, 'more rows than were foretold')
    assert.ok(done.rows > 0 && done.size > 0)
  }
  assert.ok(!readdirSync(join(dir, 'exports')).some((n) => n.includes(third.id)), 'a stopped export leaves a file')
})

test('narrowed to what the page shows: channel, tag, customer; the log says so', async () => {
  const channels = new Map(log.filter((e) => e.kind === 'conversation.started' && inRange(e.at)).map((e) => [e.data.conversation, e.data]))
  const [{ channel, customer }] = [...channels.values()]
  for (const [narrow, want] of [[{ channel }, (d: any) => d.channel === channel], [{ customer }, (d: any) => d.customer === customer]] as const) {
    const job = await finished(owner, (await owner.post('/exports', { kind: 'conversations', format: 'csv', ...narrow, ...range })).body.id), ours = [...channels].filter(([, d]) => want(d)).map(([id]) => id)
    assert.deepEqual(job.filter, narrow)
    assert.deepEqual(csv((await owner.get(`/exports/${job.id}/file`)).text).slice(1).map((r) => r[0]!).sort(), ours.sort())
    assert.equal(job.rows, ours.length)
    assert.ok(events(dir).filter((e) => e.kind === 'data.exported').at(-1)!.data.scope.includes(Object.values(narrow)[0]))
  }
})

test('the program’s own report of an export is nobody else’s to give', async () => {
  assert.equal((await owner.post('/exports/x1/mark', { state: 'done' })).status, 404)
  assert.equal((await owner.post('/commands/export.mark', { id: 'x1', state: 'done' })).status, 404)
})

test('killed in the middle: what was done is still there, what waited or ran is made from its first row, nothing half is served', async () => {
  const done = await finished(owner, (await owner.post('/exports', { kind: 'ratings', format: 'csv', ...range })).body.id), bytes = (await owner.get(`/exports/${done.id}/file`)).text
  const begun = await Promise.all([['csv'], ['xlsx'], ['csv'], ['xlsx'], ['csv', 'en'], ['xlsx', 'en'], ['xlsx']].map(([format, language]) => owner.post('/exports', { kind: 'messages', format, ...(language && { language }), ...range }))), ids = begun.map((r) => { assert.equal(r.status, 202, r.text); return r.body.id as string })
  await service.stop('SIGKILL') // the last of them surely had not begun: one is made at a time
  const state = execFileSync('sqlite3', [join(dir, 'desk.db'), `SELECT state FROM export_job WHERE id IN ('${ids.join("','")}')`], { encoding: 'utf8' }).trim().split('\n')
  assert.ok(state.includes('waiting'), 'all were done before the power went')
  writeFileSync(join(dir, 'exports', `${ids.at(-1)}.xlsx`), 'half a file') // and what a broken one leaves
  writeFileSync(join(dir, 'exports', 'stranger.csv'), 'of nobody')
  const logged = events(dir).filter((e) => e.kind === 'data.exported').length
  await service.start()
  owner = await signIn('001')
  agent = await signIn('101')
  assert.ok(!existsSync(join(dir, 'exports', 'stranger.csv')))
  const again = (await owner.get(`/exports/${done.id}`)).body
  assert.deepEqual([again.state, again.rows, again.size, again.expires_ms], [done.state, done.rows, done.size, done.expires_ms])
  assert.equal((await owner.get(`/exports/${done.id}/file`)).text, bytes)
  assert.equal((await agent.get(`/exports/${done.id}/file`)).status, 404, 'still nobody else’s')
  const listed = (await owner.get('/exports')).body.items.map((j: any) => j.id)
  for (const id of ids) assert.ok(listed.includes(id), id)
  const all = await Promise.all(ids.map((id) => finished(owner, id)))
  for (const j of all) assert.deepEqual([j.state, j.rows], ['done', all[0].rows])
  assert.equal(csv((await owner.get(`/exports/${ids[0]}/file`)).text).length - 1, all[0].rows)
  assert.equal((await owner.get(`/exports/${ids[0]}/file`)).text, (await owner.get(`/exports/${ids[2]}/file`)).text)
  assert.deepEqual(all.map((j) => j.language), ['zh', 'zh', 'zh', 'zh', 'en', 'en', 'zh'])
  for (const [i, head] of [[0, '会话'], [1, '会话'], [4, 'Conversation'], [5, 'Conversation'], [6, '会话']] as const) assert.equal((await download(service, owner, `/exports/${ids[i]}/file`)).sheets[0]!.rows[0]![0], head, 'the language was forgotten')
  assert.equal(events(dir).filter((e) => e.kind === 'data.exported').length, logged, 'taken up again is not exported again')
})

test('stopped by hand stays stopped after a start; an orderly end loses nothing either', async () => {
  const posted = await Promise.all([1, 2, 3].map(() => owner.post('/exports', { kind: 'messages', format: 'xlsx', ...range }))), last = posted[2]!.body.id
  await owner.ask('DELETE', `/exports/${last}`)
  assert.equal((await finished(owner, last)).state, 'cancelled')
  await service.stop()
  await service.start()
  owner = await signIn('001')
  assert.equal((await owner.get(`/exports/${last}`)).body.state, 'cancelled')
  for (const r of posted.slice(0, 2)) assert.equal((await finished(owner, r!.body.id)).state, 'done')
})

test('an export that waits for consent begins when it is given, for who had asked; refused, it does not', async () => {
  const source: string = (await owner.get('/rulebook/source')).body.source, gate = '申请 资料.导出:\n  经 部门经理 若 密级=内部\n  准 其余\n'
  assert.match(source, /申请 资料.外发/)
  const published = await owner.post('/rulebook/publish', { source: source.replace('版本 1.0', '版本 1.1').replace('岗位 主管 上级 部门经理', '岗位 主管 上级 部门经理 可 资料.导出').replace('申请 资料.外发', gate + '申请 资料.外发'), in_force: new Date(Date.now() - 86400_000).toISOString().slice(0, 10), warnings_read: 99 })
  assert.equal(published.status, 200, published.text)
  const boss = await signIn('002')
  const jobs = async () => (await boss.get('/exports')).body.items.length
  const before_ = await jobs(), log_ = events(dir).filter((e) => e.kind === 'data.exported').length
  const ask = async () => { const r = await boss.post('/exports', { kind: 'ratings', format: 'csv', ...range }); assert.equal(r.status, 200, r.text); assert.equal(r.body.decision.verdict, 'consult'); return r.body.decision.approval as string }
  const first = await ask(), second = await ask()
  assert.equal(await jobs(), before_, 'nothing may begin before consent')
  assert.equal((await owner.post(`/approvals/${second}`, { result: 'disagree', text: '不必' })).body.state, 'refuse')
  assert.equal(await jobs(), before_, 'refused, and yet it began')
  const given = await owner.post(`/approvals/${first}`, { result: 'agree', text: '可以' })
  assert.equal(given.body.state, 'permit', given.text)
  assert.equal(await jobs(), before_ + 1)
  const job = await finished(boss, given.body.result.id)
  assert.equal(job.state, 'done')
  assert.equal((await boss.get(`/exports/${job.id}/file`)).status, 200)
  assert.equal((await owner.get(`/exports/${job.id}/file`)).status, 404, 'it belongs to who asked, not to who agreed')
  assert.equal(events(dir).filter((e) => e.kind === 'data.exported').length, log_ + 1)
})

test('agreed to, and then the power goes: it is made after the start, once, for who had asked', async () => {
  let boss = await signIn('002')
  const logged = () => events(dir).filter((e) => e.kind === 'data.exported').length, before_ = logged()
  const ask = await boss.post('/exports', { kind: 'messages', format: 'csv', language: 'en', ...range })
  assert.equal(ask.body.decision?.verdict, 'consult', ask.text)
  await service.stop('SIGKILL') // the request itself is in the log
  await service.start()
  owner = await signIn('001')
  const given = await owner.post(`/approvals/${ask.body.decision.approval}`, { result: 'agree', text: '可以' })
  await service.stop('SIGKILL')
  assert.equal(given.body.state, 'permit', given.text)
  assert.equal(logged(), before_ + 1)
  await service.start()
  boss = await signIn('002')
  owner = await signIn('001')
  const job = await finished(boss, given.body.result.id)
  assert.equal(job.state, 'done')
  const rows = csv((await boss.get(`/exports/${job.id}/file`)).text)
  assert.equal(rows.length - 1, job.rows)
  assert.deepEqual([job.language, rows[0]], ['en', rowFiles.messages!.heads], 'the language was forgotten while it waited')
  assert.ok(job.rows > 0)
  assert.equal((await owner.get(`/exports/${job.id}/file`)).status, 404)
  assert.equal(logged(), before_ + 1, 'begun twice')
})

test('a file stays for a day and not an hour longer, also over a start', async () => {
  const aged = new Service(), now = Date.parse('2026-03-31T15:30:00Z')
  try {
    await aged.startAt(now)
    const own = await aged.setUp(), files = () => readdirSync(join(aged.dir, 'data', 'exports'))
    const make = async () => { const r = await own.post('/exports', { kind: 'conversations', format: 'csv', ...range }); assert.equal(r.status, 202, r.text); return finished(own, r.body.id) }
    const job = await make()
    assert.deepEqual([job.state, job.expires_ms], ['done', now + 86400_000])
    await aged.tick(now + 86400_000 - 1000)
    await own.login('001')
    assert.equal((await own.get(`/exports/${job.id}/file`)).status, 200)
    await aged.stop()
    await aged.start('--clock', join(aged.dir, 'clock'))
    assert.equal((await own.get(`/exports/${job.id}/file`)).status, 200, 'the day does not end with the program')
    await aged.tick(now + 86400_000)
    await own.login('001')
    const gone = await own.get(`/exports/${job.id}/file`)
    assert.equal(gone.status, 404)
    assert.match(gone.body.error.zh, /只留一天/)
    assert.match(gone.body.error.en, /stay for a day/)
    assert.deepEqual(files(), [])
    // and when nobody asks: the program itself takes it away
    const next = await make()
    assert.deepEqual(files(), [`${next.id}.csv`])
    await aged.tick(now + 3 * 86400_000)
    while (files().length) await pause(50)
    // and when the program was not there as the day ended
    await own.login('001')
    const last = await make()
    await aged.stop()
    writeFileSync(join(aged.dir, 'clock'), String(now + 9 * 86400_000))
    await aged.start('--clock', join(aged.dir, 'clock'))
    assert.deepEqual(files(), [])
    await own.login('001')
    assert.equal((await own.get(`/exports/${last.id}`)).status, 404)
    assert.equal(execFileSync('sqlite3', [join(aged.dir, 'data', 'desk.db'), `SELECT COUNT(*) FROM export_job WHERE id = '${job.id}'`], { encoding: 'utf8' }).trim(), '0')
  } finally { await aged.end() }
})
