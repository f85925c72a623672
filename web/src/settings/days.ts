// Dates of a year as people write them: "2026-01-01 至 2026-01-03、2026-05-01", to and from a list of days.
const day = 86400000
const parse = (s: string): number | null => {
  const m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(s)
  if (!m) return null
  const ms = Date.UTC(+m[1], +m[2] - 1, +m[3]), d = new Date(ms)
  return d.getUTCMonth() === +m[2] - 1 && d.getUTCDate() === +m[3] ? ms : null
}
const show = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export function daysOf(text: string, year: number): { days: string[]; wrong: string[] } {
  const days = new Set<string>(), wrong: string[] = []
  for (const part of text.split(/[,，、;；\n]+/).map((x) => x.trim()).filter(Boolean)) {
    const ends = part.split(/\s*(?:至|到|~|～|to|\s-\s)\s*/).map(parse), from = ends[0], to = ends.length > 1 ? ends[1] : from
    const fits = ends.length <= 2 && from !== null && to !== null && to >= from && new Date(from).getUTCFullYear() === year && new Date(to).getUTCFullYear() === year
    if (!fits) { wrong.push(part); continue }
    for (let d = from; d <= to; d += day) days.add(show(d))
  }
  return { days: [...days].sort(), wrong }
}

export function stretches(days: string[], to = '至'): string {
  const out: string[] = [], all = [...days].sort().map((d) => parse(d)).filter((d): d is number => d !== null)
  for (let i = 0; i < all.length;) {
    let k = i
    while (k + 1 < all.length && all[k + 1] === all[k] + day) k++
    out.push(k > i ? `${show(all[i])} ${to} ${show(all[k])}` : show(all[i]))
    i = k + 1
  }
  return out.join('、')
}
