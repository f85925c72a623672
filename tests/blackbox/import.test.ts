// Files that are not what they should be, as large as they come, given to the real program: a clear sentence, constant memory,
// and whatever was right is in.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const scratch = mkdtempSync(join(tmpdir(), 'guiju-import-'))
const desk = join(scratch, 'desk')
const env = { ...process.env, LC_ALL: 'zh_CN.UTF-8' }
const HEADER = '订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间\n'
const MEMORY_MOST_KB = 64 * 1024

before(() => assert.equal(spawnSync(binary, ['demo', '--data', desk], { env, timeout: 120000 }).status, 0))
after(() => rmSync(scratch, { recursive: true, force: true }))

function take(file: string): Promise<{ code: number | null; said: string; peakKb: number }> {
  return new Promise((done) => {
    const child = spawn(binary, ['import', 'orders', file, '--data', desk], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = '', peakKb = 0
    child.stdout!.on('data', (d) => { said += d })
    child.stderr!.on('data', (d) => { said += d })
    const look = setInterval(() => {
      try { peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0)) } catch { /* it has ended */ }
    }, 20)
    child.once('close', (code) => { clearInterval(look); done({ code, said, peakKb }) })
  })
}
const file = (name: string, content: string | Buffer) => { const path = join(scratch, name); writeFileSync(path, content); return path }

test('two gigabytes of nothing: named columns are missing, memory stays small', async () => {
  const path = file('zero.csv', '')
  truncateSync(path, 2 * 1024 ** 3)
  const r = await take(path)
  assert.notEqual(r.code, 0)
  assert.match(r.said, /缺少列：订单编号/)
  assert.ok(r.peakKb > 0 && r.peakKb < MEMORY_MOST_KB, `${r.peakKb} kB`)
})

test('one line of 200 MB is refused by its number, the lines around it are in', async () => {
  const path = join(scratch, 'long.csv'), fd = openSync(path, 'w'), part = 'x'.repeat(1024 * 1024)
  writeSync(fd, HEADER + '9900001,青竹,10.00,买家已付款,2026-03-05 10:00:00,2026-03-05 10:01:00\n9900002,')
  for (let i = 0; i < 200; i++) writeSync(fd, part)
  writeSync(fd, ',1.00,买家已付款,2026-03-05 10:00:00,\n9900003,远山,12.00,买家已付款,2026-03-05 10:00:00,2026-03-05 10:01:00\n')
  closeSync(fd)
  const r = await take(path)
  assert.match(r.said, /第 3 行/)
  assert.match(r.said, /读入 3 行：新增 2.*拒绝 1/)
  assert.ok(r.peakKb < MEMORY_MOST_KB, `${r.peakKb} kB`)
})

test('half a last line is refused, the rest is in; sent again nothing changes', async () => {
  const path = file('half.csv', HEADER + '9900011,青竹,10.00,买家已付款,2026-03-05 10:00:00,2026-03-05 10:01:00\n9900012,远山,12.0')
  assert.match((await take(path)).said, /新增 1.*拒绝 1/)
  assert.match((await take(path)).said, /新增 0，更新 0，已有 1，拒绝 1/)
})

test('columns that are not known are named, and what was found beside them', async () => {
  const r = await take(file('columns.csv', '编号,谁,多少\n1,青竹,10\n'))
  assert.notEqual(r.code, 0)
  assert.match(r.said, /缺少列/)
  assert.match(r.said, /谁/)
})

test('an encoding that is none is refused with the way out', async () => {
  const r = await take(file('bytes.csv', Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x00, 0xd8, 0x80, 0x81]), Buffer.from([0x80, 0xff, 0xa1])])))
  assert.notEqual(r.code, 0)
  assert.ok(r.said.length > 10, r.said)
})
