// Sums of the account page in whole fen. The server's totals are the truth; these only arrange them for drawing.
import type { Slip } from '@/api/types'

export type Group = 'all' | 'open' | 'fine' | 'gain'

export const isGain = (slip: Slip) => slip.type === 'reward' || slip.type === 'pay'
export const isGone = (slip: Slip) => slip.seal === 'waived' || slip.seal === 'withdrawn'
export const isOpen = (slip: Slip) => slip.seal === 'proposed' || slip.seal === 'open' || slip.seal === 'appealed'

export const inGroup = (slip: Slip, group: Group) =>
  group === 'all' ? true : group === 'open' ? isOpen(slip) : group === 'gain' ? isGain(slip) : slip.type === 'fine'

// The slip's effect on the person's money: fines and charges take away.
export const signedFen = (slip: Slip) =>
  slip.fen === null || slip.fen === undefined ? null
    : slip.type === 'fine' || slip.type === 'compensate' || slip.type === 'charge' ? -slip.fen : slip.fen

// Parts per thousand of the lawful limit, used and still open, for the drawn bar. A limit of zero is full at once.
export const limitBar = (used_fen: number, open_fen: number, limit_fen: number) => {
  const share = (fen: number) => (limit_fen <= 0 ? (fen > 0 ? 1000 : 0) : Math.min(1000, Math.round((fen * 1000) / limit_fen)))
  const used = share(used_fen)
  return { used, open: Math.min(1000 - used, share(open_fen)), over: Math.max(0, used_fen + open_fen - Math.max(0, limit_fen)) }
}
