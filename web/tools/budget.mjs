// What a first visit to a page costs, against its limit; the build fails above.
// A route's start is the page, its own chunk and everything these import at once, with the words of its folder.
import { existsSync, readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(dist + '.vite/manifest.json', 'utf8'))
const sizes = new Map()
function size(file) {
  if (!sizes.has(file)) { const data = readFileSync(dist + file); sizes.set(file, [existsSync(dist + file + '.br') ? readFileSync(dist + file + '.br').length : brotliCompressSync(data).length, existsSync(dist + file + '.gz') ? readFileSync(dist + file + '.gz').length : gzipSync(data).length]) }
  return sizes.get(file)
}
function gather(key, files = new Set(), seen = new Set()) {
  const m = manifest[key]
  if (!m || seen.has(key)) return files
  seen.add(key)
  files.add(m.file)
  for (const c of m.css ?? []) files.add(c)
  for (const i of m.imports ?? []) gather(i, files, seen)
  return files
}
const kb = (n) => (n / 1000).toFixed(1)
const start = gather('index.html')
let over = 0
function report(name, files, brLimit, gzLimit) {
  let br = 0, gz = 0
  for (const f of files) { const [b, g] = size(f); br += b; gz += g }
  const bad = br > brLimit * 1000 || gz > gzLimit * 1000
  if (bad) over++
  console.log(`${bad ? 'OVER ' : ''}${name.padEnd(18)} ${kb(br).padStart(6)} kB brotli (limit ${brLimit})  ${kb(gz).padStart(6)} kB gzip (limit ${gzLimit})`)
}
const zh = 'node_modules/element-plus/es/locale/lang/zh-cn.mjs'
function route(page, folders) {
  const files = new Set([...start, 'index.html'])
  for (const k of [page, zh, ...(/phone|login|setup/.test(page) ? [] : ['src/shell/AppShell.vue']), ...folders.map((f) => `src/${f}/words.ts`)]) gather(k, files)
  return files
}
report('workbench start', route('src/desk/DeskPage.vue', ['desk']), 220, 250)
report('phone start', route('src/phone/PhonePage.vue', ['phone', 'office']), 92, 106)
report('widget', ['w.js'], 8, 9)
report('+ its rare parts', ['w-more.js'], 6, 7)
report('survey page', ['c.html', 'c.css', 'c.js'], 8, 9)
for (const [key, m] of Object.entries(manifest)) {
  if (!/^src\/(?!desk|phone)[a-z]+\/[A-Z]\w*Page\.vue$/.test(key) || !m.isDynamicEntry) continue
  const folder = key.split('/')[1], frame = gather('src/shell/AppShell.vue'), own = new Set([...route(key, [folder, 'office'])].filter((f) => !start.has(f) && !frame.has(f) && f !== 'index.html'))
  const chart = /reports/.test(folder)
  report('+ ' + key.slice(4, -4).replace(/Page$/, ''), own, chart ? 190 : 110, chart ? 210 : 125)
}
// the editor comes when somebody begins to write, on top of the page that holds it
report('+ the rulebook', new Set([...route(Object.keys(manifest).find((k) => manifest[k].name === 'BookPage' && manifest[k].isDynamicEntry) ?? 'src/book/BookPage.vue', ['book', 'rules', 'office']), ...gather('src/book/EditPane.vue')].filter((f) => !start.has(f) && !gather('src/shell/AppShell.vue').has(f) && f !== 'index.html')), 110, 125)
report('+ the editor', new Set([...gather('src/book/editor.ts')].filter((f) => !route('src/book/BookPage.vue', ['book', 'office']).has(f))), 115, 130)
report('+ the charts', gather('src/reports/echarts.ts'), 190, 210)
if (over) { console.error(`${over} over budget`); process.exit(1) }
