// Tags of conversations with their colours: fetched once, again when somebody changes them.
import { defineStore } from 'pinia'
import { computed, effectScope, ref } from 'vue'
import { api } from '@/api/client'
import { newest } from '@/api/newest'
import type { Tag } from '@/api/types'
import { useFeed } from '@/feed/feed'

export interface TagMove { id: string; tag: string; into: string; merged: boolean; touched: number; at_ms: number; by: string }
export const useTags = defineStore('tags', () => {
  const all = ref<Tag[]>([]), moves = ref<TagMove[]>([])
  const colours = computed(() => new Map(all.value.map((x) => [x.name, x.colour])))
  const groups = computed(() => { const g = new Map<string, Tag[]>(); for (const x of all.value) g.set(x.group, [...(g.get(x.group) ?? []), x]); return [...g] })
  let asked = false
  const ask = newest()
  async function load() { const counts = ask(), r = await api.get<{ items: Tag[]; moves?: TagMove[] }>('/tags'); if (!counts()) return; all.value = r.items; moves.value = r.moves ?? [] }
  function start() {
    if (asked) return
    asked = true
    load().catch(() => { asked = false })
    effectScope(true).run(() => useFeed().on('tag', () => { void load() }))
  }
  const colour = (name: string) => colours.value.get(name) ?? 'grey'
  return { all, moves, groups, start, load, colour }
})
