// The phone's one queue of acts: what was decided here waits ten seconds, then travels, or waits for the network.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api } from '@/api/client'
import { asProblem, problemText } from '@/api/problem'
import { useMe } from '@/stores/me'
import { ActQueue, type Act } from './queue'

export const useActs = defineStore('phone-acts', () => {
  const list = ref<Act[]>([]), offline = ref(navigator.onLine === false)
  let queue: ActQueue | null = null
  const send = async (act: Act) => {
    try { await api.post(act.path, act.body, { key: act.key }); return 'sent' as const } catch (e) {
      const p = asProblem(e)
      if (p.status === 0 || p.status === 503) { offline.value = true; return 'offline' as const }
      return { refused: problemText(p) }
    }
  }
  function open() {
    if (queue) return queue
    queue = new ActQueue(send, localStorage, `acts:${useMe().me?.person.id ?? ''}`, () => { list.value = [...queue!.acts] })
    list.value = [...queue.acts]
    addEventListener('online', () => { offline.value = false; void queue!.flush() })
    addEventListener('offline', () => { offline.value = true })
    setInterval(() => { if (queue!.acts.length && navigator.onLine) void queue!.flush().then(() => { if (!queue!.acts.some((a) => !a.refused)) offline.value = false }) }, 15_000)
    void queue.flush()
    return queue
  }
  const add = (act: Omit<Act, 'key' | 'at'>) => open().add(act)
  const undo = (key: string) => open().undo(key)
  const canUndo = (key: string) => open().canUndo(key)
  const dismiss = (key: string) => open().dismiss(key)
  const subjects = computed(() => new Set(list.value.filter((a) => !a.refused).map((a) => a.subject)))
  const refused = computed(() => list.value.filter((a) => a.refused))
  const last = computed(() => list.value.filter((a) => !a.refused).at(-1) ?? null)
  return { list, offline, open, add, undo, canUndo, dismiss, subjects, refused, last }
})
