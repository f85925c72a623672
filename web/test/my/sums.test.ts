import { describe, expect, it } from 'vitest'
import { inGroup, limitBar, signedFen } from '@/my/sums'
import type { Slip } from '@/api/types'

const slip = (over: Partial<Slip>) => ({ id: 's', at: 0, type: 'fine', seal: 'proposed', title: '', detail: '', fen: 1500, ...over }) as Slip

describe('the account page', () => {
  it('gives fines a minus and leaves a slip without money without a sum', () => {
    expect(signedFen(slip({}))).toBe(-1500)
    expect(signedFen(slip({ type: 'reward' }))).toBe(1500)
    expect(signedFen(slip({ type: 'remind', fen: null as never }))).toBeNull()
  })
  it('counts appealed slips among the undecided', () => {
    expect(inGroup(slip({ seal: 'appealed' }), 'open')).toBe(true)
    expect(inGroup(slip({ seal: 'confirmed' }), 'open')).toBe(false)
    expect(inGroup(slip({ type: 'pay' }), 'gain')).toBe(true)
  })
  it('draws the lawful limit and says what lies over it', () => {
    expect(limitBar(2000, 1500, 117692)).toEqual({ used: 17, open: 13, over: 0 })
    expect(limitBar(100_00, 50_00, 120_00)).toEqual({ used: 833, open: 167, over: 3000 })
    expect(limitBar(1, 0, 0)).toEqual({ used: 1000, open: 0, over: 1 })
  })
})
