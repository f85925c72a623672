// Service hours as they are typed: times of day, spans of a day, the nine days of the setting, lengths of time with their unit.
export type Span = [string, string]
export const DAYS = 9
export const HOLIDAY = 7, MAKE_UP = 8

/** "9", "900", "9:00", "9：30", "24:00" → "09:00"; null: no time of day. */
export function timeOf(text: string): string | null {
  const s = text.trim().replace(/[：.]/g, ':'), m = /^(\d{1,2}):(\d{2})$/.exec(s) ?? /^(\d{1,2})(\d{2})$/.exec(s) ?? /^(\d{1,2})()$/.exec(s)
  if (!m) return null
  const h = Number(m[1]), min = Number(m[2] || 0)
  return h > 24 || min > 59 || (h === 24 && min > 0) ? null : `${String(h).padStart(2, '0')}:${String(min).padStart(2, '0')}`
}
const minutes = (t: string) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3))
/** The end lies on the next day. */
export const isNight = ([from, to]: Span) => { const a = timeOf(from), b = timeOf(to); return !!a && !!b && minutes(b) <= minutes(a) }

export type Fault = 'time' | 'overlap' | null
/** What is wrong with the spans of one day. */
export function faultOf(spans: Span[]): Fault {
  const all = spans.map(([from, to]) => [timeOf(from), timeOf(to)])
  if (all.some(([a, b]) => !a || !b || a === '24:00')) return 'time'
  const ends = all.map(([a, b]) => [minutes(a!), minutes(b!) <= minutes(a!) ? minutes(b!) + 1440 : minutes(b!)] as const).sort((x, y) => x[0] - y[0])
  return ends.some((e, i) => i > 0 && e[0] < ends[i - 1]![1]) ? 'overlap' : null
}
export const tidy = (spans: Span[]): Span[] => spans.map(([a, b]) => [timeOf(a)!, timeOf(b)!] as Span).sort((x, y) => x[0].localeCompare(y[0]))

export type Unit = 's' | 'm' | 'h'
const sizes: Record<Unit, number> = { s: 1, m: 60, h: 3600 }
/** The largest unit in which it is whole. */
export function split(seconds: number): { n: number; unit: Unit } {
  const unit: Unit = seconds && seconds % 3600 === 0 ? 'h' : seconds && seconds % 60 === 0 ? 'm' : seconds ? 's' : 'm'
  return { n: seconds / sizes[unit], unit }
}
export const seconds = (n: number, unit: Unit) => Math.round((Number(n) || 0) * sizes[unit])
