// What the grid can say about a draft by itself, at once, while the leader is still dragging: heads a day and
// days in a row. The server's answer on publishing is the judgement; this only saves the way there.
import { addDays } from '@/office/dates'

export const REST = '休'

export interface Cell { person: string; date: string; shift: string }
export type Laid = Map<string, string>

export const cellKey = (person: string, date: string) => person + ' ' + date

export const lay = (cells: readonly Cell[]): Laid => new Map(cells.map((c) => [cellKey(c.person, c.date), c.shift]))

export const works = (shift: string | undefined) => shift !== undefined && shift !== '' && shift !== REST && shift !== '假'

export const heads = (laid: Laid, people: readonly string[], date: string) =>
  people.filter((p) => works(laid.get(cellKey(p, date)))).length

export interface Streak { person: string; from: string; to: string; days: number }

// Runs of working days longer than `most`, each reported once, at its whole length.
export const longStreaks = (laid: Laid, people: readonly string[], days: readonly string[], most: number): Streak[] => {
  const found: Streak[] = []
  for (const person of people) {
    let run = 0
    days.forEach((date, i) => {
      run = works(laid.get(cellKey(person, date))) ? run + 1 : 0
      const goesOn = i + 1 < days.length && works(laid.get(cellKey(person, days[i + 1]!)))
      if (run > most && !goesOn) found.push({ person, from: addDays(date, 1 - run), to: date, days: run })
    })
  }
  return found
}

export interface Change { person: string; date: string; before: string | undefined; after: string }

export const changes = (before: Laid, after: Laid): Cell[] => {
  const out: Cell[] = []
  for (const [key, shift] of after) {
    if (before.get(key) === shift) continue
    const [person, date] = key.split(' ') as [string, string]
    out.push({ person, date, shift })
  }
  return out
}

// Exchanges the shifts of two cells, as a drag does.
export const swap = (laid: Laid, a: string, b: string): Laid => {
  const next = new Map(laid)
  next.set(a, laid.get(b) ?? REST)
  next.set(b, laid.get(a) ?? REST)
  return next
}

// Lays the fourteen (or any number of) days before over these days, day for day.
export const copyForward = (old: Laid, people: readonly string[], days: readonly string[], back: number): Laid => {
  const next: Laid = new Map()
  for (const p of people)
    for (const d of days) {
      const shift = old.get(cellKey(p, addDays(d, -back)))
      if (shift !== undefined) next.set(cellKey(p, d), shift)
    }
  return next
}

// Hours a person works in the laid days, from hours per shift.
export const hours = (laid: Laid, person: string, days: readonly string[], perShift: Record<string, number>) =>
  days.reduce((sum, d) => sum + (perShift[laid.get(cellKey(person, d)) ?? ''] ?? 0), 0)

// Length of a shift in hours from its two wall-clock ends.
export const shiftHours = (start: string, end: string, next_day: boolean) => {
  const minutes = (t: string) => { const [h, m] = t.split(':').map(Number) as [number, number]; return h * 60 + (m || 0) }
  const gap = minutes(end) - minutes(start) + (next_day || minutes(end) <= minutes(start) ? 1440 : 0)
  return Math.round((gap % 2880) / 6) / 10
}

// People on at each hour 0-23 of a date, counting the tail of a shift that began the evening before.
export const hourly = (
  laid: Laid, people: readonly string[], date: string,
  shifts: readonly { name: string; start: string; end: string; nextDay: boolean }[],
) => {
  const on = new Array<number>(24).fill(0)
  const span = new Map(shifts.map((s) => [s.name, s]))
  const hour = (t: string) => { const [h, m] = t.split(':').map(Number) as [number, number]; return h + (m || 0) / 60 }
  for (const p of people) {
    for (const [day, shiftBy] of [[date, 0], [addDays(date, -1), -24]] as const) {
      const s = span.get(laid.get(cellKey(p, day)) ?? '')
      if (!s) continue
      const from = hour(s.start) + shiftBy
      const to = hour(s.end) + (s.nextDay ? 24 : 0) + shiftBy
      for (let h = 0; h < 24; h++) if (h + 0.5 >= from && h + 0.5 < to) on[h]!++
    }
  }
  return on
}

/** Hours of the day in which some shift stands, from the first opening on; the small hours of a night shift come last. */
export const openHours = (shifts: readonly { start: string; end: string; nextDay: boolean }[]) => {
  const hour = (t: string) => { const [h, m] = t.split(':').map(Number) as [number, number]; return h + (m || 0) / 60 }
  const covered = (h: number) => shifts.some((s) => { const from = hour(s.start), to = hour(s.end) + (s.nextDay ? 24 : 0); return [h + 0.5, h + 24.5].some((x) => x >= from && x < to) })
  const hours = [...Array(24).keys()].filter(covered), first = Math.min(...shifts.map((s) => Math.floor(hour(s.start))))
  return [...hours.filter((h) => h >= first), ...hours.filter((h) => h < first)]
}
