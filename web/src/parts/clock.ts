// What a clock shows at an instant: tone, part of the ring still left (0–100), milliseconds to say, and the words.
import type { Clock } from '@/api/types'
import { duration } from '@/i18n/format'
import { t } from '@/i18n'

export interface Face { tone: '' | 'w' | 'o' | 'p_'; part: number; ms: number; text: string; over: boolean }
export function clockFace(c: Pick<Clock, 'started_ms' | 'due_ms' | 'state'>, now: number): Face {
  const whole = Math.max(1, c.due_ms - c.started_ms), left = c.due_ms - now
  if (c.state === 'paused') { const ms = Math.max(0, now - c.started_ms); return { tone: 'p_', part: 0, ms, text: t('parts.clock.paused'), over: false } }
  if (c.state === 'met') return { tone: 'p_', part: 0, ms: 0, text: t('parts.clock.met'), over: false }
  if (c.state === 'late') return { tone: 'p_', part: 0, ms: 0, text: t('parts.clock.late'), over: false }
  if (left <= 0) return { tone: 'o', part: 0, ms: now - c.due_ms, text: t('parts.clock.over', { d: duration(-left) }), over: true }
  return { tone: left * 3 <= whole ? 'w' : '', part: Math.max(1, Math.min(100, Math.round((left / whole) * 1000) / 10)), ms: left, text: t('parts.clock.left', { d: duration(Math.ceil(left / 1000) * 1000) }), over: false }
}
