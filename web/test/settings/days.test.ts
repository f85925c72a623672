import { describe, expect, it } from 'vitest'
import { daysOf, stretches } from '../../src/settings/days'

describe('dates as people write them', () => {
  it('reads days and stretches, each once and in order', () => {
    expect(daysOf('2026-05-02、2026-01-01 至 2026-01-03，2026-01-02', 2026)).toEqual({ days: ['2026-01-01', '2026-01-02', '2026-01-03', '2026-05-02'], wrong: [] })
  })
  it('names what it cannot read: no such day, another year, backwards', () => {
    expect(daysOf('2026-02-30', 2026).wrong).toEqual(['2026-02-30'])
    expect(daysOf('2025-12-31 至 2026-01-02', 2026).wrong).toHaveLength(1)
    expect(daysOf('2026-01-03 至 2026-01-01', 2026).wrong).toHaveLength(1)
    expect(daysOf('元旦', 2026).wrong).toEqual(['元旦'])
  })
  it('knows the 29th of February', () => {
    expect(daysOf('2028-02-28 to 2028-03-01', 2028).days).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  })
  it('writes what it reads', () => {
    const days = ['2026-04-04', '2026-04-05', '2026-04-06', '2026-05-09']
    expect(stretches(days)).toBe('2026-04-04 至 2026-04-06、2026-05-09')
    expect(daysOf(stretches(days), 2026).days).toEqual(days)
  })
})
