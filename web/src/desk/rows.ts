// Pure helpers of the queue and the message list.
import type { By, ConversationRow, Message } from '@/api/types'

/** From this wait on a row darkens, whatever the rulebook says. */
export const LONG_WAIT_MS = 100_000

const speakers: Record<string, By['type']> = { customer_spoke: 'customer', agent_replied: 'agent', auto_replied: 'auto', noted: 'note', note_added: 'note' }
export const byOf = (kind: string): By['type'] | null => speakers[kind] ?? null
export const rowText = (text: string, files: number) => text || (files ? '\u0001' : '')
const types = new Set(['customer', 'agent', 'auto', 'system', 'note'])
/** Who spoke last; the field holds the kind of speaker, or a person's id beside the kind. */
export function lastBy(r: ConversationRow): By['type'] {
  if (!r.last) return 'system'
  const by = typeof r.last.by === 'string' ? r.last.by : r.last.by?.type
  return (types.has(by) ? by : types.has(r.last.type ?? '') ? r.last.type : 'system') as By['type']
}

/** When a row has to be answered: its clock's end, else as if the long-wait mark were the end. */
const dueOf = (r: ConversationRow) => (r.clock && r.clock.state !== 'paused' ? r.clock.due_ms : (r.wait_since_ms ?? r.started_ms) + LONG_WAIT_MS)

export interface Groups { must: ConversationRow[]; idle: ConversationRow[]; accept: ConversationRow[] }
/** Must answer (most urgent first), waiting for the customer (newest first), to accept (longest wait first). */
export function groupRows(mine: ConversationRow[], waiting: ConversationRow[]): Groups {
  const must = mine.filter((r) => r.group === 'must').sort((a, b) => dueOf(a) - dueOf(b))
  const idle = mine.filter((r) => r.group !== 'must').sort((a, b) => (b.last?.at ?? b.started_ms) - (a.last?.at ?? a.started_ms))
  const accept = [...waiting].sort((a, b) => (a.wait_since_ms ?? a.started_ms) - (b.wait_since_ms ?? b.started_ms))
  return { must, idle, accept }
}
export const isOver = (r: ConversationRow, now: number): boolean => (r.group === 'must' || r.group === 'accept') && ((!!r.clock && r.clock.state !== 'paused' && (r.clock.state === 'violated' || r.clock.due_ms <= now)) || (r.wait_since_ms != null && now - r.wait_since_ms >= LONG_WAIT_MS))

/** One list in order of sequence; a later copy of the same message wins (read marks). */
export function mergeMessages(a: Message[], b: Message[]): Message[] {
  const all = new Map<string, Message>()
  for (const m of a) all.set(m.id, m)
  for (const m of b) all.set(m.id, m)
  return [...all.values()].sort((x, y) => x.seq - y.seq || x.at - y.at)
}

/** Variables of a phrase: known ones are filled, the others stay in braces for the person. */
export function fillPhrase(text: string, values: Record<string, string | undefined>): string {
  return text.replace(/\{([^{}]{1,12})\}/g, (whole, name: string) => values[name.trim()] || whole)
}
/** The first open variable at or after `from`: [start, end) or null. */
export function nextGap(text: string, from = 0): [number, number] | null {
  const re = /\{[^{}]{1,12}\}/g
  re.lastIndex = from
  const m = re.exec(text)
  return m ? [m.index, m.index + m[0].length] : null
}
/** What is being looked for after a slash that stands at the start or after a space: "/bc" → "bc". null = no phrase wanted. */
export function slashWord(text: string, caret: number): { from: number; word: string } | null {
  const m = /(?:^|[\s，。！？])\/([^\s/]{0,20})$/.exec(text.slice(0, caret))
  return m ? { from: caret - m[1]!.length - 1, word: m[1]! } : null
}
export interface Found { id: string; keys: string; text: string; title?: string; used?: number }
/** Short words first, then text that contains the word; often used ones before the others. */
export function filterPhrases(all: Found[], word: string): Found[] {
  const w = word.toLowerCase()
  const rank = (p: Found) => (!w ? 0 : p.keys.toLowerCase() === w ? 0 : p.keys.toLowerCase().startsWith(w) ? 1 : p.title?.includes(word) ? 2 : p.text.includes(word) ? 3 : p.keys.toLowerCase().includes(w) ? 4 : 9)
  return all.map((p) => ({ p, r: rank(p) })).filter((x) => x.r < 9).sort((a, b) => a.r - b.r || (b.p.used ?? 0) - (a.p.used ?? 0)).map((x) => x.p).slice(0, 8)
}
