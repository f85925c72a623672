// The answer of /reports/reception and how it is said and drawn.
import { duration } from '@/i18n/format'
import { t } from '@/i18n'
import { base, category, legend, tooltip, value, type Draw, type Ink } from './chart'

export interface Waits { n: number; never: number; open: number; p50_ms: number | null; p90_ms: number | null; p95_ms: number | null; p99_ms: number | null; mean_ms: number | null }
/** The same three by service hours, where any were in force. */
export interface InHours { first: Waits; reply: Waits; took: Waits; first_steps?: number[]; reply_steps?: number[]; took_steps?: number[] }
export interface Hours { since_ms: number; version: number; by: 'book' | 'desk'; days: [string, string][][] }
export interface Sums extends InHours {
  service: InHours | null
  key?: string; name?: string; received: number; ended: number; left: number; waiting: number; rated: number; stars_x100: number | null; pleased_pm: number | null
  deals: number; deal_pm: number | null; orders: number; fen: number; transfers: number
}
export interface Definition { id: string; title: string; zh: string; en: string }
export interface Reception { name: string; title: string; from: string; to: string; by: string; definitions: Definition[]; hours: Hours[]; scale_ms: number[]; rows: Sums[]; total: Sums; before?: Sums & { from: string; to: string; rows: Sums[] }; now: number }
export const groupings = ['agent', 'shift', 'channel', 'tag', 'day'] as const

/** The same day a year before; of a leap day, the day before it. */
export const yearBefore = (d: string) => `${Number(d.slice(0, 4)) - 1}${d.slice(4) === '-02-29' ? '-02-28' : d.slice(4)}`
/** What the address says of the span to stand beside. */
export function modeOf(a: { from: string; to: string; compare: string; compareFrom: string; compareTo: string }): '' | 'before' | 'year' | 'own' {
  if (!a.compareFrom) return a.compare === '1' ? 'before' : ''
  return a.compareFrom === yearBefore(a.from) && a.compareTo === yearBefore(a.to) ? 'year' : 'own'
}
/** The row of the other span that stands beside a row: of the same name, or, by days, the day at the same place. */
export function besideOf(d: Reception): Map<string, Sums> {
  if (!d.before?.rows) return new Map()
  const there = new Map(d.before.rows.map((r) => [r.key!, r]))
  if (d.by !== 'day') return there
  const shift = Math.round((Date.parse(d.before.from) - Date.parse(d.from)) / 86_400_000)
  return new Map(d.rows.flatMap((r) => { const x = there.get(new Date(Date.parse(r.key!) + shift * 86_400_000).toISOString().slice(0, 10)); return x ? [[r.key!, x] as [string, Sums]] : [] }))
}

/** 3,923 */
export const figure = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',')
/** 33.4%: per mille with one place. */
export const share = (pm: number | null | undefined) => (pm === null || pm === undefined ? '' : `${(pm / 10).toFixed(1)}%`)
/** A percentile: its step's upper end; among the unanswered it is "never". */
export const upTo = (ms: number | null, n: number) => (!n ? '' : ms === null ? t('reports.never') : duration(ms))
/** How many lie within a step's upper end. */
export const within = (steps: number[] | undefined, scale: number[], ms: number) => (steps ?? []).reduce((a, n, i) => a + (i < scale.length && scale[i]! <= ms ? n : 0), 0)

/** Steps that hold something, and their neighbours in between. */
export function stretch(steps: number[], other?: number[]): [number, number] {
  const any = (i: number) => (steps[i] ?? 0) + (other?.[i] ?? 0) > 0
  let a = 0, b = steps.length - 1
  while (a < b && !any(a)) a++
  while (b > a && !any(b)) b--
  return [a, b]
}
export const stepName = (i: number, scale: number[]) => (i < scale.length ? `≤${duration(scale[i]!)}` : t('reports.longer'))

/** Bars of a distribution; the period before as a thin line; the unanswered last, in vermilion. */
export function drawSteps(steps: number[], never: number, scale: number[], before?: number[]): Draw {
  const [a, b] = stretch(steps, before), names = Array.from({ length: b - a + 1 }, (_, i) => stepName(a + i, scale))
  return (ink) => ({
    ...base(ink), tooltip: tooltip(ink, { trigger: 'axis' }), legend: before ? legend(ink) : undefined, grid: { left: 4, right: 4, top: 30, bottom: 2, containLabel: true },
    xAxis: category(ink, never ? [...names, t('reports.never')] : names), yAxis: value(ink),
    series: [
      { name: t('reports.thisTime'), type: 'bar', cursor: 'pointer', barCategoryGap: '18%', itemStyle: { color: ink.pine }, data: [...steps.slice(a, b + 1), ...(never ? [{ value: never, itemStyle: { color: ink.red } }] : [])] },
      ...(before ? [{ name: t('reports.otherSpan'), type: 'line', step: 'middle', symbol: 'none', lineStyle: { color: ink.ink3, width: 1.5, type: 'dashed' }, itemStyle: { color: ink.ink3 }, data: before.slice(a, b + 1) }] : []),
    ],
  })
}

/** Conversations a day as bars, nine in ten first replies as a line; the days of the other span, by their place, as a dashed line. */
export function drawDays(rows: Sums[], beside?: Map<string, Sums>): Draw {
  return (ink: Ink) => ({
    ...base(ink), tooltip: tooltip(ink, { trigger: 'axis', valueFormatter: undefined }), legend: legend(ink), grid: { left: 4, right: 4, top: 30, bottom: 2, containLabel: true },
    xAxis: category(ink, rows.map((r) => r.key!.slice(5).replace(/^0/, ''))),
    yAxis: [value(ink), value(ink, { splitLine: { show: false }, axisLabel: { color: ink.ink3, formatter: (v: number) => t('parts.u.s', { n: v }) } })],
    series: [
      { name: t('reports.received'), type: 'bar', cursor: 'pointer', barCategoryGap: '28%', itemStyle: { color: ink.pine }, data: rows.map((r) => r.first.n - r.first.open) },
      ...(beside?.size ? [{ name: t('reports.otherSpan'), type: 'line', step: 'middle', symbol: 'none', lineStyle: { color: ink.ink3, width: 1.5, type: 'dashed' }, itemStyle: { color: ink.ink3 }, data: rows.map((r) => { const b = beside.get(r.key!); return b ? b.first.n - b.first.open : null }) }] : []),
      { name: t('reports.p90First'), type: 'line', yAxisIndex: 1, symbolSize: 4, lineStyle: { color: ink.amber, width: 2 }, itemStyle: { color: ink.amber }, data: rows.map((r) => (r.first.p90_ms === null ? null : r.first.p90_ms / 1000)) },
    ],
  })
}
