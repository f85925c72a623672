// Calendar arithmetic on dates written YYYY-MM-DD and months written YYYY-MM. A date is a day of the desk's
// zone, never an instant, so all sums are made in UTC and no summer time can shift them.
const DAY = 86_400_000

const stamp = (date: string) => Date.parse(date + 'T00:00:00Z')
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const addDays = (date: string, days: number) => dateOf(stamp(date) + days * DAY)

export const addMonths = (month: string, months: number) => {
  const [year, m] = month.split('-').map(Number) as [number, number]
  const index = year * 12 + (m - 1) + months
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

export const daysBetween = (from: string, to: string) => Math.round((stamp(to) - stamp(from)) / DAY)

// Every date from `from` to `to`, both included.
export const dates = (from: string, to: string) =>
  Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, i) => addDays(from, i))

// 0 is Sunday, as in Date.
export const weekday = (date: string) => new Date(stamp(date)).getUTCDay()

export const mondayOf = (date: string) => addDays(date, -((weekday(date) + 6) % 7))

export const monthDates = (month: string) => dates(month + '-01', addDays(addMonths(month, 1) + '-01', -1))

export const isDate = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text)
export const isMonth = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-\d\d$/.test(text)

// The calendar day an instant falls on in a zone.
export const dayIn = (ms: number, zone: string) => {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(ms)
  const part = Object.fromEntries(parts.map((p) => [p.type, p.value]))
  return `${part.year}-${part.month}-${part.day}`
}

// The instant at which a wall clock in the zone shows the given date and time. Where the clock was set forward
// over it the later reading is taken.
export const instantOf = (date: string, time: string, zone: string) => {
  const guess = Date.parse(`${date}T${time.length === 5 ? time + ':00' : time}Z`)
  const shown = (ms: number) => {
    const part = Object.fromEntries(
      new Intl.DateTimeFormat('en-CA', {
        timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit',
        hour: '2-digit', minute: '2-digit', second: '2-digit',
      }).formatToParts(ms).map((p) => [p.type, p.value]),
    )
    return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`)
  }
  const first = guess - (shown(guess) - guess)
  return guess - (shown(first) - first)
}
