import { describe, expect, it } from 'vitest'
import type { Clock, Slip } from '@/api/types'
import { gather } from '@/floor/clocks'
import { persons, plain } from '@/floor/many'

const clock = (id: string, due_ms: number, object: object | null, bearer = 'p6') => ({ id, clause: { id: 'meetings', no: '第六条', title: '例会' }, tag: 'list', bearer, due_ms, state: 'running', object, title: '例会' }) as unknown as Clock
const slip = (id: string, person: string, fen: number, more: object = {}) => ({ id, person, person_name: person, fen, seal: 'proposed', may_judge: true, ...more }) as unknown as Slip

describe('clocks about to break', () => {
  it('stand in one line when one person keeps them about several and they end together', () => {
    const lines = gather([clock('a', 10, { person: 'p8' }), clock('b', 10, { person: 'p9' }), clock('c', 20, { person: 'p8' }), clock('d', 10, { person: 'p8' }, 'p7')])
    expect(lines.map((l) => [l.clock.id, l.about])).toEqual([['a', ['p8', 'p9']], ['c', ['p8']], ['d', ['p8']]])
  })
  it('of customers are never gathered', () => expect(gather([clock('a', 10, { conversation: 'c1' }), clock('b', 10, { conversation: 'c2' }), clock('e', 10, null), clock('f', 10, null)])).toHaveLength(4))
})
describe('confirming several at once', () => {
  it('leaves out what is appealed, still to be set, nobody\'s, and what is another\'s to judge', () => {
    const list = [slip('1', 'a', 500), slip('2', 'a', 500, { seal: 'appealed' }), slip('3', 'a', 500, { fen_max: 900 }), slip('4', 'a', 500, { may_judge: false }), slip('5', '', 500), slip('6', 'a', 500, { seal: 'waived' })]
    expect(list.filter(plain).map((s) => s.id)).toEqual(['1'])
  })
  it('lists people by what they are charged', () => expect(persons([slip('1', 'a', 500), slip('2', 'b', 900), slip('3', 'a', 300)]).map((p) => [p.id, p.slips.length])).toEqual([['b', 1], ['a', 2]]))
})
