// Puts .br and .gz beside every file that gets smaller by it; the server sends the form the client takes.
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const files = []
;(function walk(d) { for (const n of readdirSync(d)) { const p = join(d, n); statSync(p).isDirectory() ? walk(p) : files.push(p) } })(dist)
let count = 0
for (const file of files) {
  if (/\.(br|gz)$/.test(file)) { rmSync(file); continue }
  if (!/\.(html|js|css|svg|json|webmanifest|txt)$/.test(file) || file.includes('/.vite/')) continue
  const data = readFileSync(file)
  if (data.length < 400) continue
  const text = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length }
  for (const [end, small] of [['br', brotliCompressSync(data, { params: text })], ['gz', gzipSync(data, { level: 9 })]]) if (small.length < data.length) writeFileSync(`${file}.${end}`, small)
  count++
}
console.log(`precompressed ${count} files`)
