// The figures of the reports counted from the event log by another way than the program's: all events in memory, one conversation at a
// time, in the order of what happened.
import assert from 'node:assert/strict'
import type { LogEvent } from './log.ts'
import type { Client } from './service.ts'

export const ZONE = 8 * 3600_000, DAY = 86400_000
export const dateOf = (ms: number) => new Date(ms + ZONE).toISOString().slice(0, 10)

export interface Waits { n: number; never: number; sum: number; steps: number[] }
export interface Sums { first: Waits; reply: Waits; took: Waits; firstOpen: Waits; replyOpen: Waits; tookOpen: Waits; left: number; stars: number; rated: number; pleased: number; deals: number; orders: number; fen: number; transfers: number }
const waits = (): Waits => ({ n: 0, never: 0, sum: 0, steps: Array(33).fill(0) })
export const sums = (): Sums => ({ first: waits(), reply: waits(), took: waits(), firstOpen: waits(), replyOpen: waits(), tookOpen: waits(), left: 0, stars: 0, rated: 0, pleased: 0, deals: 0, orders: 0, fen: 0, transfers: 0 })

/** One small fact: when, who, on which channel, and what to do to the sums. */
export interface Grain { at: number; agent: string; channel: string; customer: string; tags: string[]; start?: number; add: (s: Sums) => void }

interface Talk { channel: string; customer: string; tags: string[]; holder: string; messages: { at: number; seq: number; by: string; agent: boolean; home?: string }[]; rated?: { at: number; stars: number; agent: string }; start: number; end?: { at: number; deal: boolean; speaker: string } }

/** The service hours by a way of its own: minute by minute of the week would be slow, so every local day is cut into its open spans, and spans
 * that touch or overlap are joined. `versions` is what the log said, each from the moment it was said. */
type Day = [string, string][]
interface Version { from: number; days: Day[] | null; holidays: Set<string>; makeUp: Set<string> }
const minute = (t: string) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3))
function openSpans(v: Version, from: number, to: number): [number, number][] {
  const out: [number, number][] = []
  for (let d = Math.floor((from + ZONE) / DAY) - 1; d <= Math.floor((to + ZONE) / DAY); d++) {
    const date = new Date(d * DAY).toISOString().slice(0, 10), weekday = (new Date(d * DAY).getUTCDay() + 6) % 7
    for (const [a, b] of v.days![v.makeUp.has(date) ? 8 : v.holidays.has(date) ? 7 : weekday]!) out.push([d * DAY - ZONE + minute(a) * 60_000, d * DAY - ZONE + (minute(b) + (minute(b) <= minute(a) ? 1440 : 0)) * 60_000])
  }
  const joined: [number, number][] = []
  for (const [a, b] of out.sort((x, y) => x[0] - y[0])) { const last = joined.at(-1); if (last && a <= last[1]) last[1] = Math.max(last[1], b); else joined.push([a, b]) }
  return joined
}
/** Open time of a wait by what was in force just before it began; undefined: no hours were. */
function openTime(versions: Version[], from: number, to: number): number | undefined {
  const v = versions.filter((x) => x.from < from).at(-1)
  if (!v?.days) return undefined
  return openSpans(v, from, to).reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0)
}
function versionsOf(log: LogEvent[]): Version[] {
  const out: Version[] = [], years = new Map<number, { holidays: string[]; make_up: string[] }>()
  let days: Day[] | null = null
  for (const e of log) {
    if (e.kind === 'desk.changed' && e.data.item === 'service') days = JSON.parse(e.data.new).days
    else if (e.kind === 'calendar.changed') years.set(e.data.year, { holidays: e.data.holidays ?? [], make_up: e.data.make_up ?? [] })
    else continue
    out.push({ from: e.at, days, holidays: new Set([...years.values()].flatMap((y) => y.holidays)), makeUp: new Set([...years.values()].flatMap((y) => y.make_up)) })
  }
  return out
}

const of = (t: Talk) => ({ customer: t.customer, tags: t.tags, start: t.start })
const speakerOf = (t: Talk) => t.messages.filter((m) => m.agent).sort((a, b) => a.at - b.at || a.seq - b.seq).at(-1)?.by

export function grains(log: LogEvent[], scale: number[]): Grain[] {
  const out: Grain[] = [], talks = new Map<string, Talk>(), versions = versionsOf(log)
  const put = (w: Waits, ms: number) => { w.n++; w.sum += ms; const i = scale.findIndex((s) => ms <= s); w.steps[i < 0 ? 32 : i]!++ }
  for (const e of log) {
    const d = e.data, t = talks.get(d.conversation)
    if (e.kind === 'conversation.started') talks.set(d.conversation, { channel: d.channel ?? '', customer: d.customer ?? '', tags: [], holder: d.agent ?? '', messages: [], start: e.at })
    else if (e.kind === 'order.completed' && d.agent) out.push({ at: e.at, agent: d.agent, channel: '', customer: d.customer ?? '', tags: [], add: (s) => { s.orders++; s.fen += Math.round(Number(d.amount) * 100) } })
    if (!t) continue
    if (e.kind === 'conversation.tagged') t.tags.splice(0, t.tags.length, ...d.tags)
    if (e.kind === 'conversation.assigned' || e.kind === 'conversation.picked_up') t.holder = d.agent
    else if (e.kind === 'conversation.transferred') { if (d.to) t.holder = d.to; out.push({ at: e.at, agent: d.person, channel: t.channel, ...of(t), add: (s) => s.transfers++ }) }
    else if (e.kind === 'conversation.customer_spoke') t.messages.push({ at: e.at, seq: e.seq, by: '', agent: false })
    else if (e.kind === 'conversation.agent_replied') t.messages.push({ at: e.at, seq: e.seq, by: e.by || d.agent, agent: true })
    else if (e.kind === 'conversation.closed' && !t.end) t.end = { at: e.at, deal: !!d.deal, speaker: speakerOf(t) ?? t.holder }
    else if (e.kind === 'conversation.rated' || (e.kind === 'survey.answered' && d.stars)) { if (!t.rated || e.at >= t.rated.at) t.rated = { at: e.at, stars: d.stars, agent: speakerOf(t) ?? t.holder } }
    else if (e.kind === 'conversation.merged') { const into = talks.get(d.into)!; for (const m of t.messages) into.messages.push({ ...m, home: m.home ?? d.conversation }); t.messages = [] }
    else if (e.kind === 'conversation.unmerged') { const into = talks.get(d.into)!; t.messages.push(...into.messages.filter((m) => m.home === d.conversation).map((m) => ({ ...m, home: undefined }))); into.messages = into.messages.filter((m) => m.home !== d.conversation) }
  }
  for (const t of talks.values()) {
    if (t.rated) { const { at, stars, agent } = t.rated; out.push({ at, agent, channel: t.channel, ...of(t), add: (s) => { s.rated++; s.stars += stars; if (stars >= 4) s.pleased++ } }) }
    let asked: number | undefined, spoken = false
    for (const m of [...t.messages].sort((a, b) => a.at - b.at || a.seq - b.seq)) {
      if (!m.agent) { asked ??= m.at; continue }
      if (asked !== undefined) {
        const wait = m.at - asked, first = !spoken, open = openTime(versions, asked, m.at)
        out.push({ at: asked, agent: m.by, channel: t.channel, ...of(t), add: (s) => { put(s.reply, wait); if (first) put(s.first, wait); if (open !== undefined) { put(s.replyOpen, open); if (first) put(s.firstOpen, open) } } })
      }
      asked = undefined
      spoken = true
    }
    if (!t.end) continue
    const took = Math.max(0, t.end.at - t.start), end = t.end, tookOpen = openTime(versions, t.start, t.end.at), known = asked !== undefined && openTime(versions, asked, asked) !== undefined
    out.push({ at: end.at, agent: end.speaker || '-', channel: t.channel, ...of(t), add: (s) => { put(s.took, took); if (tookOpen !== undefined) put(s.tookOpen, tookOpen); if (end.deal) s.deals++ } })
    if (asked !== undefined) out.push({ at: asked, agent: end.speaker || '-', channel: t.channel, ...of(t), add: (s) => { if (spoken) s.left++; else { s.first.never++; if (known) s.firstOpen.never++ } } })
  }
  return out
}

export function count(all: Grain[], from: string, to: string, by: 'agent' | 'channel' | 'day', which: (g: Grain) => boolean = () => true): Map<string, Sums> {
  const rows = new Map<string, Sums>()
  for (const g of all) {
    if (!which(g)) continue
    const date = dateOf(g.at)
    if (date < from || date > to) continue
    const key = by === 'agent' ? g.agent : by === 'channel' ? g.channel : date
    if (!rows.has(key)) rows.set(key, sums())
    g.add(rows.get(key)!)
  }
  return rows
}

export const percentile = (w: Waits, open: number[], share: number, scale: number[]) => {
  const all = w.n + w.never + open.reduce((a, b) => a + b, 0), want = Math.ceil(all * share)
  let seen = 0
  for (let i = 0; i < 32; i++) if ((seen += w.steps[i]! + open[i]!) >= want) return scale[i]!
  return null
}

/** The report and the recount, by every grouping; `narrow`: a filter as the address has it and what it means for the recount. */
export async function compare(owner: Client, log: LogEvent[], from: string, to: string, narrow = '', which?: (g: Grain) => boolean) {
  const scale: number[] = (await owner.get(`/reports/reception?from=${from}&to=${to}`)).body.scale_ms
  const all = grains(log, scale)
  for (const by of ['agent', 'channel', 'day'] as const) {
    const r = (await owner.get(`/reports/reception?from=${from}&to=${to}&by=${by}${narrow}`)).body, mine = count(all, from, to, by, which)
    const theirs = new Map<string, any>(r.rows.map((x: any) => [x.key, x]))
    for (const [key, s] of mine) {
      const x = theirs.get(key), what = `${from} ${to} ${by} ${key} ${narrow}`
      assert.ok(x, `${what} is missing`)
      assert.deepEqual({ received: x.received, never: x.first.never, firstMean: x.first.mean_ms, replies: x.reply.n - x.reply.open, replyMean: x.reply.mean_ms, ended: x.ended, tookMean: x.took.mean_ms, left: x.left, rated: x.rated, stars: x.stars_x100, pleased: x.pleased_pm, deals: x.deals, orders: x.orders, fen: x.fen, transfers: x.transfers },
        { received: s.first.n, never: s.first.never, firstMean: s.first.n ? Math.floor(s.first.sum / s.first.n) : null, replies: s.reply.n, replyMean: s.reply.n ? Math.floor(s.reply.sum / s.reply.n) : null, ended: s.took.n, tookMean: s.took.n ? Math.floor(s.took.sum / s.took.n) : null, left: s.left, rated: s.rated,
          stars: s.rated ? Math.floor((s.stars * 100 + Math.floor(s.rated / 2)) / s.rated) : null, pleased: s.rated ? Math.floor((s.pleased * 1000 + Math.floor(s.rated / 2)) / s.rated) : null, deals: s.deals, orders: s.orders, fen: s.fen, transfers: s.transfers }, what)
      if (x.waiting === 0) for (const [name, w] of [['first', s.first], ['took', s.took]] as const) for (const p of [50, 90, 95, 99])
        assert.equal(x[name][`p${p}_ms`], w.n + w.never ? percentile(w, Array(33).fill(0), p / 100, scale) : null, `${what} ${name} p${p}`)
      for (const [name, w] of [['first', s.firstOpen], ['reply', s.replyOpen], ['took', s.tookOpen]] as const) {
        const y = x.service?.[name], open = y?.open ?? 0
        assert.deepEqual({ n: (y?.n ?? 0) - open, never: y?.never ?? 0, mean: y?.mean_ms ?? null }, { n: w.n + w.never, never: w.never, mean: w.n ? Math.floor(w.sum / w.n) : null }, `${what} ${name} in service hours`)
        if (!open) for (const p of [50, 90, 95, 99]) assert.equal(y?.[`p${p}_ms`] ?? null, w.n + w.never ? percentile(w, Array(33).fill(0), p / 100, scale) : null, `${what} ${name} p${p} in service hours`)
        if (by === 'day' && !open && y) assert.deepEqual(x.service[name + '_steps'], w.steps, what)
      }
      if (by === 'day' && x.waiting === 0) assert.deepEqual(x.reply_steps, s.reply.steps, what)
    }
    for (const [key, x] of theirs) if (!mine.has(key)) assert.equal(x.received + x.ended + x.rated + x.orders + x.transfers + x.left + x.first.never, 0, `${by} ${key} is too much`)
  }
}
