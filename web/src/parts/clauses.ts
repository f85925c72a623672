// The words of clauses for pop-ups, fetched once with the whole handbook and kept.
import { api } from '@/api/client'

interface Book { clauses: { id: string; no: string; title: string; html: string }[] }
let book: Promise<Map<string, string>> | undefined

function text(html: string): string {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  doc.querySelectorAll('pre,code,h1,h2,h3,table').forEach((e) => e.remove())
  return (doc.body.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 240)
}
export async function clauseProse(id: string): Promise<string> {
  book ??= api.get<Book>('/rulebook').then((b) => new Map(b.clauses.map((c) => [c.id, c.html])))
  try {
    const html = (await book).get(id)
    return html ? text(html) : ''
  } catch { book = undefined; return '' }
}
export const forgetClauses = () => { book = undefined }
