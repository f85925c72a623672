// Files that a person downloads, read as a spreadsheet would read them; and whether an English one says the same as the Chinese one.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, Service } from './service.ts'

export interface Sheet { name: string; rows: string[][] }
export interface File { name: string; bytes: Buffer; sheets: Sheet[] }
export const isChinese = (s: string) => /[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]/.test(s)

/** Fields of comma-separated text, quotes undone. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const m of text.replace(/^\uFEFF/, '').matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/g)) {
    if (m[0] === '') break
    rows.at(-1)!.push(m[1]!.startsWith('"') ? m[1]!.slice(1, -1).replace(/""/g, '"') : m[1]!)
    if (m[2] === '\r\n') rows.push([])
  }
  return rows.filter((r) => r.length > 0)
}
const reader = `
import json, re, sys, zipfile
from xml.etree import ElementTree as tree
z, n = zipfile.ZipFile(sys.argv[1]), '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
said = ["".join(t.text or "" for t in i.iter(n + "t")) for i in tree.fromstring(z.read("xl/sharedStrings.xml"))] if "xl/sharedStrings.xml" in z.namelist() else []
def column(at):
    c = 0
    for l in re.match("[A-Z]+", at)[0]: c = c * 26 + ord(l) - 64
    return c - 1
def cell(c):
    if c.get("t") == "inlineStr": return "".join(t.text or "" for t in c.iter(n + "t"))
    v = c.findtext(n + "v") or ""
    return said[int(v)] if c.get("t") == "s" else v
sheets = []
for i, s in enumerate(tree.fromstring(z.read("xl/workbook.xml")).iter(n + "sheet")):
    rows = []
    for r in tree.fromstring(z.read("xl/worksheets/sheet%d.xml" % (i + 1))).iter(n + "row"):
        row = []
        for c in r:
            row += [""] * (column(c.get("r")) - len(row)) + [cell(c)]
        rows.append(row)
    sheets.append({"name": s.get("name"), "rows": rows})
json.dump(sheets, sys.stdout)`
export function workbook(bytes: Buffer, service: Service): Sheet[] {
  const path = join(service.dir, 'read.xlsx')
  writeFileSync(path, bytes)
  return JSON.parse(execFileSync('python3', ['-c', reader, path], { encoding: 'utf8', maxBuffer: 1 << 28 }))
}
export async function download(service: Service, who: Client, path: string): Promise<File> {
  const r = await fetch(`${service.origin}/api/v1${path}`, { headers: { Cookie: who.cookie } }), bytes = Buffer.from(await r.arrayBuffer())
  assert.equal(r.status, 200, `${path}: ${bytes.subarray(0, 300)}`)
  const name = decodeURIComponent(/''(.*)$/.exec(r.headers.get('content-disposition')!)![1]!)
  return { name, bytes, sheets: name.endsWith('.xlsx') ? workbook(bytes, service) : [{ name: '', rows: csvRows(bytes.toString('utf8')) }] }
}

/** What the desk writes itself, Chinese to English: of a column of the sheet (by its English head), and nowhere else. */
export type Words = Record<string, Record<string, string>>
/** Both have the same rows; the heads are `heads`; a cell differs only where the desk's own word stands in `words`, and then by that word.
 *  Chinese is left in the columns `theirs` alone: what people and the rulebook wrote. `at`: the row of the heads. */
export function sameInEnglish(zh: Sheet, en: Sheet, heads: string[], theirs: string[], words: Words = {}, at = 0): void {
  assert.deepEqual(en.rows[at], heads)
  assert.ok(zh.rows[at]!.every(isChinese), `not Chinese any more: ${zh.rows[at]}`)
  assert.equal(en.rows.length, zh.rows.length)
  const used = new Set<string>()
  for (let r = at + 1; r < zh.rows.length; r++) {
    const want = zh.rows[r]!.map((v, c) => {
      const own = words[heads[c]!] ?? {}
      if (own[v] !== undefined) used.add(heads[c]! + v)
      return own[v] ?? v
    })
    assert.deepEqual(en.rows[r], want)
    assert.deepEqual(en.rows[r]!.filter((v, c) => isChinese(v) && !theirs.includes(heads[c]!)), [], 'Chinese of the desk in an English file')
  }
  const unseen = Object.entries(words).flatMap(([head, own]) => Object.keys(own).map((w) => head + w)).filter((w) => !used.has(w))
  assert.deepEqual(unseen, [], 'words the data never had: they were not tried')
}
