// What stands in the rail. A page is offered if the rulebook gave one of its permissions, or, where the rulebook says nothing, by role.
import type { Component } from 'vue'
import { BookOpen, CalendarDays, ChartColumn, Check, CircleDollarSign, FileText, Handshake, MessageSquare, NotebookTabs, Package, PiggyBank, Scale, Search, Settings, Users, UserCog } from '@lucide/vue'
import type { Me } from '@/api/types'
import { tierOf, type Tier } from './tier'

export interface NavItem { key: string; to: string; icon: Component; tiers: Tier[]; can?: string[]; rank: number; badge?: 'unread' | 'approvals' }

const items: NavItem[] = [
  { key: 'floor', to: '/floor', icon: Users, tiers: ['leader', 'manager'], rank: 1 },
  { key: 'desk', to: '/desk', icon: MessageSquare, tiers: ['agent', 'leader', 'manager'], rank: 2, badge: 'unread' },
  { key: 'approvals', to: '/approvals', icon: Check, tiers: ['leader', 'manager', 'other'], rank: 3, badge: 'approvals' },
  { key: 'cases', to: '/cases', icon: FileText, tiers: ['agent', 'leader', 'manager', 'other'], rank: 4 },
  { key: 'orders', to: '/orders', icon: Package, tiers: ['agent', 'leader', 'manager', 'other'], rank: 5 },
  { key: 'handover', to: '/handover', icon: Handshake, tiers: ['agent', 'leader'], rank: 6 },
  { key: 'shifts', to: '/shifts', icon: CalendarDays, tiers: ['agent', 'other'], rank: 7 },
  { key: 'roster', to: '/roster', icon: CalendarDays, tiers: ['leader', 'manager'], rank: 7 },
  { key: 'my', to: '/my', icon: NotebookTabs, tiers: ['agent', 'other'], rank: 8 },
  { key: 'review', to: '/review', icon: Scale, tiers: ['leader', 'manager'], rank: 9 },
  { key: 'settle', to: '/settle', icon: CircleDollarSign, tiers: ['manager'], rank: 10 },
  { key: 'reports', to: '/reports', icon: ChartColumn, tiers: ['leader', 'manager'], rank: 11 },
  { key: 'rules', to: '/rules', icon: BookOpen, tiers: ['agent', 'leader', 'other'], rank: 12 },
  { key: 'book', to: '/book', icon: BookOpen, tiers: ['manager'], rank: 12 },
  { key: 'people', to: '/people', icon: UserCog, tiers: ['manager'], rank: 13 },
  { key: 'fund', to: '/fund', icon: PiggyBank, tiers: [], rank: 14 },
  { key: 'find', to: '/find', icon: Search, tiers: [], rank: 15 },
  { key: 'settings', to: '/settings', icon: Settings, tiers: ['manager'], rank: 15 },
]
/** Everything this person may open, in the order of the rail. */
export const navFor = (me: Me): NavItem[] => items.filter((i) => i.tiers.includes(tierOf(me))).sort((a, b) => a.rank - b.rank)
export const allNav = items
/** Pages open to everyone that are not in the rail of this tier: reached by the command box. */
export const extraFor = (me: Me): NavItem[] => items.filter((i) => !i.tiers.includes(tierOf(me)) && (i.tiers.length === 0 || ['my', 'rules', 'handover', 'shifts'].includes(i.key)))
