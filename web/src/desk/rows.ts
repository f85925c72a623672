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
/** What a list shows after its first page was read again: what had been read further down stays, without what has left it since. */
export function renewed(old: ConversationRow[], first: ConversationRow[], whole: boolean, left: ReadonlySet<string>): ConversationRow[] {
  if (whole || old.length <= first.length) return first
  const ids = new Set(first.map((r) => r.id))
  return [...first, ...old.filter((r) => !ids.has(r.id) && !left.has(r.id))]
}

/** Must answer (most urgent first), waiting for the customer (newest first), to accept (longest wait first). */
export function groupRows(mine: ConversationRow[], waiting: ConversationRow[]): Groups {
  const must = mine.filter((r) => r.group === 'must').sort((a, b) => dueOf(a) - dueOf(b))
  const idle = mine.filter((r) => r.group !== 'must').sort((a, b) => (b.last?.at ?? b.started_ms) - (a.last?.at ?? a.started_ms))
  const accept = [...waiting].sort((a, b) => (a.wait_since_ms ?? a.started_ms) - (b.wait_since_ms ?? b.started_ms))
  return { must, idle, accept }
}
/** The settings' clock stands still outside the service hours: then nobody is late. */
const rests = (r: ConversationRow) => !!r.clock && !r.clock.clause && r.clock.state === 'paused'
export const isOver = (r: ConversationRow, now: number): boolean => (r.group === 'must' || r.group === 'accept') && !rests(r) && ((!!r.clock && r.clock.state !== 'paused' && (r.clock.state === 'violated' || r.clock.due_ms <= now)) || (r.wait_since_ms != null && now - r.wait_since_ms >= LONG_WAIT_MS))

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
