// A draft tried on a month: started as a job, asked about until it is there, stopped on request. Nothing it says has happened.
import { onScopeDispose, reactive } from 'vue'
import { api } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Why } from '@/api/types'
import { isoMonth } from '@/i18n/format'
import { addMonths } from '@/office/dates'
import { serverNow } from '@/stores/clock'
import { withVersion } from './source'

export interface Sum { before_fen: number; after_fen: number; change_fen: number; before_points: number; after_points: number; change_points: number; before_count: number; after_count: number; added: number; gone: number; changed: number }
export interface PersonSum extends Sum { person: string; name: string; role: string }
export interface ClauseSum extends Sum { clause: string; no: string; title: string }
export interface Line { id: string; side: string; change: 'added' | 'gone' | 'changed'; type: string; type_zh: string; person: string; name: string; role: string; clause: string; no: string; title: string; tag: string; item: string; at: number; before_fen: number; after_fen: number; change_fen: number; before_points: number; after_points: number; text: string; text_en: string; before_text: string | null }
export interface Result { facts: number; people: PersonSum[]; clauses: ClauseSum[]; hours: { added: number; gone: number; changed: number }[]; lines: Line[]; differences: number; more: number; version: string }
interface Job { id: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'; month: string; until: string; base: string; seen: number; events: number; took_ms: number; problem: Partial<Problem> | null; result: Result | null }

/** What a draft can be compared with: a published version, or a draft that was put away. */
export interface Base { base: string; kind: 'version' | 'past'; version: string; at: number; current: boolean; by_name: string }
export const MONTHS_MOST = 12 // as the server
/** The month before this one; in the first days of a desk there may be nothing in it. */
export const lastMonth = () => addMonths(isoMonth(serverNow()), -1)

export function useTrial(text: () => string) {
  const s = reactive({ month: lastMonth(), until: '', base: '', bases: [] as Base[], months: [] as string[], id: '', state: '' as '' | Job['state'], seen: 0, events: 0, tookMs: 0, problem: null as Problem | null, result: null as Result | null, of: '', ran: { month: '', until: '', base: '' } })
  let turn = 0, wait: ReturnType<typeof setTimeout> | undefined
  const busy = () => s.state === 'waiting' || s.state === 'running'
  function hear(j: Job) {
    Object.assign(s, { state: j.state, seen: j.seen, events: j.events, tookMs: j.took_ms })
    if (j.state === 'done') { s.result = j.result; s.ran = { month: j.month, until: j.until, base: j.base } }
    if (j.state === 'failed') s.problem = { key: 'trial', zh: '', en: '', status: 400, ...j.problem } as Problem
  }
  /** What there is to compare with and on. When it cannot be had, the version in force and last month stay. */
  async function look() {
    try { Object.assign(s, await api.get<{ bases: Base[]; months: string[] }>('/rulebook/try')) } catch { /* the two defaults need no list */ }
  }
  async function start(ask: { month?: string; until?: string; base?: string } = {}) {
    Object.assign(s, ask)
    if (s.until <= s.month || s.until > addMonths(s.month, MONTHS_MOST - 1)) s.until = ''
    const mine = ++turn
    if (busy() && s.id) void api.delete(`/rulebook/try/${s.id}`).catch(() => undefined)
    clearTimeout(wait)
    Object.assign(s, { state: 'waiting', problem: null, seen: 0, of: text() })
    try {
      const j = await api.post<Job>('/rulebook/try', { source: s.of, month: s.month, until: s.until || undefined, base: s.base || undefined })
      if (mine !== turn) return
      s.id = j.id
      hear(j)
      poll(mine, 60)
    } catch (e) { if (mine === turn) { s.problem = asProblem(e); s.state = 'failed' } }
  }
  function poll(mine: number, ms: number) {
    wait = setTimeout(async () => {
      try {
        const j = await api.get<Job>(`/rulebook/try/${s.id}`)
        if (mine !== turn) return
        hear(j)
      } catch (e) { if (mine === turn) { s.problem = asProblem(e); s.state = 'failed' } }
      if (mine === turn && busy()) poll(mine, Math.min(1000, ms * 1.5))
    }, ms)
  }
  async function stop() {
    const id = s.id
    turn++
    clearTimeout(wait)
    s.state = 'cancelled'
    if (id) await api.delete(`/rulebook/try/${id}`).catch(() => undefined)
  }
  onScopeDispose(() => { turn++; clearTimeout(wait); if (busy() && s.id) void api.delete(`/rulebook/try/${s.id}`).catch(() => undefined) })
  return reactive({ s, look, start, stop, busy })
}
export type Trial = ReturnType<typeof useTrial>

/** Was this text tried? The number of the version, which publishing raises by itself, changes nothing. */
export const isTried = (trial: Trial, text: string) => !!trial.s.result && withVersion(trial.s.of, '0') === withVersion(text, '0')

interface Both { zh: string; en: string }
interface RawWhy { id: string; type: string; type_zh: string; fen: number; at: number; text: Both; object: string; object_noun: string; clause: { id: string; tag: string; no: string; title: string; prose: string; version: string; in_force_from: number; figures: { name: string; value: string }[] }; evidence: { zh: string; en: string; event: string; kind: string; at: number; counts: string }[]; arithmetic: { zh: string; en: string; value: Both }[]; avoid: Both }

/** The engine's why as the why card draws it. */
export function whyOf(w: RawWhy, english: boolean): Omit<Why, 'slip'> & { title: string } {
  const say = (b: Both) => (english ? b.en || b.zh : b.zh)
  const page = w.object_noun === 'conversation' ? `/desk/${w.object}` : w.object_noun === 'case' ? `/cases/${w.object}` : w.object_noun === 'order' ? `/orders?q=${w.object}` : null
  return {
    title: say(w.text),
    clause: { id: w.clause.id, no: w.clause.no, title: w.clause.title, prose: w.clause.prose.trim(), version: w.clause.version, in_force_from: w.clause.in_force_from, figures: w.clause.figures },
    evidence: w.evidence.map((e, i) => ({ at: e.at, kind: e.kind, text: say(e), counts: (['start', 'stop', 'counted', 'not_counted'].includes(e.counts) ? e.counts : e.counts === 'context' ? 'not_counted' : 'counted') as 'counted', link: i === 0 ? page : null })),
    arithmetic: w.arithmetic.map((a) => ({ text: say(a), value: say(a.value) })),
    next: [], avoid: say(w.avoid) || null,
  }
}
export const loadWhy = (trial: string, line: string, side: 'before' | 'after') => api.get<{ why: RawWhy }>(`/rulebook/try/${encodeURIComponent(trial)}/why/${encodeURIComponent(line)}`, { side })
