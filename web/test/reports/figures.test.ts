import { describe, expect, it } from 'vitest'
import { barColumn, isFigure, size } from '@/reports/figures'

describe('figures of a report', () => {
  it('are sized for drawing from every form the server writes', () => {
    expect([size('29.9%'), size('3/4'), size('1,284.60'), size('−12.00'), size({ fen: 1500 }), size(7), size('林晓'), size(null), size('5/0')]).toEqual([29.9, 0.75, 1284.6, -12, 1500, 7, null, null, 0])
  })
  it('draws the rate, else the last figure, never the names', () => {
    const rows = [{ 员工: '林晓', 接待: 20, 成交率: '30%' }]
    expect(barColumn([{ name: '员工', type: 'person' }, { name: '成交率', type: 'ratio' }, { name: '接待', type: 'count' }], rows)).toBe('成交率')
    expect(barColumn([{ name: '员工', type: 'person' }, { name: '接待', type: 'count' }], rows)).toBe('接待')
    expect(barColumn([{ name: '员工', type: 'person' }], rows)).toBeNull()
    expect(isFigure({ name: '员工', type: 'person' }, rows)).toBe(false)
  })
})
