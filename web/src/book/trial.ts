// A draft tried on a month: started as a job, asked about until it is there, stopped on request. Nothing it says has happened.
import { onScopeDispose, reactive } from 'vue'
import { api } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Why } from '@/api/types'
import { isoMonth } from '@/i18n/format'
import { addMonths } from '@/office/dates'
import { serverNow } from '@/stores/clock'

export interface Sum { before_fen: number; after_fen: number; change_fen: number; before_points: number; after_points: number; change_points: number; before_count: number; after_count: number; added: number; gone: number; changed: number }
export interface PersonSum extends Sum { person: string; name: string; role: string }
export interface ClauseSum extends Sum { clause: string; no: string; title: string }
export interface Line { id: string; side: string; change: 'added' | 'gone' | 'changed'; type: string; type_zh: string; person: string; name: string; role: string; clause: string; no: string; title: string; tag: string; item: string; at: number; before_fen: number; after_fen: number; change_fen: number; before_points: number; after_points: number; text: string; text_en: string; before_text: string | null }
export interface Result { facts: number; people: PersonSum[]; clauses: ClauseSum[]; hours: { added: number; gone: number }[]; lines: Line[]; differences: number; more: number; version: string }
interface Job { id: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'; month: string; seen: number; events: number; took_ms: number; problem: Partial<Problem> | null; result: Result | null }

/** The month before this one; in the first days of a desk there may be nothing in it. */
export const lastMonth = () => addMonths(isoMonth(serverNow()), -1)

export function useTrial(text: () => string) {
  const s = reactive({ month: lastMonth(), id: '', state: '' as '' | Job['state'], seen: 0, events: 0, tookMs: 0, problem: null as Problem | null, result: null as Result | null, of: '', ranMonth: '' })
  let turn = 0, wait: ReturnType<typeof setTimeout> | undefined
  const busy = () => s.state === 'waiting' || s.state === 'running'
  function hear(j: Job) {
    Object.assign(s, { state: j.state, seen: j.seen, events: j.events, tookMs: j.took_ms })
    if (j.state === 'done') { s.result = j.result; s.ranMonth = j.month }
    if (j.state === 'failed') s.problem = { key: 'trial', zh: '', en: '', status: 400, ...j.problem } as Problem
  }
  async function start(month = s.month) {
    const mine = ++turn
    if (busy() && s.id) void api.delete(`/rulebook/try/${s.id}`).catch(() => undefined)
    clearTimeout(wait)
    Object.assign(s, { month, state: 'waiting', problem: null, seen: 0, of: text() })
    try {
      const j = await api.post<Job>('/rulebook/try', { source: s.of, month })
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
  return reactive({ s, start, stop, busy })
}
export type Trial = ReturnType<typeof useTrial>

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
export const loadWhy = (trial: string, line: string) => api.get<{ why: RawWhy }>(`/rulebook/try/${encodeURIComponent(trial)}/why/${encodeURIComponent(line)}`)
