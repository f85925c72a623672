// Clocks that somebody keeps about one person each (who was at the meeting, who had the check) and that end together are one line.
import type { Clock } from '@/api/types'

export interface Line<T extends Clock = Clock> { clock: T; about: string[] }
const one = (c: Clock) => [c.clause?.id, (c as { tag?: string }).tag, c.bearer, c.due_ms, c.state].join(' ')

/** The clocks in their order; `about`: the people of the clocks that were gathered into this one. */
export function gather<T extends Clock>(clocks: T[]): Line<T>[] {
  const lines: Line<T>[] = [], by = new Map<string, Line<T>>()
  for (const clock of clocks) {
    const person = (clock.object as { person?: string } | null)?.person
    const at = person ? by.get(one(clock)) : undefined
    if (at) { at.about.push(person!); continue }
    const line: Line<T> = { clock, about: person ? [person] : [] }
    if (person) by.set(one(clock), line)
    lines.push(line)
  }
  return lines
}
