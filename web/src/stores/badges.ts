// The two figures of the rail: conversations with unread words, things that wait for my decision.
import { defineStore } from 'pinia'
import { effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { useFeed } from '@/feed/feed'
import { useMe } from './me'
import { tierOf } from '@/shell/nav'

export const useBadges = defineStore('badges', () => {
  const unread = ref(0), approvals = ref(0)
  let listening = false, wait: ReturnType<typeof setTimeout> | undefined
  async function count() {
    const me = useMe().me
    if (!me || tierOf(me) === 'agent') return
    try { approvals.value = (await api.get<{ items: unknown[] }>('/approvals', { limit: 100 })).items.length } catch { /* the page itself says it */ }
  }
  function listen() {
    void count()
    if (listening) return
    listening = true
    effectScope(true).run(() => {
      const feed = useFeed(), soon = () => { clearTimeout(wait); wait = setTimeout(count, 800) }
      for (const noun of ['case', 'approval', 'request', 'attendance']) feed.on(noun, soon)
      feed.onBack(soon)
    })
  }
  return { unread, approvals, listen, count }
})
