// What the search answers, and what the box's text becomes when a filter is added or taken away.
export interface Part { text: string; hit: boolean }
export interface Hit {
  type: 'message' | 'conversation' | 'customer' | 'order' | 'case' | 'phrase'
  id: string; to: string; title?: string; text?: string; number?: string
  parts?: Part[]; at?: number; by?: { type: string; id: string; name: string }; customer?: { id: string; name: string }
  conversation?: string; channel?: string; state?: string; agent_name?: string
}
export interface Filter { key: string; value: string; written: string }
export interface Answer { items: Hit[]; next: string | null; terms?: string[]; filters?: Filter[]; passed_over?: string[]; partial?: boolean }
export const KINDS = ['message', 'conversation', 'customer', 'order', 'case', 'phrase'] as const

/** The box without one of its filters, spaces mended. */
export const without = (box: string, written: string): string => {
  const at = box.indexOf(written)
  return at < 0 ? box : (box.slice(0, at) + box.slice(at + written.length)).replace(/\s+/g, ' ').trim()
}
const KEYS_ZH: Record<string, string> = { from: '谁', customer: '顾客', agent: '接待', channel: '渠道', tag: '标签', state: '状态', type: '类型', date: '日期' }
/** The box with a filter of this key set to `value`, instead of the one of the same key that was there. */
export function withFilter(box: string, filters: Filter[], key: string, value: string, english: boolean): string {
  let text = box
  for (const f of filters) if (f.key === key) text = without(text, f.written)
  const quoted = /\s/.test(value) ? `“${value}”` : value
  return value ? `${text.trim()} ${english ? key : KEYS_ZH[key]}:${quoted}`.trim() : text
}

const RECENT = 'find.recent', RECENT_MOST = 8
export function recent(): string[] {
  try { const list: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]'); return Array.isArray(list) ? list.filter((x): x is string => typeof x === 'string').slice(0, RECENT_MOST) : [] } catch { return [] }
}
export function remember(q: string): string[] {
  const list = [q, ...recent().filter((x) => x !== q && !q.startsWith(x))].slice(0, RECENT_MOST)
  try { localStorage.setItem(RECENT, JSON.stringify(list)) } catch { /* storage may be closed */ }
  return list
}
export function forget(): string[] {
  try { localStorage.removeItem(RECENT) } catch { /* storage may be closed */ }
  return []
}
