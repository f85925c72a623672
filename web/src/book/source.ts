// The rulebook's text as the editor needs it: headings for the outline, and which clauses a draft changes.
export interface Heading { id: string; no: string; title: string; line: number; level: number; body: string }

const head = /^(#{1,4})\s+(.*?)(?:\s*\{#([\w-]+)[^}]*\})?\s*$/

export function headings(source: string): Heading[] {
  const out: Heading[] = []
  let fence = false, bodies: string[] = []
  const close = () => { const last = out.at(-1); if (last) last.body = bodies.join('\n').trim(); bodies = [] }
  source.split('\n').forEach((text, i) => {
    if (/^\s*```/.test(text)) fence = !fence
    const m = fence ? null : head.exec(text)
    if (!m) { bodies.push(text); return }
    close()
    const [no, ...rest] = m[2]!.split(/\s+/)
    out.push({ id: m[3] ?? '', no: rest.length ? no! : '', title: rest.length ? rest.join(' ') : m[2]!, line: i + 1, level: m[1]!.length, body: '' })
  })
  close()
  return out
}

/** Ids of clauses whose heading or body differs from the published text, new ones included; removed ones count too. */
export function changedClauses(published: string, draft: string): Set<string> {
  const key = (h: Heading) => h.id || h.title, say = (h: Heading) => `${h.no} ${h.title}\n${h.body}`
  const old = new Map(headings(published).map((h) => [key(h), say(h)])), next = new Map(headings(draft).map((h) => [key(h), say(h)]))
  const out = new Set<string>()
  for (const [id, text] of next) if (old.get(id) !== text) out.add(id)
  for (const id of old.keys()) if (!next.has(id)) out.add(id)
  return out
}

export interface Finding { repairs?: { zh: string; en: string; insert?: string }[]; line: number; column: number; end_line?: number; end_column?: number; severity: 'error' | 'warning' | 'question' | 'info'; zh: string; en: string; code?: string; clause?: string | null }
type Raw = Partial<Finding> & { key?: string; message?: string; level?: string; kind?: string; col?: number; length?: number; from?: { line: number; column: number } }
export const findingOf = (raw: Raw): Finding => {
  const level = raw.severity ?? raw.level ?? raw.kind ?? 'error'
  return { line: raw.line ?? raw.from?.line ?? 1, column: raw.column ?? raw.col ?? raw.from?.column ?? 1, end_line: raw.end_line, end_column: raw.end_column ?? (raw.length ? (raw.column ?? raw.col ?? 1) + raw.length : undefined), severity: (['error', 'warning', 'question', 'info'].includes(level as string) ? level : level === 'note' || level === 'hint' ? 'info' : 'error') as Finding['severity'], zh: raw.zh ?? raw.message ?? '', en: raw.en ?? raw.message ?? '', code: raw.code ?? raw.key, clause: raw.clause || null, repairs: raw.repairs }
}
