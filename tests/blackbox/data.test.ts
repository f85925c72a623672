// A desk's data on the command line: verify, rebuild, back up, restore, import; beside a serving program and after tampering.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const scratch = mkdtempSync(join(tmpdir(), 'guiju-data-'))
const desk = join(scratch, 'desk')
const run = (...args: string[]) => spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 })
const seal = () => JSON.parse(run('verify', '--data', desk, '--json').stdout)

before(() => assert.equal(run('demo', '--data', desk).status, 0))
after(() => rmSync(scratch, { recursive: true, force: true }))

test('the chain of a worked desk is whole', () => {
  const v = seal()
  assert.equal(v.whole, true)
  assert.ok(v.events > 1000 && v.seals > 100)
  assert.equal(run('verify', '--data', desk, '--seal', v.seal).status, 0)
  assert.equal(run('verify', '--data', desk, '--seal', 'f'.repeat(64)).status, 1)
  assert.equal(run('verify', '--data', join(scratch, 'nowhere')).status, 2)
})

test('views rebuilt from the log are identical', () => {
  const checked = run('rebuild', '--data', desk, '--check')
  assert.equal(checked.status, 0, checked.stdout)
  assert.match(checked.stdout, / 0 different/)
  assert.equal(run('rebuild', '--data', desk).status, 0)
  assert.equal(run('rebuild', '--data', desk, '--check').status, 0)
})

test('a backup restores equal and never overwrites', () => {
  const target = join(scratch, 'backup'), restored = join(scratch, 'restored')
  assert.equal(run('backup', '--data', desk, target).status, 0)
  assert.equal(run('backup', '--data', desk, target).status, 1)
  assert.equal(run('restore', target, '--data', restored).status, 0)
  assert.equal(run('restore', target, '--data', restored).status, 1)
  assert.equal(JSON.parse(run('verify', '--data', restored, '--json').stdout).seal, seal().seal)
  assert.equal(run('rebuild', '--data', restored, '--check').status, 0)
  assert.equal(run('restore', scratch, '--data', join(scratch, 'other')).status, 1)
})

test('a file of events is read, told about line by line, and known the second time', () => {
  const copy = join(scratch, 'importing'), file = join(scratch, 'events.jsonl')
  cpSync(desk, copy, { recursive: true })
  writeFileSync(file, [
    '{"kind":"订单.付款","at":"2026-11-01 10:00","data":{"order":"X1","amount":"5"},"id":"order:X1:paid"}',
    '{"kind":"考勤.迟到","at":"2026-11-01 10:00","data":{"person":"p1"}}',
    '{"kind":"order.payd","at":1,"data":{}}',
    '', 'not json'].join('\n'))
  const first = run('import', '--data', copy, 'events', file)
  assert.equal(first.status, 1)
  assert.match(first.stdout, /line 2: .*derived/)
  assert.match(first.stdout, /line 3: .*order\.paid/)
  assert.match(first.stdout, /line 5: /)
  assert.match(first.stdout, /1 new.* 3 refused/)
  assert.match(run('import', '--data', copy, 'events', file).stdout, /0 new.* 1 known/)
  assert.equal(run('import', '--data', copy, 'nonsense', file).status, 2)
  assert.equal(run('verify', '--data', copy).status, 0)
})

test('any changed byte of the log is found', () => {
  const copy = join(scratch, 'tampered'), file = join(copy, 'desk.db')
  cpSync(desk, copy, { recursive: true })
  const bytes = readFileSync(file)
  assert.ok(!existsSync(file + '-wal'))
  // Everywhere it stands: pages that were freed keep their old bytes, and a change there is a change of nothing.
  let changed = 0
  for (let at = bytes.indexOf('"kind":"conversation.agent_replied"'); at > 0; at = bytes.indexOf('"kind":"conversation.agent_replied"', at + 1)) { bytes[at + 9] = bytes[at + 9]! ^ 1; changed++ }
  assert.ok(changed > 0)
  writeFileSync(file, bytes)
  const v = run('verify', '--data', copy)
  assert.equal(v.status, 1)
  assert.match(v.stdout, /event \d+ was changed/)
  assert.equal(run('backup', '--data', copy, join(scratch, 'bad')).status, 1)
  assert.ok(!existsSync(join(scratch, 'bad')))
})
