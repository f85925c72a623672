// The program on the command line: help in two languages, exit codes, one desk one program.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { join } from 'node:path'
import { Service } from './service.ts'

const binary = process.env.GUIJU_BINARY ?? 'build/src/app/guiju'
const run = (lang: string, ...args: string[]) => spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: '', LC_MESSAGES: '', LANG: lang }, timeout: 20000 })
const service = new Service()
before(() => service.start())
after(() => service.end())

test('help speaks the language of LANG and names every command', () => {
  const zh = run('zh_CN.UTF-8', '--help'), en = run('en_US.UTF-8', '--help')
  assert.equal(zh.status, 0)
  assert.match(zh.stdout, /用法/)
  assert.match(en.stdout, /usage/)
  assert.doesNotMatch(en.stdout, /[一-鿿]/)
  const names = [...en.stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((m) => m[1]!)
  assert.ok(names.includes('serve'))
  for (const name of names) {
    for (const lang of ['zh_CN.UTF-8', 'en_US.UTF-8']) {
      const one = run(lang, name, '--help')
      assert.equal(one.status, 0, name)
      assert.match(one.stdout, lang.startsWith('zh') ? /退出码/ : /exit codes/, name)
    }
  }
})

test('mistakes are named, with exit code 2', () => {
  assert.equal(run('en_US.UTF-8').status, 2)
  for (const args of [['nonsense'], ['serve', '--nonsense'], ['serve', '--data'], ['serve', '--listen', 'x:y'], ['serve', '--listen', ':0'], ['serve', '--listen', ':70000'], ['serve', '--cert', 'a'], ['serve', '--readers', '0']]) {
    const r = run('en_US.UTF-8', ...args)
    assert.equal(r.status, 2, args.join(' '))
    assert.ok(r.stderr.length > 10)
  }
})

test('a desk has one program at a time, a port one server', () => {
  const same = run('en_US.UTF-8', 'serve', '--data', join(service.dir, 'data'), '--listen', '127.0.0.1:1')
  assert.equal(same.status, 1)
  assert.match(same.stderr, /serve\.locked/)
  const port = run('en_US.UTF-8', 'serve', '--data', join(service.dir, 'a', 'b', 'c'), '--listen', `127.0.0.1:${service.port}`)
  assert.equal(port.status, 1)
  assert.match(port.stderr, /net\.port/)
  const place = run('en_US.UTF-8', 'serve', '--data', '/proc/nowhere')
  assert.equal(place.status, 1)
  assert.match(place.stderr, /serve\.data/)
})

test('the API description is the same on the command line', async () => {
  const r = run('en_US.UTF-8', 'openapi')
  assert.equal(r.status, 0)
  assert.deepEqual(JSON.parse(r.stdout), await (await fetch(service.origin + '/api/v1/openapi.json')).json())
})
