// The demo month: the same options give the same log, another seed another one; every kind of thing a shop's month has is in it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { events } from './log.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const scratch = mkdtempSync(join(tmpdir(), 'guiju-month-'))
const run = (...args: string[]) => spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'en_US.UTF-8' }, timeout: 120000 })
const month = (name: string, seed: number, ...more: string[]) => run('demo', '--month', '--data', join(scratch, name), '--seed', String(seed), '--now', '2026-03-31 15:10', '--agents', '5', '--conversations', '500', ...more)
const seal = (r: { stdout: string }) => /seal ([0-9a-f]{64})/.exec(r.stdout)?.[1]
after(() => rmSync(scratch, { recursive: true, force: true }))

test('the same seed gives the same seal, another seed another', () => {
  const a = month('a', 11), b = month('b', 11), c = month('c', 12)
  assert.equal(a.status, 0, a.stderr)
  assert.ok(seal(a))
  assert.equal(seal(a), seal(b))
  assert.notEqual(seal(a), seal(c))
})

test('the chain is whole, and the views come back the same from the log', () => {
  assert.equal(run('verify', '--data', join(scratch, 'a')).status, 0)
  const r = run('rebuild', '--check', '--data', join(scratch, 'a'))
  assert.equal(r.status, 0, r.stdout)
})

test('a month holds what a month holds', () => {
  const all = events(join(scratch, 'a')), kinds = new Map<string, number>()
  for (const e of all) kinds.set(e.kind, (kinds.get(e.kind) ?? 0) + 1)
  for (const k of ['conversation.transferred', 'conversation.abandoned', 'conversation.rated', 'conversation.tagged', 'order.completed', 'case.opened', 'shift.assigned', 'presence.changed', 'attendance.clocked_out', 'roster.published'])
    assert.ok((kinds.get(k) ?? 0) > 0, `no ${k}`)
  assert.ok(all.some((e) => e.kind === 'shift.assigned' && e.data.cause === 'leave'))
  assert.ok(all.some((e) => e.recorded && e.kind === 'conversation.started'), 'nothing came late')
  const channels = new Set(all.filter((e) => e.kind === 'conversation.started').map((e) => e.data.channel))
  assert.deepEqual([...channels].sort(), ['电话', '网页', '邮件'].sort())
})

test('numbers that make no month are refused, and nothing is left behind that looks like a desk', () => {
  assert.equal(month('bad', 1, '--messages', '600').status, 1)
  assert.equal(run('demo', '--month', '--data', join(scratch, 'worse'), '--agents', 'many').status, 2)
  assert.equal(month('a', 11).status, 1)
})
