import type { Slip } from '@/api/types'
export type Judged = Slip & { may_judge?: boolean }
/** What one may confirm without looking closer: a proposal with its sum and its person, not appealed. */
export const plain = (s: Judged) => !!s.may_judge && !!s.person && (s.seal === 'proposed' || s.seal === 'open') && !(s.fen_max && s.fen_max !== s.fen)
export interface Person { id: string; name: string; slips: Slip[] }
/** By person, whoever is charged most first. */
export function persons(slips: Slip[]): Person[] {
  const by = new Map<string, Person>()
  for (const s of slips) { const p = by.get(s.person!) ?? { id: s.person!, name: s.person_name ?? '', slips: [] }; p.slips.push(s); by.set(p.id, p) }
  const sum = (p: Person) => p.slips.reduce((a, s) => a + (s.fen ?? 0), 0)
  return [...by.values()].sort((a, b) => sum(b) - sum(a))
}
