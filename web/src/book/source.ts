// The rulebook's text as the editor needs it: headings for the outline, clauses in rows, and which clauses a draft changes.
import { offsetAfter, offsetOf } from './figures'
import { sections } from './merge'

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

/** What a clause is made of, with places in the whole text: its heading line, prose and blocks in their order. */
export interface Part { kind: 'head' | 'prose' | 'block'; from: number; to: number; line: number; text: string }
export interface Clause { key: string; id: string; no: string; title: string; level: number; line: number; from: number; to: number; head: Part | null; rows: { prose: Part | null; block: Part | null }[] }

function parts(text: string, from: number, firstLine: number): Part[] {
  const out: Part[] = []
  let at = from, line = firstLine, fence = '', kind: 'prose' | 'block' = 'prose', start = from, startLine = firstLine
  const close = (to: number) => { if (kind === 'block' || text.slice(start - from, to - from).trim()) out.push({ kind, from: start, to, line: startLine, text: text.slice(start - from, to - from) }) }
  for (const l of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const mark = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/.exec(l)
    if (at === from && /^#{1,6}[ \t]/.test(l)) { out.push({ kind: 'head', from: at, to: at + l.length, line, text: l }); start = at + l.length; startLine = line + 1 }
    else if (!fence && mark) {
      fence = mark[1]!
      if (mark[2] === 'guiju') { close(at); kind = 'block'; start = at + l.length; startLine = line + 1 }
    } else if (fence && mark && mark[1]!.startsWith(fence) && !mark[2]) {
      fence = ''
      if (kind === 'block') { close(at); kind = 'prose'; start = at + l.length; startLine = line + 1 }
    }
    at += l.length
    line++
  }
  close(at)
  return out
}

/** Prose and the block that follows it stand side by side: one row each. */
export function clausesOf(source: string): Clause[] {
  let at = 0, line = 1
  return sections(source).map((s) => {
    const list = parts(s.text, at, line), head = list.find((p) => p.kind === 'head') ?? null
    const h = head ? headings(head.text)[0] : undefined, rows: Clause['rows'] = []
    for (const p of list) {
      const last = rows.at(-1)
      if (p.kind === 'prose') rows.push({ prose: p, block: null })
      else if (p.kind === 'block') { if (last && !last.block) last.block = p; else rows.push({ prose: null, block: p }) }
    }
    const clause = { key: s.key, id: h?.id ?? '', no: h?.no ?? '', title: h?.title ?? '', level: h?.level ?? 0, line, from: at, to: at + s.text.length, head, rows }
    at += s.text.length
    line += s.text.split('\n').length - 1
    return clause
  })
}

/** An id no heading has yet. */
export function freeId(source: string): string { const used = new Set(headings(source).map((h) => h.id)); let n = 1; while (used.has(`new-${n}`)) n++; return `new-${n}` }

export interface Repair { zh: string; en: string; insert?: string; exact?: boolean; line?: number; column?: number; length?: number }
export interface Finding { example?: { zh: string; en: string } | null; repairs?: Repair[]; line: number; column: number; end_line?: number; end_column?: number; severity: 'error' | 'warning' | 'question' | 'info'; zh: string; en: string; code?: string; clause?: string | null }
type Raw = Partial<Finding> & { key?: string; message?: string; level?: string; kind?: string; col?: number; length?: number; from?: { line: number; column: number } }
export const findingOf = (raw: Raw): Finding => {
  const level = raw.severity ?? raw.level ?? raw.kind ?? 'error'
  return { line: raw.line ?? raw.from?.line ?? 1, column: raw.column ?? raw.col ?? raw.from?.column ?? 1, end_line: raw.end_line, end_column: raw.end_column ?? (raw.length ? (raw.column ?? raw.col ?? 1) + raw.length : undefined), severity: (['error', 'warning', 'question', 'info'].includes(level as string) ? level : level === 'note' || level === 'hint' ? 'info' : 'error') as Finding['severity'], zh: raw.zh ?? raw.message ?? '', en: raw.en ?? raw.message ?? '', code: raw.code ?? raw.key, clause: raw.clause || null, example: raw.example ?? null, repairs: raw.repairs }
}

/** The text with an exact repair done. */
export function repaired(text: string, r: Repair): string {
  const from = offsetOf(text, r.line ?? 1, r.column ?? 1)
  return text.slice(0, from) + (r.insert ?? '') + text.slice(offsetAfter(text, from, r.length ?? 0))
}

/** The text with another version number in its header; unchanged when the header has none. */
export function withVersion(text: string, version: string): string {
  const block = /(^|\n) {0,3}```guiju[^\n]*\n/.exec(text)
  if (!block) return text
  const from = block.index + block[0].length, end = text.indexOf('\n```', from)
  const head = text.slice(from, end < 0 ? undefined : end), m = /(版本|version)(\s*)(\d+(?:\.\d+)?)/.exec(head)
  return m ? text.slice(0, from + m.index) + m[1] + (m[2] || ' ') + version + text.slice(from + m.index + m[0].length) : text
}

/** What an example may be made to say: what the rules come to now, or nothing any more. The outcome is written as rules are. */
export function exampleRepairs(text: string, x: { line: number; column: number; length: number; got: string }): Repair[] {
  const from = offsetOf(text, x.line, x.column), to = offsetAfter(text, from, x.length), item = text.slice(from, to), at = item.search(/(?:得|\bexpect)\s+(?!.*(?:得|\bexpect)\s)/s)
  const out: Repair[] = [], got = x.got.trim() ? x.got.split('；').map((p) => p.replace(/（[^）]*）/g, '').replace(/(\d)\.00元/g, '$1元').trim()).join('; ') : '无'
  if (at >= 0) {
    const word = /^(?:得|expect)\s+/.exec(item.slice(at))![0]
    out.push({ zh: `例子改成：得 ${got}`, en: `Let it say: expect ${got}`, exact: true, insert: item.slice(0, at) + word + got + (/\s*$/.exec(item)?.[0] ?? ''), line: x.line, column: x.column, length: x.length })
  }
  out.push({ zh: '删去这个例子', en: 'Remove the example', exact: true, insert: '', line: x.line, column: x.column, length: x.length + (text[to] === '\n' ? 1 : 0) })
  return out
}
