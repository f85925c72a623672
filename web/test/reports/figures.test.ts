import { describe, expect, it } from 'vitest'
import { barColumn, declaredColumns, isFigure, size } from '@/reports/figures'

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
  it('takes a declared column of numbers for figures, names, dates and mixed texts for words', () => {
    const columns = ['key', 'c0', 'c1', 'c2', 'c3', 'c4'].map((name) => ({ name, type: 'text' }))
    const rows = [{ key: '101', c0: '12', c1: '30%', c2: '2026-03-02', c3: null, c4: '3' }, { key: '102', c0: null, c1: '29.5%', c2: '2026-03-03', c3: null, c4: '三' }]
    const found = declaredColumns(columns, rows)
    expect(found.map((c) => c.type)).toEqual(['text', 'count', 'ratio', 'text', 'text', 'text'])
    expect(barColumn(found, rows)).toBe('c1')
  })
})
