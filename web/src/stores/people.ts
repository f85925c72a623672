// The people of the department, for names, pickers and presence dots. Fetched once, refreshed by people and presence events.
import { defineStore } from 'pinia'
import { computed, effectScope, ref } from 'vue'
import { api } from '@/api/client'
import type { Page, Person, Presence } from '@/api/types'
import { useFeed } from '@/feed/feed'

export const usePeople = defineStore('people', () => {
  const all = ref<Person[]>([])
  const byId = computed(() => new Map(all.value.map((p) => [p.id, p])))
  let asked: Promise<void> | null = null
  async function fetchAll() {
    const r = await api.get<Page<Person>>('/people', { limit: 500 })
    all.value = r.items
    try {
      const seen = await api.get<{ items: { person?: string; id?: string; state?: Presence; presence?: Presence }[] }>('/presence')
      for (const s of seen.items ?? []) setPresence((s.person ?? s.id)!, (s.state ?? s.presence)!)
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
