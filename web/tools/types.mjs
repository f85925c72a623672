// Compares the calls that the pages make with the description a running program serves (/api/v1/openapi.json): every path and
// method used must be there. Usage: npm run types [-- http://127.0.0.1:8080]
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const server = process.argv[2] ?? process.env.GUIJU_SERVER ?? 'http://127.0.0.1:8080'
const root = new URL('../src/', import.meta.url).pathname
const files = []
;(function walk(d) { for (const n of readdirSync(d)) { const p = join(d, n); statSync(p).isDirectory() ? walk(p) : /\.(ts|vue)$/.test(n) && !/\.test\.ts$/.test(n) && files.push(p) } })(root)

const calls = new Map()
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  for (const m of text.matchAll(/api\.(get|post|put|patch|delete|raw)(?:<[^(]*>)?\(\s*([`'])((?:\/)[^`']*)\2/g)) {
    const path = m[3].replace(/\$\{[^}]*\}/g, '*').replace(/\?.*$/, '').replace(/\/$/, '/*'), method = m[1] === 'raw' ? 'post' : m[1]
    const key = method + ' ' + path
    calls.set(key, [...(calls.get(key) ?? []), file.slice(root.length)])
  }
}
const described = await (await fetch(server + '/api/v1/openapi.json')).json()
const known = Object.entries(described.paths).flatMap(([path, ops]) => Object.keys(ops).map((m) => `${m} ${path.replace(/^\/api\/v1/, '').replace(/\{[^}]*\}/g, '*')}`))
const fits = (call) => known.some((k) => { const a = call.split('/'), b = k.split('/'); return a.length === b.length && a.every((x, i) => x === b[i] || b[i] === '*' || (x.includes('*') && b[i].includes('*'))) })
let missing = 0
for (const [call, where] of [...calls].sort()) if (!fits(call)) { missing++; console.error(`not described: ${call}   (${[...new Set(where)].join(', ')})`) }
console.log(`${calls.size} calls, ${known.length} described, ${missing} missing`)
process.exit(missing ? 1 : 0)
