// Quick phrases: fetched once, refreshed when somebody changes them; the variables they may hold come with them.
import { defineStore } from 'pinia'
import { computed, effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { newest } from '@/api/newest'
import type { FileRef, Phrase, PhraseGroup, PhraseList, PhraseVariable } from '@/api/types'
import { useFeed } from '@/feed/feed'

export interface PhraseDraft { id: string; scope: 'personal' | 'team' | 'desk'; team: string; group: string; keys: string; text: string; files: FileRef[] }

export const usePhrases = defineStore('phrases', () => {
  const groups = ref<PhraseGroup[]>([]), variables = ref<PhraseVariable[]>([]), mayChange = ref(false)
  let asked = false
  const ask = newest()
  const all = computed<Phrase[]>(() => groups.value.flatMap((g) => g.phrases))
  async function load() {
    const counts = ask(), r = await api.get<PhraseList>('/phrases')
    if (!counts()) return r.items
    groups.value = r.items; variables.value = r.variables; mayChange.value = r.may_change
    return r.items
  }
  function start() {
    if (asked) return
    asked = true
    load().catch(() => { asked = false })
    effectScope(true).run(() => useFeed().on('phrase', () => { void load().catch(() => {}) }))
  }
  /** A new one, or another wording of one that is there. */
  async function save(d: PhraseDraft) {
    const body = { scope: d.scope, ...(d.scope === 'team' && d.team ? { team: d.team } : {}), group: d.group.trim(), keys: d.keys.trim(), text: d.text.trim(), files: d.files }
    if (d.id) await api.patch(`/phrases/${encodeURIComponent(d.id)}`, body)
    else await api.post('/phrases', body)
    await load()
  }
  async function remove(id: string) { await api.delete(`/phrases/${encodeURIComponent(id)}`); await load() }
  async function restore(id: string, version: number) { await api.post(`/phrases/${encodeURIComponent(id)}/restore`, { version }); await load() }
  /** The newest wording before the removal comes back. */
  async function unremove(id: string) { const r = await api.get<{ items: { version: number; change: string }[] }>(`/phrases/${encodeURIComponent(id)}/versions`); const v = r.items.find((x) => x.change !== '删除'); if (v) await restore(id, v.version) }
  /** Counted here at once, so that the order in the list is true before the server says so. */
  function used(id: string) { const p = all.value.find((x) => x.id === id); if (p) { p.used = (p.used ?? 0) + 1; p.mine = (p.mine ?? 0) + 1; p.mine_ms = Date.now() } }
  /** Who takes a phrase chosen elsewhere (the command box): the composer in front. */
  let taker: ((p: Phrase) => void) | null = null
  const takeBy = (f: ((p: Phrase) => void) | null) => { taker = f }
  function give(id: string): boolean { const p = all.value.find((x) => x.id === id); if (!p || !taker) return false; taker(p); return true }
  return { groups, variables, mayChange, all, load, start, save, remove, restore, unremove, used, takeBy, give }
})
