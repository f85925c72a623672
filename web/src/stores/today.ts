// My day: shift, clocking, duties, band. One copy for the top bar, the workbench and the phone; events of my own refresh it.
import { defineStore } from 'pinia'
import { effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { gather } from '@/api/gather'
import { newest } from '@/api/newest'
import { asProblem, type Problem } from '@/api/problem'
import type { Today } from '@/api/types'
import { useDeskFigures } from './deskFigures'
import { useFeed } from '@/feed/feed'
import { useMe } from './me'

interface About { case?: string; order?: string; conversation?: string }
/** The one thing a duty is about. */
export function dutyAbout(d: { object?: unknown }): About {
  const o = d.object
  return typeof o === 'object' && o ? (o as About) : typeof o === 'string' && /^k/.test(o) ? { case: o } : {}
}
/** The page on which a duty is done that the system sees done by itself; empty when there is none. */
export function dutyWay(d: { object?: unknown; goal?: string }): string {
  const about = dutyAbout(d), [noun, verb] = (d.goal ?? '').split('.')
  if (about.case) return `/cases/${about.case}`
  if (noun === '交接') return '/handover'
  if (noun === '订单') return about.order ? `/orders/${about.order}` : '/orders'
  if (noun === '会话') return about.conversation ? `/desk/${about.conversation}` : '/desk'
  return verb ? `/cases?new=${encodeURIComponent(noun!)}` : ''
}

export const useToday = defineStore('today', () => {
  const today = ref<Today | null>(null), problem = ref<Problem | null>(null)
  let listening = false
  const ask = newest()
  async function load() {
    const counts = ask()
    try { const r = await api.get<Today>('/today'); if (!counts()) return; today.value = r; useDeskFigures().cap = today.value.cap ?? null; problem.value = null } catch (e) { problem.value = asProblem(e) }
  }
  const soon = gather(load, 400, 1200)
  function listen() {
    if (listening) return
    listening = true
    const feed = useFeed(), me = useMe()
    effectScope(true).run(() => {
      for (const noun of ['attendance', 'shift', 'duty', 'presence', 'case']) feed.on(noun, (e) => { const who = e.data.person ?? e.by; if (noun === 'case' || noun === 'duty' || who === me.me?.person.id) soon() })
      feed.onBack((n) => { if (n) soon() })
    })
    setInterval(() => { if (document.visibilityState === 'visible') void load() }, 120_000)
  }
  const act = async (path: string, body?: unknown) => { const r = await api.post<any>(path, body); await load(); return r }
  return { today, problem, load, listen, clockIn: () => act('/attendance/in'), clockOut: () => act('/attendance/out'), leavePost: (b: unknown) => act('/attendance/leave-post', b), comeBack: () => act('/attendance/return'), done: (id: string, b: unknown) => act(`/duties/${encodeURIComponent(id)}/done`, b) }
})
