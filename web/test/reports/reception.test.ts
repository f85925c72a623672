import { describe, expect, it } from 'vitest'
import { besideOf, modeOf, yearBefore, type Reception, type Sums } from '@/reports/reception'

const row = (key: string) => ({ key, first: { n: 1 } }) as Sums
const report = (by: string, rows: string[], from: string, before?: { from: string; rows: string[] }) => ({ by, from, rows: rows.map(row), before: before && { from: before.from, to: '', rows: before.rows.map(row) } }) as unknown as Reception

describe('two spans beside each other', () => {
  it('pairs rows of the same name, and days by their place', () => {
    expect([...besideOf(report('agent', ['p1', 'p2'], '2026-03-16', { from: '2026-03-02', rows: ['p2', 'p9'] })).keys()]).toEqual(['p2', 'p9'])
    const days = besideOf(report('day', ['2026-03-16', '2026-03-17', '2026-03-18'], '2026-03-16', { from: '2026-02-27', rows: ['2026-02-27', '2026-03-01'] }))
    expect([...days].map(([k, r]) => [k, r.key])).toEqual([['2026-03-16', '2026-02-27'], ['2026-03-18', '2026-03-01']])
    expect(besideOf(report('agent', ['p1'], '2026-03-16')).size).toBe(0)
  })
  it('knows from the address what is compared with', () => {
    const at = { from: '2026-03-01', to: '2026-03-31', compare: '', compareFrom: '', compareTo: '' }
    expect([modeOf(at), modeOf({ ...at, compare: '1' }), modeOf({ ...at, compareFrom: '2025-03-01', compareTo: '2025-03-31' }), modeOf({ ...at, compareFrom: '2025-03-02', compareTo: '2025-03-31' })]).toEqual(['', 'before', 'year', 'own'])
    expect([yearBefore('2026-03-31'), yearBefore('2028-02-29')]).toEqual(['2025-03-31', '2027-02-28'])
  })
})
