import { expect, test } from 'vitest'
import { faultOf, isNight, seconds, split, tidy, timeOf } from '@/settings/hours'

test('times of day as people type them', () => {
  expect(['9', '09:00', '900', '9：30', '24:00', '0:05'].map(timeOf)).toEqual(['09:00', '09:00', '09:00', '09:30', '24:00', '00:05'])
  expect(['', '25', '9:60', '24:01', '上午'].map(timeOf)).toEqual([null, null, null, null, null])
})
test('spans: nights, overlaps, order', () => {
  expect(isNight(['20:00', '02:00'])).toBe(true)
  expect(isNight(['09:00', '24:00'])).toBe(false)
  expect(faultOf([['09:00', '12:00'], ['13:30', '18:00']])).toBeNull()
  expect(faultOf([['09:00', '12:00'], ['11:59', '18:00']])).toBe('overlap')
  expect(faultOf([['20:00', '02:00'], ['23:00', '23:30']])).toBe('overlap')
  expect(faultOf([['9', 'x']])).toBe('time')
  expect(faultOf([['24:00', '02:00']])).toBe('time')
  expect(tidy([['13:30', '18'], ['9', '12']])).toEqual([['09:00', '12:00'], ['13:30', '18:00']])
})
test('lengths of time with their unit', () => {
  expect([0, 45, 60, 90, 7200].map(split)).toEqual([{ n: 0, unit: 'm' }, { n: 45, unit: 's' }, { n: 1, unit: 'm' }, { n: 90, unit: 's' }, { n: 2, unit: 'h' }])
  expect(seconds(1.5, 'm')).toBe(90)
})
