// Two people's changes of a rulebook joined by clause: what the server does to a save (src/lang/section.c), done here to what was typed
// while a save was under way. Sections joined in order are the text to the byte.
export interface Section { key: string; text: string }
export interface Conflict { clause: string; base: string | null; mine: string | null; theirs: string | null }

const linesOf = (s: string) => s.match(/[^\n]*\n|[^\n]+$/g) ?? []

function keyOf(line: string): string {
  const words = line.replace(/^#+/, '').trim(), m = /\{(#[^\s}]*)[^}]*\}$/.exec(words)
  return m ? m[1]! : words
}

export function sections(source: string): Section[] {
  const out: Section[] = [], used = new Set<string>()
  let fence = '', size = 0, key = '', body = ''
  const close = () => {
    let k = key
    for (let n = 2; used.has(k); n++) k = `${key}~${n}`
    used.add(k)
    out.push({ key: k, text: body })
  }
  for (const line of linesOf(source)) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line.replace(/\n$/, ''))
    let heading = false
    if (fence) { if (mark && mark[1]![0] === fence && mark[1]!.length >= size && !mark[2]!.trim()) fence = '' }
    else if (mark) { fence = mark[1]![0]!; size = mark[1]!.length }
    else heading = /^#{1,6}[ \t]/.test(line)
    if (heading) { if (body) close(); key = keyOf(line); body = '' }
    body += line
  }
  if (body || !out.length) close()
  return out
}

interface Change { from: number; to: number; by: string[] }
function changeOf(base: string[], other: string[]): Change {
  let from = 0
  while (from < base.length && from < other.length && base[from] === other[from]) from++
  let to = base.length, end = other.length
  while (to > from && end > from && base[to - 1] === other[end - 1]) { to--; end-- }
  return { from, to, by: other.slice(from, end) }
}
/** Lines apart from each other, joined; null when they touch. */
function mergeLines(base: string, mine: string, theirs: string): string | null {
  const b = linesOf(base), m = changeOf(b, linesOf(mine)), t = changeOf(b, linesOf(theirs))
  const [first, second] = m.from < t.from ? [m, t] : [t, m]
  if (first.to >= second.from) return null
  return [...b.slice(0, first.from), ...first.by, ...b.slice(first.to, second.from), ...second.by, ...b.slice(second.to)].join('')
}

const indexed = (list: Section[]) => new Map(list.map((s) => [s.key, s.text]))
function sameOrder(base: Section[], other: Section[]): boolean {
  const place = new Map(other.map((s, i) => [s.key, i]))
  let last = 0
  for (const s of base) { const at = place.get(s.key); if (at === undefined) continue; if (at < last) return false; last = at }
  return true
}
function orderOf(first: Section[], second: Section[]): string[] {
  const keys = first.map((s) => s.key)
  second.forEach((s, i) => {
    if (keys.includes(s.key)) return
    keys.splice(i > 0 ? keys.indexOf(second[i - 1]!.key) + 1 : 0, 0, s.key)
  })
  return keys
}

export interface Merge { source: string; conflicts: Conflict[] }
/** What `mine` changes in `base`, done to `theirs`; `source` has theirs where both changed the same place. */
export function merge3(base: string, mine: string, theirs: string): Merge {
  if (mine === base || mine === theirs) return { source: theirs, conflicts: [] }
  if (theirs === base) return { source: mine, conflicts: [] }
  const [b, m, t] = [sections(base), sections(mine), sections(theirs)], [bi, mi, ti] = [indexed(b), indexed(m), indexed(t)]
  const conflicts: Conflict[] = []
  let source = ''
  for (const key of sameOrder(b, t) ? orderOf(m, t) : orderOf(t, m)) {
    const x = bi.get(key), y = mi.get(key), z = ti.get(key)
    if (y === z || y === x) { source += z ?? ''; continue }
    if (z === x) { source += y ?? ''; continue }
    const joined = x !== undefined && y !== undefined && z !== undefined ? mergeLines(x, y, z) : null
    if (joined === null) conflicts.push({ clause: key, base: x ?? null, mine: y ?? null, theirs: z ?? null })
    source += joined ?? z ?? ''
  }
  return { source, conflicts }
}

/** The text with one section replaced, added behind the last, or (null) left out. */
export function withSection(source: string, key: string, text: string | null): string {
  const list = sections(source)
  const at = list.findIndex((s) => s.key === key)
  if (at < 0) return text === null ? source : source.replace(/\n?$/, '\n') + text
  return list.map((s, i) => (i === at ? text ?? '' : s.text)).join('')
}
