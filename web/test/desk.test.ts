import { describe, expect, it } from 'vitest'
import type { ConversationRow, Message } from '@/api/types'
import { fillPhrase, groupRows, isOver, lastBy, mergeMessages, nextGap, slashWord } from '@/desk/rows'

const row = (id: string, o: Partial<ConversationRow> = {}): ConversationRow => ({ id, customer: { id: 'u' + id, name: id }, channel: 'web', state: 'open', agent: 'p1', last: { text: '', by: 'customer', at: 0 }, unread: 0, group: 'must', wait_since_ms: 0, clock: null, tags: [], started_ms: 0, ...o })
const clock = (due_ms: number, state: 'running' | 'paused' | 'violated' = 'running') => ({ id: 'k', clause: { id: 'a', no: '', title: '' }, bearer: 'p1', title: '', started_ms: 0, due_ms, state })
const message = (id: string, seq: number, text = id): Message => ({ id, seq, at: seq, by: { type: 'customer' }, text })

describe('the queue', () => {
  it('puts the clock that ends first on top, and rows without a clock by the long-wait mark', () => {
    const g = groupRows([row('late', { clock: clock(90_000) }), row('soon', { clock: clock(20_000) }), row('bare', { wait_since_ms: -60_000 }), row('idle', { group: 'idle' })], [])
    expect(g.must.map((r) => r.id)).toEqual(['soon', 'bare', 'late'])
    expect(g.idle.map((r) => r.id)).toEqual(['idle'])
  })
  it('offers the longest waiter first', () => expect(groupRows([], [row('b', { wait_since_ms: 5 }), row('a', { wait_since_ms: 1 })]).accept.map((r) => r.id)).toEqual(['a', 'b']))
  it('darkens at 100 seconds or at the end of the clock, never for a paused one', () => {
    expect(isOver(row('a', { wait_since_ms: 0 }), 99_999)).toBe(false)
    expect(isOver(row('a', { wait_since_ms: 0 }), 100_000)).toBe(true)
    expect(isOver(row('a', { wait_since_ms: 0, clock: clock(30_000) }), 30_000)).toBe(true)
    expect(isOver(row('a', { wait_since_ms: null, clock: clock(30_000, 'paused') }), 99_000)).toBe(false)
    expect(isOver(row('a', { group: 'idle', wait_since_ms: 0 }), 999_000)).toBe(false)
    expect(isOver(row('a', { wait_since_ms: 0, clock: { ...clock(30_000, 'paused'), clause: null } }), 999_000), 'closed: the settings’ clock stands still').toBe(false)
    expect(isOver(row('a', { wait_since_ms: 0, clock: clock(30_000, 'paused') }), 999_000), 'a clause’s paused clock says nothing about the wait').toBe(true)
  })
  it('finds who spoke last whichever way it is told', () => {
    expect(lastBy(row('a', { last: { text: '', by: 'agent', at: 0 } }))).toBe('agent')
    expect(lastBy(row('a', { last: { text: '', by: 'p7', type: 'agent', at: 0 } }))).toBe('agent')
    expect(lastBy(row('a', { last: { text: '', by: { type: 'auto' }, at: 0 } }))).toBe('auto')
  })
})
describe('messages', () => {
  it('come once and in order, whatever order they arrive in', () => {
    const all = mergeMessages([message('e3', 3), message('e1', 1)], [message('e2', 2), message('e3', 3, 'newer')])
    expect(all.map((m) => m.id)).toEqual(['e1', 'e2', 'e3'])
    expect(all[2]!.text).toBe('newer')
  })
})
describe('phrases', () => {
  it('open after a slash at the start or after a space, not inside a word', () => {
    expect(slashWord('/bc', 3)).toEqual({ from: 0, word: 'bc' })
    expect(slashWord('您好 /补', 5)).toEqual({ from: 3, word: '补' })
    expect(slashWord('http://a', 8)).toBeNull()
    expect(slashWord('1/2', 3)).toBeNull()
    expect(slashWord('/bc 好', 5)).toBeNull()
  })
  it('fill what is known and leave the rest to the person', () => {
    const text = fillPhrase('{顾客}您好，补偿 {金额} 元', { 顾客: '小满' })
    expect(text).toBe('小满您好，补偿 {金额} 元')
    expect(nextGap(text)).toEqual([8, 12])
    expect(nextGap('没有')).toBeNull()
  })
})
