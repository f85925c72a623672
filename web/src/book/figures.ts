// Figures of a rulebook changed without touching its syntax. The server says where every number stands (POST /rulebook/check); here the
// number is put into the text, and what somebody types is judged before it gets there.
export interface Figure {
  key: string; clause: string; kind: 'figure' | 'number' | 'time'; name: string; words: string; unit: string; type: string; from: string | null
  ours: boolean; doubtful: boolean; note: string; line: number; column: number; length: number; before?: string; after?: string; rule?: string; rule_en?: string; tag?: string
  uses?: { id: string; no: string; title: string }[]
}

/** Offset in UTF-16 of a place given as line and column (code points, from 1). */
export function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let n = 1; n < line; n++) { const nl = text.indexOf('\n', at); if (nl < 0) return text.length; at = nl + 1 }
  for (let n = 1; n < column && at < text.length && text[at] !== '\n'; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return at
}
/** Offset after `length` code points, over line ends too. */
export function offsetAfter(text: string, from: number, length: number): number {
  let at = from
  for (let n = 0; n < length && at < text.length; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return at
}

export const amountOf = (f: Pick<Figure, 'words' | 'unit'>): string => {
  const words = f.words.trim(), m = /\d+(?:\.\d+)?(?::\d\d(?::\d\d)?)?/.exec(words)
  return m ? m[0] : words
}
/** Does the form know how to put a number into these words? "近 7天" and sums of others are changed in the text. */
export const simple = (f: Figure): boolean => (f.kind === 'time' ? /^\d{1,2}:\d\d(:\d\d)?$/.test(f.words.trim()) : /^(CNY\s*)?\d+(?:\.\d+)?\s*\S{0,8}$/.test(f.words.trim()) && f.type !== 'window')

/** What is wrong with a typed amount: null when nothing is. Full-width digits are digits. */
export function wrongAmount(f: Figure, typed: string): 'empty' | 'number' | 'whole' | 'fen' | 'time' | null {
  const s = typed.normalize('NFKC').trim()
  if (!s) return 'empty'
  if (f.kind === 'time') return /^([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d)?$/.test(s) && !(s.startsWith('24') && !/^24:00(:00)?$/.test(s)) ? null : 'time'
  if (!/^\d{1,12}(?:\.\d{1,6})?$/.test(s)) return 'number'
  const digits = s.split('.')[1]?.length ?? 0
  if ((f.type === 'money' || f.type === 'points') && digits > 2 && !/[万亿]/.test(f.unit)) return 'fen'
  if (!['money', 'points', 'ratio'].includes(f.type) && digits) return 'whole'
  return null
}

/** The words with another number in them: unit and spelling stay. */
export const withAmount = (f: Pick<Figure, 'words'>, typed: string): string => f.words.replace(/\d+(?:\.\d+)?(?::\d\d(?::\d\d)?)?/, typed.normalize('NFKC').trim())

/** The text with the figure changed; null when something else stands at its place by now. */
export function setFigure(text: string, f: Figure, typed: string): string | null {
  const from = offsetOf(text, f.line, f.column), to = offsetAfter(text, from, f.length)
  if (text.slice(from, to) !== f.words) return null
  return text.slice(0, from) + withAmount(f, typed) + text.slice(to)
}

/** Puts a note behind a figure's value: 自定 “…” (ours) or 存疑 “…” (doubtful), replacing the one there; an empty note and no kind takes it away. */
export function setNote(text: string, f: Figure, kind: 'ours' | 'doubtful' | '', note: string): string | null {
  if (f.kind !== 'figure') return null
  const from = offsetOf(text, f.line, f.column), to = offsetAfter(text, from, f.length)
  if (text.slice(from, to) !== f.words) return null
  const nl = text.indexOf('\n', to), end = nl < 0 ? text.length : nl
  const rest = text.slice(to, end).replace(/\s*(?:自定|存疑|ours|doubtful)(?:\s*[“"「][^”"」\n]*[”"」])?/g, '')
  const english = /\b(figure)\s/.test(text.slice(text.lastIndexOf('\n', from) + 1, from)), word = kind === 'ours' ? (english ? 'ours' : '自定') : english ? 'doubtful' : '存疑'
  const clean = note.replace(/[“”"\n]/g, '').trim()
  return text.slice(0, to) + rest + (kind ? `  ${word}${clean ? ` “${clean}”` : ''}` : '') + text.slice(end)
}

export interface FigureChange { figure: Figure; was: string | null }
/** Each figure with what it was in another text; figures that are gone come last. */
export function compareFigures(before: Figure[], after: Figure[]): { key: string; before: Figure | null; after: Figure | null }[] {
  const old = new Map(before.map((f) => [f.key, f])), seen = new Set(after.map((f) => f.key))
  return [...after.map((f) => ({ key: f.key, before: old.get(f.key) ?? null, after: f as Figure | null })), ...before.filter((f) => !seen.has(f.key)).map((f) => ({ key: f.key, before: f as Figure | null, after: null }))]
}

const HAN = '零一二三四五六七八九'
/** 30 as 三十: the way prose writes small whole numbers; '' when it would not. */
export function hanNumber(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n > 99) return ''
  if (n < 10) return HAN[n]!
  return (n < 20 ? '' : HAN[Math.floor(n / 10)]!) + '十' + (n % 10 ? HAN[n % 10]! : '')
}
/** Places in the prose of these clauses where an old amount still stands: 30秒, 30 秒 or 三十秒. */
export function proseWith(text: string, ids: string[], words: string): { from: number; to: number; words: string }[] {
  const m = /^(\d+(?:\.\d+)?)\s*(\S+)$/.exec(words.trim())
  if (!m) return []
  const escape = (s: string) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), han = hanNumber(Number(m[1]))
  const re = new RegExp(`(?<![\\d.])${escape(m[1]!)}\\s?${escape(m[2]!)}${han ? `|(?<![零一二三四五六七八九十百])${han}${escape(m[2]!)}` : ''}`, 'g')
  const out: { from: number; to: number; words: string }[] = []
  let at = 0, fence = false, inside = false
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    if (/^ {0,3}```/.test(line)) fence = !fence
    else if (!fence && /^#{1,6}\s/.test(line)) inside = ids.includes(/\{#([^\s}]+)/.exec(line)?.[1] ?? '')
    else if (!fence && inside) for (const hit of line.matchAll(re)) out.push({ from: at + hit.index, to: at + hit.index + hit[0].length, words: hit[0] })
    at += line.length
  }
  return out
}
