import { describe, expect, it } from 'vitest'
import { cellKey, changes, copyForward, heads, hourly, hours, lay, longStreaks, openHours, shiftHours, swap } from '@/roster/check'
import { dates } from '@/office/dates'

const week = dates('2026-03-02', '2026-03-08')
const row = (person: string, marks: string) =>
  week.map((date, i) => ({ person, date, shift: marks[i] === 'x' ? '休' : marks[i] === 'n' ? '夜班' : '白班' }))

describe('a draft roster', () => {
  it('counts heads and does not count rest', () => {
    const laid = lay([...row('a', 'ddddddx'), ...row('b', 'xdddddd')])
    expect(heads(laid, ['a', 'b'], '2026-03-02')).toBe(1)
    expect(heads(laid, ['a', 'b'], '2026-03-03')).toBe(2)
  })
  it('finds seven days in a row and passes six', () => {
    expect(longStreaks(lay(row('a', 'ddddddd')), ['a'], week, 6))
      .toEqual([{ person: 'a', from: '2026-03-02', to: '2026-03-08', days: 7 }])
    expect(longStreaks(lay(row('a', 'ddddddx')), ['a'], week, 6)).toEqual([])
  })
  it('swaps two cells and names only what changed', () => {
    const before = lay([...row('a', 'ddddddx'), ...row('b', 'nnnnnnx')])
    const after = swap(before, cellKey('a', '2026-03-02'), cellKey('b', '2026-03-03'))
    expect(changes(before, after)).toEqual([
      { person: 'a', date: '2026-03-02', shift: '夜班' }, { person: 'b', date: '2026-03-03', shift: '白班' }])
  })
  it('copies the weeks before', () => {
    const next = dates('2026-03-09', '2026-03-15')
    const copied = copyForward(lay(row('a', 'ddddddx')), ['a'], next, 7)
    expect(copied.get(cellKey('a', '2026-03-15'))).toBe('休')
    expect(hours(copied, 'a', next, { 白班: 9 })).toBe(54)
  })
  it('knows the length of a shift over midnight', () => {
    expect(shiftHours('8:30', '17:30', false)).toBe(9)
    expect(shiftHours('17:30', '1:00', true)).toBe(7.5)
  })
  it('counts the small hours to the shift of the evening before', () => {
    const shifts = [{ name: '夜班', start: '17:30', end: '1:00', nextDay: true }]
    const on = hourly(lay(row('a', 'nxxxxxx')), ['a'], '2026-03-03', shifts)
    expect(on[0]).toBe(1)
    expect(on[18]).toBe(0)
    expect(hourly(lay(row('a', 'nxxxxxx')), ['a'], '2026-03-02', shifts)[18]).toBe(1)
  })
  it('lists the hours in which the desk is open, the small hours last', () => {
    const open = openHours([{ start: '8:30', end: '17:30', nextDay: false }, { start: '17:30', end: '1:00', nextDay: true }])
    expect(open[0]).toBe(8)
    expect(open.at(-1)).toBe(0)
    expect(open).not.toContain(4)
  })
})
