// The words of the rulebook's language, as the compiler itself lists them (GET /rulebook/words): what the pages colour, the editor
// completes and the hover explains. Until they are there a block is shown in plain ink.
import { shallowRef } from 'vue'
import { api } from '@/api/client'

export interface Word { zh: string; en: string; group: string; keyword: boolean; help: { zh: string; en: string } | null }
export interface KindField { zh: string; en: string; type: string; type_zh: string; values: { zh: string; en: string }[] }
export interface Kind { zh: string; en: string; asked: boolean; derived: boolean; fields: KindField[] }
export interface LangWords { words: Word[]; synonyms: { word: string; of: string; english: boolean }[]; units: { name: string; type: string; english: boolean }[]; glue: string[]; types: { zh: string; en: string }[]; kinds: Kind[]; nouns: { zh: string; en: string; fields: KindField[] }[] }
export interface Table { all: LangWords; byWord: Map<string, Word>; keywords: Set<string>; units: string[]; unitsEn: string[]; glue: string[] }

export const langWords = shallowRef<Table | null>(null)
let asked: Promise<void> | null = null
/** Asks once; a failure is tried again with the next page. */
export function loadLangWords(): Promise<void> {
  asked ??= api.get<LangWords>('/rulebook/words').then((w) => { langWords.value = tableOf(w) }).catch(() => { asked = null })
  return asked
}

export function tableOf(all: LangWords): Table {
  const byWord = new Map<string, Word>(), keywords = new Set<string>(), long = (a: string, b: string) => b.length - a.length
  const add = (spelling: string, w: Word) => { byWord.set(spelling, w); if (w.keyword || ['item', 'act', 'tail'].includes(w.group)) keywords.add(spelling) }
  for (const w of all.words) { add(w.zh, w); add(w.en, w) }
  for (const s of all.synonyms) { const w = byWord.get(s.of); if (w) add(s.word, w) }
  return { all, byWord, keywords, units: all.units.filter((u) => !u.english).map((u) => u.name).sort(long), unitsEn: all.units.filter((u) => u.english).map((u) => u.name).sort(long), glue: [...all.glue].sort(long) }
}

export interface Piece { text: string; kind: '' | 'kw' | 'nu' | 'st' | 'cm' }
const lexer = /(“[^”]*”?|「[^」]*」?|"[^"]*"?)|(--[^\n]*|#[\w.\-\u4e00-\u9fff]+)|(\d{4}-\d\d-\d\d|\d{1,2}:\d\d(?::\d\d)?|\d+(?:\.\d+)?%?)|([\u4e00-\u9fff]+)|([A-Za-z_][A-Za-z0-9_]*)/g
const numeral = /^[零一二三四五六七八九十百千两半〇]+/

/** A line of a block cut as the compiler's lexer cuts it, for colouring only. */
export function colour(line: string, table: Table | null = langWords.value): Piece[] {
  const out: Piece[] = []
  const put = (text: string, kind: Piece['kind']) => { if (!text) return; const last = out.at(-1); if (last && last.kind === kind && (kind === '' || kind === 'nu')) last.text += text; else out.push({ text, kind }) }
  const glued = (rest: string): boolean => rest === '' || !!table?.glue.some((g) => rest.startsWith(g) && glued(rest.slice(g.length)))
  const bound = (rest: string) => { while (rest) { const g = table?.glue.find((x) => rest.startsWith(x)); if (!g) { put(rest, ''); return } put(g, 'kw'); rest = rest.slice(g.length) } }
  let at = 0, number = false
  for (const m of line.matchAll(lexer)) {
    if (m.index > at) { put(line.slice(at, m.index), ''); number = false }
    at = m.index + m[0].length
    const s = m[0]
    if (m[1] || m[2]) put(s, m[1] ? 'st' : 'cm')
    else if (m[3]) { put(s, 'nu'); number = true; continue }
    else if (m[4]) {
      const unit = number ? table?.units.find((u) => s.startsWith(u) && glued(s.slice(u.length))) : undefined
      const num = !number && !table?.byWord.has(s) ? numeral.exec(s)?.[0] : undefined, numUnit = num ? table?.units.find((u) => s.startsWith(u, num.length) && glued(s.slice(num.length + u.length))) : undefined
      if (unit) { put(unit, 'nu'); bound(s.slice(unit.length)) }
      else if (number && glued(s)) bound(s)
      else if (num && numUnit) { put(num + numUnit, 'nu'); bound(s.slice(num.length + numUnit.length)) }
      else put(s, table?.keywords.has(s) ? 'kw' : '')
    } else put(s, number && table?.unitsEn.includes(s) ? 'nu' : s === 'CNY' ? 'nu' : table?.keywords.has(s) ? 'kw' : '')
    number = false
  }
  put(line.slice(at), '')
  return out
}
