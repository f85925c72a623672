import { describe, expect, it } from 'vitest'
import { clockFace } from '@/parts/clock'
import { duration, ringFigure, amount, money, moneyShort, setZone, time, isoDate, monthName } from '@/i18n/format'

const c = (started_ms: number, due_ms: number, state: 'running' | 'paused' | 'met' = 'running') => ({ started_ms, due_ms, state })

describe('a clock of the rulebook', () => {
  it('is pine at first, amber in the last third, vermilion after the end', () => {
    expect(clockFace(c(0, 60_000), 10_000).tone).toBe('')
    expect(clockFace(c(0, 60_000), 39_999).tone).toBe('')
    expect(clockFace(c(0, 60_000), 40_000).tone).toBe('w')
    expect(clockFace(c(0, 60_000), 59_999)).toMatchObject({ tone: 'w', over: false })
    expect(clockFace(c(0, 60_000), 60_000)).toMatchObject({ tone: 'o', over: true, ms: 0 })
    expect(clockFace(c(0, 60_000), 162_000)).toMatchObject({ tone: 'o', ms: 102_000 })
  })
  it('stands still and dotted while paused', () => expect(clockFace(c(0, 60_000, 'paused'), 999_000)).toMatchObject({ tone: 'p_', part: 0, over: false }))
  it('never shows an empty ring before the end', () => expect(clockFace(c(0, 3_600_000), 3_599_999).part).toBeGreaterThan(0))
  it('says whole seconds that are really left', () => expect(clockFace(c(0, 60_000), 59_001).text).toBe('还剩 1 秒'))
})
describe('figures', () => {
  it('fit a ring', () => {
    expect(ringFigure(37_200, false)).toEqual(['38', ''])
    expect(ringFigure(102_000, true)).toEqual(['1:42', ''])
    expect(ringFigure(14 * 60_000, false)).toEqual(['14', '分'])
    expect(ringFigure(41 * 3_600_000, false)).toEqual(['41', '时'])
    expect(ringFigure(75 * 3_600_000, false)).toEqual(['3', '天'])
    expect(ringFigure(360_000, false, true)).toEqual(['6', '分'])
  })
  it('name the two largest units', () => {
    expect(duration(91_000)).toBe('91 秒')
    expect(duration(102_000)).toBe('1 分 42 秒')
    expect(duration(3 * 3_600_000 + 4 * 60_000)).toBe('3 小时 04 分')
    expect(duration(-61_000)).toBe('61 秒')
  })
  it('show money to the fen with a true minus', () => {
    expect(amount(128_460)).toBe('1,284.60')
    expect(amount(-1500, true)).toBe('−15.00')
    expect(amount(12_630, true)).toBe('+126.30')
    expect(money(5)).toBe('0.05 元')
    expect(moneyShort(3000)).toBe('30 元')
    expect(amount(123_456_789_01)).toBe('123,456,789.01')
  })
  it('tell the time of the desk, not of the computer', () => {
    setZone('Asia/Shanghai')
    const ms = Date.UTC(2026, 2, 4, 16, 30)
    expect(time(ms)).toBe('00:30')
    expect(isoDate(ms)).toBe('2026-03-05')
    expect(monthName('2026-03')).toBe('2026年3月')
  })
})
