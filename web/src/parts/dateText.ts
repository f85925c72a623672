// A date as people type it, read to YYYY-MM-DD, and the days of a month as a calendar shows them. Sums are in UTC: a date is no instant.
const two = (n: number) => String(n).padStart(2, '0')
const iso = (y: number, m: number, d: number) => {
  const x = new Date(Date.UTC(y, m - 1, d))
  return y >= 1900 && y <= 2999 && x.getUTCFullYear() === y && x.getUTCMonth() === m - 1 && x.getUTCDate() === d ? `${y}-${two(m)}-${two(d)}` : null
}
/** 2026-03-05, 2026/3/5, 2026年3月5日, 20260305, 26-3-5; 3-5, 3/5, 3月5日 in the year of `today` (YYYY-MM-DD); full-width digits too. null: no date */
export function readDate(text: string, today: string): string | null {
  const s = text.normalize('NFKC').trim().replace(/[年月/.．\s]+/g, '-').replace(/[日号]$/, '')
  let m = /^(\d{4})(\d\d)(\d\d)$/.exec(s) ?? /^(\d{4}|\d\d)-(\d{1,2})-(\d{1,2})$/.exec(s)
  if (m) return iso(m[1]!.length === 2 ? 2000 + Number(m[1]) : Number(m[1]), Number(m[2]), Number(m[3]))
  m = /^(\d{1,2})-(\d{1,2})$/.exec(s)
  return m ? iso(Number(today.slice(0, 4)), Number(m[1]), Number(m[2])) : null
}
/** 9:05, 09:05, 0905, 9点, 9点30 → 09:05; null: no time of day */
export function readTime(text: string): string | null {
  const s = text.normalize('NFKC').trim().replace(/[点时.：]/g, ':').replace(/[分\s]/g, '').replace(/:$/, ':00')
  const m = /^(\d{1,2}):(\d{1,2})$/.exec(s) ?? /^(\d\d)(\d\d)$/.exec(s) ?? /^(\d{1,2})()$/.exec(s)
  if (!m) return null
  const h = Number(m[1]), min = Number(m[2] || 0)
  return h < 24 && min < 60 ? `${two(h)}:${two(min)}` : null
}
/** Six weeks from Monday on that show the month (YYYY-MM). */
export function monthGrid(month: string): string[] {
  const first = new Date(month + '-01T00:00:00Z'), back = (first.getUTCDay() + 6) % 7
  return Array.from({ length: 42 }, (_, i) => new Date(first.getTime() + (i - back) * 86_400_000).toISOString().slice(0, 10))
}
/** The same day of another month, or its last. */
export function moveMonths(date: string, by: number): string {
  const [y, m, d] = date.split('-').map(Number) as [number, number, number], at = y * 12 + m - 1 + by, year = Math.floor(at / 12), month = at % 12
  return `${year}-${two(month + 1)}-${two(Math.min(d, new Date(Date.UTC(year, month + 1, 0)).getUTCDate()))}`
}
