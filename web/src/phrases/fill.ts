// What quick phrases need without a page: filling variables in, finding by short form, pinyin and words, what became of an inserted text,
// and lists as CSV.
import type { Phrase, PhraseVariable } from '@/api/types'

export interface Facts { customer?: string; me?: string; number?: string; shop?: string; order?: string; goods?: string; amount?: string; carrier?: string; tracking?: string; greeting: string; date: string; time: string }
/** Every name of every variable with what stands for it; without the server's list (not fetched yet) nothing is filled in. */
export function valuesOf(variables: PhraseVariable[], facts: Facts): Record<string, string | undefined> {
  const out: Record<string, string | undefined> = {}
  for (const v of variables) for (const name of v.names) out[name] = facts[v.key as keyof Facts]
  return out
}
/** 早上好 until 11, 中午好 until 13, 下午好 until 18, then 晚上好. */
export const greetingOf = (hour: number, english: boolean): string =>
  english ? (hour < 5 || hour >= 18 ? 'Good evening' : hour < 12 ? 'Good morning' : 'Good afternoon') : hour < 5 || hour >= 18 ? '晚上好' : hour < 11 ? '早上好' : hour < 13 ? '中午好' : '下午好'

const RECENT = 3
const plain = (s: string) => s.normalize('NFKC').toLowerCase()
/** Without a word: the three I used last, then what I use most, then what all use. With one: short form, pinyin, group, words; each by use. */
export function rankPhrases(all: Phrase[], word: string, most = 8): Phrase[] {
  const w = plain(word)
  const byUse = (a: Phrase, b: Phrase) => (b.mine ?? 0) - (a.mine ?? 0) || (b.used ?? 0) - (a.used ?? 0)
  if (!w) {
    const recent = all.filter((p) => p.mine_ms).sort((a, b) => b.mine_ms! - a.mine_ms!).slice(0, RECENT)
    return [...recent, ...all.filter((p) => !recent.includes(p)).sort(byUse)].slice(0, most)
  }
  const latin = /^[a-z0-9]+$/.test(w)
  const rank = (p: Phrase): number => {
    const k = plain(p.keys), text = plain(p.text)
    if (k === w) return 0
    if (k.startsWith(w)) return 1
    if (latin && p.pinyin?.startsWith(w)) return 2
    if (p.group && plain(p.group).includes(w)) return 3
    if (text.includes(w)) return 4
    if (latin && w.length > 1 && p.pinyin?.includes(w)) return 5
    return k.includes(w) ? 6 : 9
  }
  return all.map((p) => ({ p, r: rank(p) })).filter((x) => x.r < 9).sort((a, b) => a.r - b.r || byUse(a.p, b.p)).map((x) => x.p).slice(0, most)
}

const GAP = /\{[^{}]{1,12}\}/
const escaped = (s: string) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** What became of a phrase that was put in: said as it stood (words around it and filled gaps do not count), changed, or gone. */
export function fateOf(inserted: string, said: string): 'same' | 'edited' | 'gone' {
  const parts = inserted.trim().split(new RegExp(GAP, 'g'))
  if (new RegExp(parts.map(escaped).join('[^]+?')).test(said)) return 'same'
  const letters = [...inserted.replace(new RegExp(GAP, 'g'), '').replace(/\s/g, '')], room = said.replace(/\s/g, '')
  let kept = 0
  for (let i = 0; i + 2 <= letters.length; i++) if (room.includes(letters[i]! + letters[i + 1]!)) kept++
  return letters.length < 2 || kept * 4 < letters.length - 1 ? 'gone' : 'edited'
}

// ---- lists as CSV ----
const HEAD = [['范围', 'scope'], ['岗位', 'team'], ['组', 'group'], ['简码', 'keys'], ['内容', 'text']] as const
const COLUMN = { zh: 0, en: 1 } as const
const SCOPES: Record<string, string> = { 自己: 'personal', 班组: 'team', 全店: 'desk', personal: 'personal', team: 'team', desk: 'desk' }
const SCOPE: Record<string, readonly [string, string]> = { personal: ['自己', 'personal'], team: ['班组', 'team'], desk: ['全店', 'desk'] }
export interface Row { line: number; scope?: string; team?: string; group?: string; keys?: string; text?: string }
const cell = (s: string) => (/[",\r\n]/.test(s) || /^[=+\-@]/.test(s) ? `"${(/^[=+\-@]/.test(s) ? '\t' : '') + s.replace(/"/g, '""')}"` : s)
/** In Chinese or English, both are read back; UTF-8 with its mark, as spreadsheets want it; a text that a spreadsheet would take for a formula gets a tab before it. */
export const toCsv = (list: Phrase[], lang: keyof typeof COLUMN): string => '\ufeff' + [HEAD.map((h) => h[COLUMN[lang]]).join(','), ...list.filter((p) => SCOPE[p.scope ?? '']).map((p) => [SCOPE[p.scope!]![COLUMN[lang]], p.team ?? '', p.group ?? '', p.keys, p.text].map(cell).join(','))].join('\r\n') + '\r\n'

/** UTF-8, else GB18030 (of which GBK is a part). */
export function decode(bytes: ArrayBuffer): string {
  try { return new TextDecoder('utf-8', { fatal: true }).decode(bytes) } catch { return new TextDecoder('gb18030').decode(bytes) }
}
/** Cells with the line each row begins on; quotes may hold line breaks. */
export function parseCsv(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = []
  const tab = /^[^\n"]*\t/.test(text) && !/^[^\n"]*,/.test(text)
  let cells: string[] = [], now = '', quoted = false, line = 1, begun = 1
  const end = () => { cells.push(now); now = ''; if (cells.some((c) => c.trim())) rows.push({ line: begun, cells }); cells = []; begun = line }
  const s = text.replace(/^\ufeff/, '')
  for (let i = 0; i < s.length; i++) {
    const c = s[i]!
    if (c === '\n') line++
    if (quoted) { if (c !== '"') now += c; else if (s[i + 1] === '"') { now += '"'; i++ } else quoted = false } else if (c === '"' && !now) quoted = true
    else if (c === (tab ? '\t' : ',')) { cells.push(now); now = '' } else if (c === '\n') end()
    else if (c !== '\r') now += c
  }
  end()
  return rows
}
/** The rows of a list; 'head' when it has no column of texts. */
export function rowsOf(text: string): Row[] | 'head' {
  const [head, ...rest] = parseCsv(text)
  const at = (names: readonly string[]) => head?.cells.findIndex((c) => names.includes(c.trim().toLowerCase())) ?? -1
  const places = HEAD.map((names) => [names[1], at(names)] as const)
  if (places.find((p) => p[0] === 'text')![1] < 0) return 'head'
  return rest.map(({ line, cells }) => {
    const row: Record<string, string> = {}
    for (const [key, i] of places) { const v = i < 0 ? '' : (cells[i] ?? '').trim(); if (v) row[key] = v }
    if (row.scope) row.scope = SCOPES[row.scope] ?? row.scope
    return { line, ...row }
  })
}
