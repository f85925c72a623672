// The two figures of the rail: conversations with unread words, things that wait for my decision.
import { defineStore } from 'pinia'
import { effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { gather } from '@/api/gather'
import { newest } from '@/api/newest'
import { useFeed } from '@/feed/feed'
import { useMe } from './me'
import { tierOf } from '@/shell/tier'

export const useBadges = defineStore('badges', () => {
  const unread = ref(0), approvals = ref(0)
  const ask = newest()
  let listening = false
  async function count() {
    const me = useMe().me
    if (!me || tierOf(me) === 'agent') return
    const counts = ask()
    try { const r = await api.get<{ items: unknown[] }>('/approvals', { limit: 100 }); if (counts()) approvals.value = r.items.length } catch { /* the page itself says it */ }
  }
  function listen() {
    void count()
    if (listening) return
    listening = true
    effectScope(true).run(() => {
      const feed = useFeed(), soon = gather(count, 800, 2000)
      for (const noun of ['case', 'approval', 'request', 'attendance']) feed.on(noun, soon)
      feed.onBack(soon)
    })
  }
  return { unread, approvals, listen, count }
})
