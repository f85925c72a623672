// The sections of the settings: address, who may see them, and the words by which the search finds what stands in them.
import { defineAsyncComponent, type Component } from 'vue'
import { loadWords } from '@/i18n'
import type { Me } from '@/api/types'
import { tierOf } from '@/shell/tier'

export interface Section { key: string; group: 'mine' | 'reception' | 'shop' | 'outside'; part: Component; props?: object; may: (who: Who) => boolean; title: string; hint?: string; rows: string[]; items?: string }
interface Who { tier: string; can: (permission: string) => boolean }
export const whoOf = (me: Me, can: (p: string) => boolean): Who => ({ tier: tierOf(me), can })

const part = (load: () => Promise<{ default: object }>, ...folders: string[]) => defineAsyncComponent(async () => (await Promise.all([load(), ...folders.map(loadWords)]))[0] as { default: Component })
const all = () => true, staff = (w: Who) => w.tier !== 'other', manages = (w: Who) => w.tier === 'manager', sets = (w: Who) => manages(w) || w.can('设置'), keys = (w: Who) => manages(w) || w.can('密钥')
const reception = part(() => import('./Reception.vue'))
const rows = (prefix: string, names: string) => names.split(' ').map((n) => `${prefix}.${n}`)

/** title, hint and rows are keys of the catalogue; items: the group of /settings/desk whose labels come from the server. */
export const sections: Section[] = [
  { key: 'me', group: 'mine', part: part(() => import('./Mine.vue')), may: all, title: 'settings.mine', rows: rows('settings', 'lang theme send sound autoReply keys') },
  { key: 'password', group: 'mine', part: part(() => import('./Password.vue')), may: all, title: 'settings.password', rows: rows('settings', 'old fresh again everywhere') },
  { key: 'phrases', group: 'reception', part: part(() => import('./Phrases.vue'), 'phrases'), may: staff, title: 'phrases.title', hint: 'phrases.hint', rows: [] },
  { key: 'tags', group: 'reception', part: part(() => import('./Tags.vue')), may: staff, title: 'settings.tags.title', hint: 'settings.tags.hint', rows: rows('settings.tags', 'colour') },
  { key: 'routing', group: 'reception', part: reception, props: { group: 'route' }, may: sets, title: 'settings.rec.route', hint: 'settings.rec.routeHint', rows: rows('settings.route', 'people needs channels'), items: 'route' },
  { key: 'presence', group: 'reception', part: reception, props: { group: 'away' }, may: sets, title: 'settings.rec.away', hint: 'settings.rec.awayHint', rows: [], items: 'away' },
  { key: 'hours', group: 'reception', part: part(() => import('./Hours.vue')), may: sets, title: 'settings.hours.title', hint: 'settings.hours.hint', rows: rows('settings.hours', 'on first_s next_s resolve_s only pauses') },
  { key: 'surveys', group: 'reception', part: part(() => import('./Surveys.vue')), may: sets, title: 'settings.survey.title', hint: 'settings.survey.hint', rows: rows('settings.survey', 'url change') },
  { key: 'chats', group: 'reception', part: reception, props: { group: 'talk' }, may: sets, title: 'settings.rec.talk', hint: 'settings.rec.talkHint', rows: [], items: 'talk' },
  { key: 'channels', group: 'shop', part: part(() => import('@/channels/Channels.vue'), 'channels'), may: (w) => w.can('设置'), title: 'channels.title', hint: 'channels.hint', rows: ['channels.add'] },
  { key: 'window', group: 'shop', part: part(() => import('./ChatWindow.vue')), may: sets, title: 'settings.widget.title', hint: 'settings.widget.hint', rows: rows('settings.widget', 'snippet colour side lang theme name avatar greeting greetingEn offline questions origins') },
  { key: 'wages', group: 'shop', part: part(() => import('./Wages.vue')), may: manages, title: 'settings.wages', hint: 'settings.wagesHint', rows: rows('settings', 'least share appealDays') },
  { key: 'calendar', group: 'shop', part: part(() => import('./WorkYears.vue')), may: manages, title: 'settings.calendar', hint: 'settings.calendarHint', rows: rows('settings', 'addYear holidays makeUp') },
  { key: 'shop', group: 'shop', part: part(() => import('./ShopFacts.vue')), may: all, title: 'settings.desk', rows: rows('settings', 'name zone book imports') },
  { key: 'keys', group: 'outside', part: part(() => import('@/outside/Keys.vue'), 'outside'), may: keys, title: 'settings.apiKeys', hint: 'settings.apiKeysHint', rows: [] },
  { key: 'webhooks', group: 'outside', part: part(() => import('@/outside/Webhooks.vue'), 'outside'), may: keys, title: 'settings.hooks', hint: 'settings.hooksHint', rows: [] },
]
export const groups = ['mine', 'reception', 'shop', 'outside'] as const

export interface Found { section: Section; label: string }
/** Sections and the single settings whose words hold what is looked for; a section's own name first. */
export function search(list: Section[], wanted: string, say: (key: string) => string, more: (group: string) => string[]): Found[] {
  const q = wanted.trim().toLowerCase(), out: Found[] = []
  if (!q) return out
  const holds = (text: string) => text.toLowerCase().includes(q)
  for (const s of list) if (holds(say(s.title)) || (s.hint && holds(say(s.hint)))) out.push({ section: s, label: '' })
  for (const s of list) for (const label of [...s.rows.map(say), ...(s.items ? more(s.items) : [])]) if (holds(label)) out.push({ section: s, label })
  return out
}
