// Searching the handbook: every word must occur in number, title, prose or block; full-width and half-width figures are the same.
export interface Searchable { no: string; title: string; id: string; html: string; rule?: string | null }

export const plainText = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/&nbsp;/g, ' ').replace(/\s+/g, ' ').trim()
const fold = (s: string) => s.normalize('NFKC').toLowerCase().replace(/\s+/g, '')

export function found<T extends Searchable>(clauses: readonly T[], query: string): T[] {
  const words = query.trim().split(/\s+/).map(fold).filter(Boolean)
  if (!words.length) return [...clauses]
  return clauses.filter((c) => { const text = fold(`${c.no} ${c.title} ${c.id} ${plainText(c.html)} ${c.rule ?? ''}`); return words.every((w) => text.includes(w)) })
}

/** The lines that run, and those that are only examples (例 …, with what is indented below them). */
export function parted(source: string): { rules: string[]; examples: string[] } {
  const rules: string[] = [], examples: string[] = []
  let inside = false
  for (const line of source.replace(/\n+$/, '').split('\n')) {
    if (/^\S/.test(line)) inside = /^(例|example)(\s|$)/.test(line)
    ;(inside ? examples : rules).push(line)
  }
  return { rules, examples }
}
