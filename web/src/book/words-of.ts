// What can be written at a place and what a word means: from the compiler's words, the desk's vocabulary and the names of the book itself.
import type { Table } from '@/rules/colour'
import type { Name } from './state'

export interface Choice { label: string; detail: string; type: string; boost: number; part?: boolean }
export interface Explained { word: string; kind: string; text: string }

const groups: Record<string, [zh: string, en: string]> = { item: ['起头的词', 'begins an item'], act: ['后果', 'consequence'], tail: ['附加', 'tail'], part: ['用词', 'word'], function: ['算', 'function'], window: ['期间', 'window'], period: ['周期', 'period'], weekday: ['星期', 'weekday'], structure: ['结构词', 'structural word'] }
const kinds: Record<string, [zh: string, en: string]> = { figure: ['参数', 'figure'], define: ['所称', 'definition'], role: ['岗位', 'role'], shift: ['班次', 'shift'], case: ['单据', 'case'], field: ['字段', 'field'], event: ['事', 'event'], let: ['量', 'measure'], score: ['积分', 'score'], checklist: ['检查表', 'checklist'], value: ['项', 'item'], account: ['账户', 'account'], class: ['密级', 'data class'], words: ['话术', 'phrases'], survey: ['问卷', 'survey'], tag: ['标签', 'tag'] }
const pick = (pair: [string, string] | undefined, english: boolean) => (pair ? pair[english ? 1 : 0] : '')

/** Choices that begin with (or, from two characters on, contain) what stands before the caret. After a dot only what follows the dot. */
export function completions(before: string, table: Table | null, names: readonly Name[], english: boolean): Choice[] {
  const out: Choice[] = [], seen = new Set<string>(), dot = before.lastIndexOf('.')
  const add = (label: string, detail: string, type: string, boost: number, part = false) => { if (label && !seen.has(label)) { seen.add(label); out.push({ label, detail, type, boost, part }) } }
  if (dot >= 0) {
    const noun = before.slice(0, dot)
    for (const k of table?.all.kinds ?? []) { if (k.zh.startsWith(noun + '.')) add(k.zh.slice(noun.length + 1), k.en, 'event', 3, true); if (k.en.startsWith(noun + '.')) add(k.en.slice(noun.length + 1), k.zh, 'event', 3, true) }
    for (const n of table?.all.nouns ?? []) if (n.zh === noun || n.en === noun) for (const f of n.fields) add(n.zh === noun ? f.zh : f.en, n.zh === noun ? f.en : f.zh, 'field', 2, true)
    for (const n of names) if (n.kind === 'event' && n.name.startsWith(noun + '.')) add(n.name.slice(noun.length + 1), n.detail, 'event', 4, true)
    const kind = table?.all.kinds.find((k) => k.zh === noun || k.en === noun)
    for (const f of kind?.fields ?? []) add(kind!.zh === noun ? f.zh : f.en, kind!.zh === noun ? f.en : f.zh, 'field', 2, true)
    return out
  }
  for (const n of names) if (n.kind !== 'tag' && n.kind !== 'event') add(n.name, `${pick(kinds[n.kind], english)}${n.detail ? ` ${n.detail}` : ''}`, n.kind, 5)
  for (const n of names) if (n.kind === 'event') add(n.name, pick(kinds.event, english), 'event', 4)
  for (const w of table?.all.words ?? []) { add(w.zh, english ? w.en : w.help?.zh ?? w.en, w.group, w.group === 'item' || w.group === 'act' ? 3 : 2); if (english) add(w.en, w.help?.en ?? w.zh, w.group, 1) }
  for (const k of table?.all.kinds ?? []) add(english ? k.en : k.zh, english ? k.zh : k.en, 'event', 2)
  for (const k of table?.all.kinds ?? []) for (const f of k.fields) add(f.zh, `${pick(kinds.field, english)} ${f.type_zh}`, 'field', 0)
  for (const u of table?.all.units ?? []) if (!u.english && u.name.length > 1) add(u.name, u.type, 'unit', -1)
  return out
}

/** The word (or dotted path, or #id) around a place of a line. */
export function wordAt(line: string, at: number): { text: string; from: number; to: number } | null {
  const is = (c: string | undefined) => !!c && /[\u4e00-\u9fffA-Za-z0-9_.#-]/.test(c)
  let from = at, to = at
  while (from > 0 && is(line[from - 1])) from--
  while (to < line.length && is(line[to])) to++
  const text = line.slice(from, to).replace(/^[\d.-]+|\.+$/g, '')
  if (!text) return null
  const start = line.indexOf(text, from)
  return { text, from: start, to: start + text.length }
}

export function explain(word: string, table: Table | null, names: readonly Name[], english: boolean): Explained | null {
  const own = names.find((n) => n.name === word) ?? (word.startsWith('#') ? names.find((n) => n.kind === 'tag' && n.name === word.slice(1)) : undefined)
  if (own) return { word, kind: pick(kinds[own.kind], english), text: own.detail || (english ? `line ${own.line}` : `第 ${own.line} 行`) }
  const w = table?.byWord.get(word)
  if (w) return { word, kind: `${pick(groups[w.group], english)} · ${english ? w.zh : w.en}`, text: w.help ? (english ? w.help.en : w.help.zh) : english ? w.en : w.zh }
  const kind = table?.all.kinds.find((k) => k.zh === word || k.en === word)
  if (kind) return { word, kind: `${english ? 'event' : '事'} · ${kind.zh === word ? kind.en : kind.zh}`, text: kind.fields.map((f) => (kind.zh === word && !english ? f.zh : english ? f.en : f.zh)).join(english ? ', ' : '、') }
  const [head, tail] = [word.slice(0, word.lastIndexOf('.')), word.slice(word.lastIndexOf('.') + 1)]
  for (const n of table?.all.nouns ?? []) { const f = (n.zh === head || n.en === head) && n.fields.find((x) => x.zh === tail || x.en === tail); if (f) return { word, kind: `${english ? 'field of' : '字段，属'} ${english ? n.en : n.zh}`, text: `${f.zh} · ${f.en} · ${english ? f.type : f.type_zh}` } }
  const holders = (table?.all.kinds ?? []).filter((k) => k.fields.some((f) => f.zh === word || f.en === word))
  const field = holders[0]?.fields.find((f) => f.zh === word || f.en === word)
  if (field) return { word, kind: `${english ? 'field' : '字段'} · ${english ? field.type : field.type_zh}`, text: `${english ? field.zh : field.en}${field.values.length ? `：${field.values.map((v) => (english ? v.en : v.zh)).join(' | ')}` : ''}` }
  return null
}
