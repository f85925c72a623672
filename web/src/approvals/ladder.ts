// An approval as the card draws it: the ladder and the clock come in more than one shape.
import type { Approval, LadderStep } from '@/api/types'

interface Loose { steps?: { label?: string; who?: string; to_fen?: number | null; upto_fen?: number | null; you?: boolean; me?: boolean }[]; amount_fen?: number | null }
export function normal(a: Approval & { requester_name?: string; amount_fen?: number | null }): Approval {
  const raw = a.ladder as unknown as LadderStep[] | Loose | null | undefined
  const steps = Array.isArray(raw) ? raw : raw?.steps?.map((s) => ({ upto_fen: s.upto_fen ?? s.to_fen ?? null, who: s.who ?? s.label ?? '', me: s.me ?? s.you }))
  const clock = a.clock ?? (a.due_ms ? { id: a.id, clause: a.clause ?? { id: '', no: '', title: '' }, bearer: '', title: a.title, started_ms: a.at ?? a.due_ms - 3_600_000, due_ms: a.due_ms, state: 'running' as const } : null)
  return { ...a, asked_by_name: a.asked_by_name ?? a.requester_name, ladder: steps as LadderStep[] | undefined, at_fen: a.at_fen ?? (Array.isArray(raw) ? null : raw?.amount_fen) ?? a.amount_fen ?? null, clock }
}
export const dueOf = (a: Approval) => a.clock?.due_ms ?? a.due_ms ?? Infinity
