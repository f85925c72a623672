// Numbers, titles and words of clauses, for tags and pop-ups that know only an id. The handbook is fetched once and kept.
import { ref } from 'vue'
import { api } from '@/api/client'
import type { ClauseRef } from '@/api/types'
import { plainText } from './html'

interface Book { clauses: { id: string; no: string; title: string; html: string }[] }
const known = ref(new Map<string, { no: string; title: string; html: string }>())
let book: Promise<void> | undefined

function load(): Promise<void> {
  book ??= api.get<Book>('/rulebook').then((b) => { known.value = new Map(b.clauses.map((c) => [c.id, c])) })
  book.catch(() => { book = undefined })
  return book
}
/** The words of a clause as plain text; empty when the handbook cannot be had. */
export async function clauseProse(id: string): Promise<string> {
  try { await load() } catch { return '' }
  const html = known.value.get(id)?.html
  return html ? plainText(html, 'pre,code,h1,h2,h3,table').slice(0, 240) : ''
}
/** The clause with number and title, filled from the handbook where the given one holds only an id. Reactive. */
export function fullClause(c: Partial<ClauseRef> & { id: string }): ClauseRef {
  if (c.no || c.title) return { id: c.id, no: c.no ?? '', title: c.title ?? '' }
  const k = known.value.get(c.id)
  if (!k && !book) void load().catch(() => {})
  return { id: c.id, no: k?.no ?? '', title: k?.title ?? c.id }
}
/** Every clause by number and title; empty until the handbook has come. Reactive. */
export function knownClauses(): ClauseRef[] {
  if (!book) void load().catch(() => {})
  return [...known.value].map(([id, c]) => ({ id, no: c.no, title: c.title }))
}
export const forgetClauses = () => { book = undefined }
