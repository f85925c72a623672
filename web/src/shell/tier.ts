// Agent, leader, manager or somebody else, as the rail and the pages order themselves. Apart from the rail, which brings its icons.
import type { Me } from '@/api/types'

export type Tier = 'agent' | 'leader' | 'manager' | 'other'

/** Tiers only order the rail; what a person may do is checked by the server. */
export function tierOf(me: Me): Tier {
  const can = (p: string) => me.can.some((c) => c === '*' || c === p || c.startsWith(p + '.'))
  if (/经理|店长|负责人|老板|manager|owner/i.test(me.person.role) || me.home.startsWith('/book')) return 'manager'
  if (/组长|主管|leader|supervisor/i.test(me.person.role) || me.home === '/floor') return 'leader'
  if (/客服|agent/i.test(me.person.role) || can('会话')) return 'agent'
  return 'other'
}
