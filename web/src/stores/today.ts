// My day: shift, clocking, duties, band. One copy for the top bar, the workbench and the phone; events of my own refresh it.
import { defineStore } from 'pinia'
import { effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Today } from '@/api/types'
import { useFeed } from '@/feed/feed'
import { useMe } from './me'

export const useToday = defineStore('today', () => {
  const today = ref<Today | null>(null), problem = ref<Problem | null>(null)
  let again: ReturnType<typeof setTimeout> | undefined, listening = false
  async function load() {
    try { today.value = await api.get<Today>('/today'); problem.value = null } catch (e) { problem.value = asProblem(e) }
  }
  const soon = () => { clearTimeout(again); again = setTimeout(load, 400) }
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
