import { describe, expect, it } from 'vitest'
import { area, boxOf, curve, floods, steps, ticks, yOf } from '@/floor/tide'

const H = 3_600_000
const points = [
  { at: 8 * H, customers: 2, hands: 8 }, { at: 9 * H, customers: 10, hands: 8, breaches: 1 },
  { at: 10 * H, customers: 14, hands: 8, breaches: 2 }, { at: 11 * H, customers: 4, hands: 16 },
  { at: 12 * H, customers: 20, hands: 16, forecast: true },
]

describe('the tide', () => {
  const box = boxOf(points, 400, 100)
  it('draws both lines to one scale', () => {
    expect(box.most).toBe(20)
    expect(yOf(box, 20)).toBe(8)
    expect(yOf(box, 0)).toBe(100)
  })
  it('never overshoots a measured count', () => {
    const ys = [...curve(box, points).matchAll(/[\d.]+ ([\d.]+)/g)].map((m) => Number(m[1]))
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(8)
  })
  it('closes the water and steps the hands', () => {
    expect(area(box, points)).toMatch(/L0 100Z$/)
    expect(steps(box, points)).toBe(`M0 ${yOf(box, 8)}H300V${yOf(box, 16)}H400`)
    expect(curve(box, [])).toBe('')
  })
  it('names each stretch with too few hands and its worst moment', () => {
    const found = floods(points)
    expect(found).toHaveLength(2)
    expect(found[0]).toMatchObject({ from: 9 * H, to: 10 * H, mostOver: 6, at: 10 * H, breaches: 3, forecast: false })
    expect(found[1]).toMatchObject({ mostOver: 4, forecast: true })
  })
  it('thins the ticks out to fit', () => {
    expect(ticks(box, (ms) => ms / H).map((t) => t.hour)).toEqual([8, 9, 10, 11, 12])
    expect(ticks({ ...box, width: 200 }, (ms) => ms / H).map((t) => t.hour)).toEqual([8, 10, 12])
  })
})
