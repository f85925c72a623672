// The people of the department, for names, pickers and presence dots. Fetched once, refreshed by people and presence events.
import { defineStore } from 'pinia'
import { computed, effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { newest } from '@/api/newest'
import type { Leave, Page, Person, Presence } from '@/api/types'
import { useFeed } from '@/feed/feed'

export const usePeople = defineStore('people', () => {
  const all = ref<Person[]>([])
  const byId = computed(() => new Map(all.value.map((p) => [p.id, p])))
  let asked: Promise<void> | null = null
  const ask = newest()
  async function fetchAll() {
    const counts = ask(), r = await api.get<Page<Person>>('/people', { limit: 500 })
    if (!counts()) return
    all.value = r.items
    try {
      const seen = new Map((await api.get<{ items: ({ id: string; presence: Presence } & Leave)[] }>('/presence')).items.map((s) => [s.id, s]))
      all.value = all.value.map((p) => { const s = seen.get(p.id); return s ? { ...p, presence: s.presence, leave_from_ms: s.leave_from_ms, leave_until_ms: s.leave_until_ms } : p })
    } catch { /* dots are an extra */ }
  }
  function load(again = false): Promise<void> {
    if (again || !asked) { asked = fetchAll(); asked.catch(() => { asked = null }) }
    return asked.catch(() => {})
  }
  const setPresence = (id: string, presence: Presence) => { all.value = all.value.map((p) => (p.id === id ? { ...p, presence } : p)) }
  const name = (id: string | null | undefined) => (id ? byId.value.get(id)?.name ?? '' : '')
  function listen() {
    const feed = useFeed()
    effectScope(true).run(() => {
    feed.on('presence', (e) => { const id = e.data.person as string, s = e.data.new ?? e.data.state; if (id && s) setPresence(id, presenceOf(String(s))) })
    feed.on('person', () => { void load(true) })
    })
  }
  return { all, byId, load, name, setPresence, listen }
})

/** The rulebook's words for presence → the four states the pages draw. */
export function presenceOf(word: string): Presence {
  const map: Record<string, Presence> = { 在线: 'online', 忙碌: 'busy', 暂离: 'away', 挂起: 'away', 隐身: 'offline', 离线: 'offline', online: 'online', busy: 'busy', away: 'away', suspended: 'away', invisible: 'offline', offline: 'offline' }
  return map[word] ?? 'offline'
}

/** On leave at that moment: then their own presence does not count. */
export const onLeave = (p: Partial<Leave> | null | undefined, at: number) => !!p?.leave_from_ms && !!p.leave_until_ms && p.leave_from_ms <= at && at < p.leave_until_ms
