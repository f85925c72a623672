// How a field of a case is shown: its text, and the place it leads to.
import { t } from '@/i18n'
import { dateTime, money } from '@/i18n/format'
import type { CaseField, ClauseRef } from '@/api/types'
import { fieldKind } from '@/parts/caseForm'

export interface Shown { name: string; text: string; link?: string; files?: { id: string; name: string }[]; long: boolean; required: boolean }
type Raw = Record<string, unknown> | ({ name: string; type?: string; value?: unknown; text?: string | null; required?: boolean })[]


const links: Record<string, (id: string) => string> = {
  conversation: (id) => `/desk/${encodeURIComponent(id)}`, order: (id) => `/orders/${encodeURIComponent(id)}`, case: (id) => `/cases/${encodeURIComponent(id)}`,
}

function one(kind: string, value: unknown, nameOf: (id: string) => string): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'object' && 'ref' in value) return one(kind, (value as { ref: unknown }).ref, nameOf)
  if (typeof value === 'object') return String((value as { name?: string; title?: string; text?: string }).name ?? (value as { title?: string }).title ?? JSON.stringify(value))
  if (kind === 'person') return nameOf(String(value))
  if (kind === 'instant' && typeof value === 'number') return dateTime(value, 0)
  if (kind === 'money') return typeof value === 'number' ? money(value) : `${value}`
  if (kind === 'customer') return String(value).replace(/^u:/, '')
  if (typeof value === 'boolean') return t(value ? 'cases.yes' : 'cases.no')
  return String(value)
}

/** The fields in the order of the declaration, with those that the declaration does not know at the end. */
export function showFields(raw: Raw, declared: CaseField[], nameOf: (id: string) => string): Shown[] {
  const list = Array.isArray(raw) ? raw : Object.entries(raw ?? {}).map(([name, value]) => ({ name, value }) as { name: string; type?: string; value?: unknown; text?: string | null; required?: boolean })
  const by = new Map(list.map((f) => [f.name, f]))
  const names = [...declared.map((f) => f.name), ...list.map((f) => f.name).filter((n) => !declared.some((d) => d.name === n))]
  return names.map((name) => {
    const def = declared.find((d) => d.name === name), f = by.get(name), kind = fieldKind(def ?? { name, type: f?.type ?? 'text', required: false })
    const values = Array.isArray(f?.value) ? f.value : [f?.value]
    const text = f?.text ?? values.map((v) => one(kind, v, nameOf)).filter(Boolean).join(t('parts.listing'))
    const first = values.map((v) => (v && typeof v === 'object' && 'ref' in v ? (v as { ref: string }).ref : v)).find((v) => typeof v === 'string' && v) as string | undefined
    const files = kind === 'file' || kind === 'photo' ? values.filter(Boolean).map((v) => (typeof v === 'object' ? (v as { id: string; name: string }) : { id: String(v), name: String(v) })) : undefined
    return { name, text, long: text.length > 40 || text.includes('\n'), required: !!(def?.required ?? f?.required), ...(first && links[kind] ? { link: links[kind]!(first) } : {}), ...(files?.length ? { files } : {}) }
  })
}

export interface Past { what?: string; from?: string | null; to?: string | null }
const pasts = ['filled', 'assigned', 'agreed', 'disagreed', 'voted', 'voided', 'extended', 'copied']
/** The word (key of the catalogue) for what happened to a case; `first`: the oldest entry. */
export function pastWord(h: Past, first: boolean): string {
  if (h.what === 'opened' || (first && !h.from && !h.what)) return 'opens'
  if (h.what === 'printed') return 'print'
  if (h.what === 'vote') return 'voted'
  if (h.what && pasts.includes(h.what)) return h.what
  return h.to && h.to !== h.from ? 'moved' : 'filled'
}

/** What a rule ordered at a case: done, or not done and why. */
export interface Ordered { id: string; type: string; item?: string | null; result: string; reason?: string | null; at: number; clause?: ClauseRef | null }
/** The word for it, what it is about (a step without the name of its kind), and whether it was done. */
export function orderedWord(o: Ordered): { key: string; item: string; done: boolean } {
  const known = ['open_case', 'move_case', 'assign', 'send_form'].includes(o.type), item = o.item ?? ''
  return { key: known ? o.type : 'other', item: o.type === 'move_case' ? item.slice(item.indexOf('.') + 1) : item, done: o.result === '已办' }
}
