// How figures and times are said. Everything is shown in the desk's time zone, in tabular figures, with a true minus sign.
import { lang, t } from './index'

let zone = 'Asia/Shanghai'
const made = new Map<string, Intl.DateTimeFormat>()
export const setZone = (z: string) => { zone = z || zone; made.clear() }
export const deskZone = () => zone

interface Parts { year: number; month: number; day: number; hour: number; minute: number; second: number; week: number }
/** The wall clock of the desk at an instant. */
export function wall(ms: number): Parts {
  let f = made.get(zone)
  if (!f) {
    f = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    made.set(zone, f)
  }
  const p: Record<string, number> = {}
  for (const { type, value } of f.formatToParts(ms)) p[type] = Number(value)
  const week = new Date(Date.UTC(p.year!, p.month! - 1, p.day!)).getUTCDay()
  return { year: p.year!, month: p.month!, day: p.day!, hour: p.hour!, minute: p.minute!, second: p.second!, week }
}
const two = (n: number) => String(n).padStart(2, '0')

/** 14:26 */
export const time = (ms: number) => { const w = wall(ms); return `${two(w.hour)}:${two(w.minute)}` }
/** 14:26:46 */
export const timeSec = (ms: number) => { const w = wall(ms); return `${two(w.hour)}:${two(w.minute)}:${two(w.second)}` }
/** 3月5日 / 5 Mar */
export const date = (ms: number) => { const w = wall(ms); return lang.value === 'en' ? `${w.day} ${MONTHS[w.month - 1]}` : `${w.month}月${w.day}日` }
/** 3-05 */
export const dateShort = (ms: number) => { const w = wall(ms); return `${w.month}-${two(w.day)}` }
/** 2026-03-05 */
export const isoDate = (ms: number) => { const w = wall(ms); return `${w.year}-${two(w.month)}-${two(w.day)}` }
/** 2026-03 */
export const isoMonth = (ms: number) => isoDate(ms).slice(0, 7)
/** 周四 / Thu */
export const weekday = (ms: number) => (lang.value === 'en' ? WEEK_EN : WEEK_ZH)[wall(ms).week]!
/** 3月5日 14:26; today only 14:26 */
export const dateTime = (ms: number, now = Date.now()) => (isoDate(ms) === isoDate(now) ? time(ms) : `${date(ms)} ${time(ms)}`)
/** An instant inside a sentence of the server, 2026-03-05 08:30:00, as the pages say it. */
export const plainTimes = (text: string) => text.replace(/\b\d{4}-(\d\d)-(\d\d) (\d\d:\d\d)(:\d\d)?(?:\.\d+)?\b/g, (_, m: string, d: string, hm: string, s?: string) => `${lang.value === 'en' ? `${Number(d)} ${MONTHS[Number(m) - 1]}` : `${Number(m)}月${Number(d)}日`} ${hm}${s && s !== ':00' ? s : ''}`)
/** 2026年3月 / March 2026 from 2026-03 */
export const monthName = (month: string) => { const [y, m] = month.split('-').map(Number); return lang.value === 'en' ? `${MONTHS[m! - 1]} ${y}` : `${y}年${m}月` }
export const WEEK_ZH = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], WEEK_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** 1,284.60 with a true minus; sign: always + or −. */
export function amount(fen: number, sign = false): string {
  const a = Math.abs(Math.round(fen)), whole = String(Math.floor(a / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return (fen < 0 ? '−' : sign && fen > 0 ? '+' : '') + whole + '.' + two(a % 100)
}
/** 1,284.60 元 / CNY 1,284.60 */
export const money = (fen: number, sign = false) => (lang.value === 'en' ? `CNY ${amount(fen, sign)}` : `${amount(fen, sign)} 元`)
/** 15 元 where there are no cents, else 15.50 元 */
export const moneyShort = (fen: number) => (fen % 100 ? money(fen) : lang.value === 'en' ? `CNY ${fen / 100}` : `${String(fen / 100).replace(/\B(?=(\d{3})+$)/g, ',')} 元`)

/** 91 秒, 3 小时 04 分, 2 天: the two largest units, never rounded up. */
export function duration(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000)
  if (s < 100) return t('parts.u.s', { n: s })
  const m = Math.floor(s / 60)
  if (m < 60) return s % 60 && m < 10 ? t('parts.u.ms', { m, s: two(s % 60) }) : t('parts.u.m', { n: m })
  const h = Math.floor(m / 60)
  if (h < 24) return m % 60 ? t('parts.u.hm', { h, m: two(m % 60) }) : t('parts.u.h', { n: h })
  const d = Math.floor(h / 24)
  return h % 24 ? t('parts.u.dh', { d, h: h % 24 }) : t('parts.u.d', { n: d })
}
/** The short figure inside a ring: 38, 1:42, 14 分, 41 时, 2 天 → [figure, unit]. */
export function ringFigure(ms: number, over: boolean, coarse = false): [string, string] {
  const s = Math.max(0, over ? Math.floor(ms / 1000) : Math.ceil(ms / 1000))
  if (s < 100) return [String(s), '']
  if (s < 600 && !coarse) return [`${Math.floor(s / 60)}:${two(s % 60)}`, '']
  const m = Math.floor(s / 60)
  if (m < 100) return [String(m), t('parts.u.mShort')]
  const h = Math.floor(m / 60)
  return h < 72 ? [String(h), t('parts.u.hShort')] : [String(Math.floor(h / 24)), t('parts.u.dShort')]
}
/** 36.4 kB */
export const bytes = (n: number) => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(n < 10240 ? 1 : 0)} KB` : `${(n / 1048576).toFixed(1)} MB`)
