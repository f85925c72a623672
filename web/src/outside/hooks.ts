// What the pages of webhooks share: shapes, and a webhook's state in one sentence.
import { dateTime } from '@/i18n/format'
import { t } from '@/i18n'

export interface Hook { id: string; name: string; url: string; kinds: string[]; form: 'guiju' | 'chatwoot'; personal: boolean; state: 'active' | 'paused'; reason: string; by: string; created_ms: number; failing_ms: number | null; waiting: number; failed: number }
export interface Delivery { seq: number; kind: string; kind_zh: string | null; state: 'delivered' | 'retry' | 'failed'; attempts: number; tried_ms: number; next_ms: number | null; status: number; took_ms: number; answer: string }
export const GROUPS = ['conversation', 'order', 'customer', 'case', 'attendance', 'ledger', 'notice', 'rulebook', 'knowledge', 'person']
export const CHAT = ['message_created', 'conversation_created', 'conversation_updated', 'conversation_status_changed', 'contact_created', 'contact_updated']

export function hookState(h: Hook): { text: string; tone: '' | 'a' | 'r' | 'g' } {
  if (h.state === 'paused') return { text: t(h.reason === 'failing' ? 'outside.failing' : h.reason === 'key' ? 'outside.keyLost' : 'outside.paused'), tone: h.reason === 'failing' || h.reason === 'key' ? 'r' : '' }
  if (h.failing_ms !== null) return { text: t('outside.trouble', { t: dateTime(h.failing_ms, 0) }), tone: 'r' }
  if (h.waiting) return { text: t('outside.waiting', { n: h.waiting }), tone: 'a' }
  if (h.failed) return { text: t('outside.failedN', { n: h.failed }), tone: 'a' }
  return { text: t('outside.running'), tone: 'g' }
}
/** The form's ticks to the list that is kept, and back. Words that no tick stands for are the free ones. */
export function kindsOf(form: Hook['form'], ticks: string[], more: string): string[] {
  if (ticks.includes('*')) return ['*']
  return [...ticks.map((k) => (form === 'guiju' ? `${k}.*` : k)), ...(form === 'guiju' ? more.split(/[,，、\s]+/).filter(Boolean) : [])]
}
export function ticksOf(form: Hook['form'], kinds: string[]): { ticks: string[]; more: string } {
  const known = form === 'guiju' ? GROUPS.map((g) => `${g}.*`) : CHAT
  return { ticks: kinds.includes('*') ? ['*'] : kinds.filter((k) => known.includes(k)).map((k) => (form === 'guiju' ? k.slice(0, -2) : k)), more: kinds.filter((k) => k !== '*' && !known.includes(k)).join(', ') }
}
