import { describe, expect, it } from 'vitest'
import { addDays, addMonths, dates, dayIn, instantOf, mondayOf, monthDates, weekday } from '@/office/dates'

describe('calendar arithmetic', () => {
  it('steps over the ends of months and years', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(addMonths('2026-12', 1)).toBe('2027-01')
  })
  it('lists days with both ends', () => {
    expect(dates('2026-04-29', '2026-05-02')).toEqual(['2026-04-29', '2026-04-30', '2026-05-01', '2026-05-02'])
    expect(dates('2026-05-02', '2026-05-01')).toEqual([])
    expect(monthDates('2026-02')).toHaveLength(28)
  })
  it('finds the Monday of a week that ends on Sunday', () => {
    expect(mondayOf('2026-03-08')).toBe('2026-03-02')
    expect(mondayOf('2026-03-02')).toBe('2026-03-02')
    expect(weekday('2026-03-05')).toBe(4)
  })
  it('puts the small hours on the day of the zone', () => {
    expect(dayIn(Date.parse('2026-03-04T17:30:00Z'), 'Asia/Shanghai')).toBe('2026-03-05')
    expect(instantOf('2026-03-05', '01:30', 'Asia/Shanghai')).toBe(Date.parse('2026-03-04T17:30:00Z'))
    expect(instantOf('2026-07-01', '12:00', 'Europe/Berlin')).toBe(Date.parse('2026-07-01T10:00:00Z'))
  })
})
