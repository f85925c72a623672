// Checks the catalogues: the same keys in both languages, Chinese punctuation in Chinese, no word outside a catalogue in a template.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'

const root = new URL('../src/', import.meta.url).pathname
const files = []
;(function walk(d) { for (const n of readdirSync(d)) { const p = join(d, n); statSync(p).isDirectory() ? walk(p) : files.push(p) } })(root)
const faults = []
const flat = (o, at = '') => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' ? flat(v, at + k + '.') : [[at + k, v]]))

for (const file of files.filter((f) => f.endsWith('words.ts'))) {
  const code = buildSync({ entryPoints: [file], bundle: true, write: false, format: 'esm' }).outputFiles[0].text
  const { default: words } = await import('data:text/javascript;base64,' + Buffer.from(code).toString('base64'))
  const zh = new Map(flat(words.zh)), en = new Map(flat(words.en)), name = file.slice(root.length)
  for (const k of zh.keys()) if (!en.has(k)) faults.push(`${name}: ${k} has no English`)
  for (const k of en.keys()) if (!zh.has(k)) faults.push(`${name}: ${k} has no Chinese`)
  for (const [k, v] of zh) {
    if (/[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/.test(v.replace(/\{[^}]*\}/g, ''))) faults.push(`${name}: ${k} half-width punctuation in Chinese: ${v}`)
    if (/[\u4e00-\u9fff][0-9]|[0-9][\u4e00-\u9fff]/.test(v) && !/\d[年月日]|[年月]\d|第\d|[\u4e00-\u9fff]\d{4}-/.test(v)) faults.push(`${name}: ${k} wants a space between a character and a digit: ${v}`)
  }
  for (const [k, v] of [...zh, ...en]) if (v.includes('|')) faults.push(`${name}: ${k} a bar parts plural forms; use a line break to part choices: ${v}`)
  for (const [k, v] of en) if (/[\u4e00-\u9fff]/.test(v) && !/\.zh$/.test(k)) faults.push(`${name}: ${k} Chinese left in English: ${v}`)
}
for (const file of files.filter((f) => f.endsWith('.vue'))) {
  const text = readFileSync(file, 'utf8'), template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? ''
  const bare = template.replace(/<!--[\s\S]*?-->/g, '').replace(/ who="[^"]*"/g, '').replace(/"[^"]*"/g, (m) => (/^"[^{]*[=!]==? ?'/.test(m) ? '""' : m))
  const found = /[\u4e00-\u9fff]+/.exec(bare.replace(/(===|!==|==|\?|:|\(|,|\[|!) ?'[^']*'/g, ''))
  if (found) faults.push(`${file.slice(root.length)}: a word outside the catalogue: ${found[0]}`)
  if (/<[a-z][^>]*\sstyle="/.test(template)) faults.push(`${file.slice(root.length)}: a static style attribute (the content security policy may block it)`)
  if (/v-html/.test(template)) faults.push(`${file.slice(root.length)}: v-html`)
}
for (const f of faults) console.error(f)
console.log(`words: ${faults.length} faults`)
process.exit(faults.length ? 1 : 0)
