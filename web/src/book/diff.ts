// Differences as people read them: clause by clause, then word by word. A word is a Latin word, a number with its unit's digits, one Han
// character, or a run of blanks; long texts are first cut down to the lines that differ.
import { sections } from './merge'

export interface Piece { text: string; kind: 'same' | 'gone' | 'new' }
const tokens = (s: string) => s.match(/\d+(?:\.\d+)?%?|[A-Za-z_]+|\s+|[^\s]/gu) ?? []
const CELLS_MOST = 4_000_000

function lcs(a: string[], b: string[]): Piece[] {
  const w = b.length + 1, table = new Uint32Array((a.length + 1) * w)
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) table[i * w + j] = a[i] === b[j] ? table[(i + 1) * w + j + 1]! + 1 : Math.max(table[(i + 1) * w + j]!, table[i * w + j + 1]!)
  const out: Piece[] = []
  const put = (text: string, kind: Piece['kind']) => { const last = out.at(-1); if (last?.kind === kind) last.text += text; else out.push({ text, kind }) }
  let i = 0, j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { put(a[i]!, 'same'); i++; j++ } else if (table[(i + 1) * w + j]! >= table[i * w + j + 1]!) put(a[i++]!, 'gone')
    else put(b[j++]!, 'new')
  }
  while (i < a.length) put(a[i++]!, 'gone')
  while (j < b.length) put(b[j++]!, 'new')
  return out
}

export function wordDiff(before: string, after: string): Piece[] {
  if (before === after) return before ? [{ text: before, kind: 'same' }] : []
  const a = tokens(before), b = tokens(after)
  let from = 0, end = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  while (end < a.length - from && end < b.length - from && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const head = a.slice(0, from).join(''), tail = end ? a.slice(-end).join('') : '', x = a.slice(from, a.length - end), y = b.slice(from, b.length - end)
  const mid: Piece[] = x.length * y.length > CELLS_MOST ? [{ text: x.join(''), kind: 'gone' }, { text: y.join(''), kind: 'new' }] : lcs(x, y)
  return ([{ text: head, kind: 'same' }, ...mid, { text: tail, kind: 'same' }] as Piece[]).filter((p) => p.text)
}

export interface ClauseDiff { key: string; title: string; change: 'same' | 'changed' | 'added' | 'removed'; before: string; after: string }
const titleOf = (text: string) => /^#{1,6}[ \t]+(.*?)(?:\s*\{[^}]*\})?\s*$/m.exec(text.split('\n')[0] ?? '')?.[1] ?? ''

/** Every clause of both, in the order of the newer text; removed ones stand behind the one they followed. */
export function clauseDiff(before: string, after: string): ClauseDiff[] {
  const old = sections(before), next = sections(after), was = new Map(old.map((s) => [s.key, s.text])), is = new Map(next.map((s) => [s.key, s.text]))
  const out: ClauseDiff[] = next.map((s) => ({ key: s.key, title: titleOf(s.text), change: !was.has(s.key) ? 'added' : was.get(s.key) === s.text ? 'same' : 'changed', before: was.get(s.key) ?? '', after: s.text }))
  old.forEach((s, i) => {
    if (is.has(s.key)) return
    const behind = i > 0 ? out.findIndex((d) => d.key === old[i - 1]!.key) : -1
    out.splice(behind + 1, 0, { key: s.key, title: titleOf(s.text), change: 'removed', before: s.text, after: '' })
  })
  return out
}

/** Long stretches without a change cut to the lines beside a change; `…` stands for the rest. */
export function trimmed(pieces: Piece[], lines = 2): Piece[] {
  return pieces.map((p, i) => {
    if (p.kind !== 'same') return p
    const all = p.text.split('\n'), first = i === 0, last = i === pieces.length - 1
    if (pieces.length === 1 || all.length <= 2 * lines + 2) return p
    const head = first ? [] : all.slice(0, lines + 1), tail = last ? [] : all.slice(-lines - 1)
    return { ...p, text: [...head, '…', ...tail].join('\n') }
  })
}
