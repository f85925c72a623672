// Quick phrases: fetched once, refreshed when somebody changes them.
import { defineStore } from 'pinia'
import { computed, effectScope, ref } from 'vue'
import { api } from '@/api/client'
import type { PhraseGroup } from '@/api/types'
import { useFeed } from '@/feed/feed'
import type { Found } from './rows'

export const usePhrases = defineStore('phrases', () => {
  const groups = ref<PhraseGroup[]>([])
  let asked = false
  const all = computed<Found[]>(() => groups.value.flatMap((g) => g.phrases.map((p) => ({ id: p.id, keys: p.keys, text: p.text, title: p.title, used: p.used }))))
  async function load() {
    const r = await api.get<{ groups?: PhraseGroup[]; items?: PhraseGroup[] } | PhraseGroup[]>('/phrases')
    groups.value = Array.isArray(r) ? r : r.groups ?? r.items ?? []
  }
  function start() {
    if (asked) return
    asked = true
    load().catch(() => { asked = false })
    effectScope(true).run(() => useFeed().on('phrase', () => { void load() }))
  }
  async function save(keys: string, text: string, group?: string) { await api.post('/phrases', { keys, text, ...(group ? { group } : {}) }); await load() }
  async function remove(id: string) { await api.delete(`/phrases/${encodeURIComponent(id)}`); await load() }
  return { groups, all, load, start, save, remove }
})
