// Lines of the thread that say what was done with the conversation, in words; and the quoted tail of an e-mail.
import type { Message } from '@/api/types'
import { has, t } from '@/i18n'
import { dateTime } from '@/i18n/format'
import { serverNow } from '@/stores/clock'

const FOREVER = 253_402_300_000_000
const ends: Record<string, string> = { 接了: 'offer_accepted', 婉拒: 'offer_declined', 没答复: 'offer_lapsed', 收回: 'offer_withdrawn', accepted: 'offer_accepted', declined: 'offer_declined', lapsed: 'offer_lapsed', withdrawn: 'offer_withdrawn' }
export const isForever = (ms: number) => ms >= FOREVER

/** What a system line says. */
export function actText(m: Message): string {
  const a = m.act
  if (!a) return m.text
  const by = m.by.name || t('desk.sys.desk'), until = a.until ? dateTime(a.until, serverNow()) : ''
  let key = a.act
  if (key === 'offer_ended') key = ends[a.result ?? ''] ?? 'offer_declined'
  if (key === 'snoozed' && a.until && isForever(a.until)) key = 'snoozedReply'
  if (key === 'woken' && (a.cause === '人' || a.cause === 'person')) key = 'wokenBy'
  if (!has('desk.sys.' + key)) return a.act
  const tail = (key === 'offer_declined' || key === 'spam_marked' || key === 'answered') && a.reason ? t('desk.colon') + a.reason : a.reason ?? ''
  return t('desk.sys.' + key, { by, to: a.to_name ?? '', former: a.former_name ?? '', reason: tail, until, stars: a.stars ?? '' })
}
/** Where an e-mail's own words end and the quoted ones begin; the whole when nothing is quoted. */
export function splitQuoted(text: string): [string, string] {
  const m = /^(?:>.*|-{2,} ?(?:原始邮件|Original Message).*|(?:在|于).{4,80}写道[:：]|On .{6,120} wrote:)\s*$/m.exec(text)
  return m && m.index > 0 ? [text.slice(0, m.index).trimEnd(), text.slice(m.index)] : [text, '']
}
/** The words of a note in parts, so that the people mentioned stand out. */
export function mentionParts(text: string, names: string[]): { text: string; at: boolean }[] {
  if (!names.length) return [{ text, at: false }]
  const re = new RegExp('(@(?:' + names.map((n) => n.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') + '))', 'g')
  return text.split(re).filter(Boolean).map((x) => ({ text: x, at: x.startsWith('@') && names.includes(x.slice(1)) }))
}
