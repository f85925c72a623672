// What I have begun to write, per conversation: at once in this browser, soon on the server, so that another device has it too.
// When another device wrote meanwhile, nothing is overwritten: both texts are shown until I choose.
import { ref } from 'vue'
import { api } from '@/api/client'
import type { Draft } from '@/api/types'

interface Kept { text: string; note: boolean; revision: number; dirty?: boolean }
export interface Clash { text: string; note: boolean; revision: number }

export function useDrafts(myId: () => string) {
  const texts = ref<Record<string, string>>({})
  const clash = ref<Record<string, Clash>>({})
  const kept = new Map<string, Kept>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const head = () => `draft:${myId()}:`
  function store(id: string) {
    const k = kept.get(id)
    try { if (k && (k.text || k.dirty)) localStorage.setItem(head() + id, JSON.stringify(k)); else localStorage.removeItem(head() + id) } catch { /* storage may be closed */ }
  }
  function read(raw: string | null): Kept | null {
    if (!raw) return null
    try { const k = JSON.parse(raw) as Kept; if (typeof k.text === 'string') return k } catch { /* the older form: the bare text */ }
    return { text: raw, note: false, revision: 0, dirty: true }
  }
  const show = (id: string, text: string) => { texts.value = { ...texts.value, [id]: text } }
  async function push(id: string) {
    const k = kept.get(id)
    if (!k?.dirty) return
    const sent = k.text
    try {
      const r = await api.put<{ revision: number; conflict?: boolean; text?: string; note?: boolean }>(`/conversations/${encodeURIComponent(id)}/draft`, { text: sent, note: k.note, revision: k.revision })
      const now = kept.get(id)
      if (!now) return
      if (r.conflict) { clash.value = { ...clash.value, [id]: { text: r.text ?? '', note: !!r.note, revision: r.revision } }; return }
      now.revision = r.revision
      if (now.text === sent) now.dirty = false
      if (!now.text && !now.dirty) kept.delete(id)
      store(id)
    } catch { /* it stays here and goes with the next change or the next start */ }
  }
  function set(id: string, text: string, note = false) {
    const k = kept.get(id) ?? { text: '', note, revision: 0 }
    clearTimeout(timers.get(id))
    if (!text && !k.revision) { kept.delete(id); show(id, ''); store(id); return } // the server never had it
    kept.set(id, { ...k, text, note, dirty: true })
    show(id, text); store(id)
    timers.set(id, setTimeout(() => void push(id), text ? 900 : 0))
  }
  /** Sent: the server has put its copy away itself. */
  function sent(id: string) { clearTimeout(timers.get(id)); kept.delete(id); show(id, ''); store(id); const { [id]: _, ...rest } = clash.value; clash.value = rest }
  /** What the server keeps, seen on opening. Mine wins when it was not sent yet; differing texts are both shown. */
  function seen(id: string, d: Draft | null | undefined) {
    const k = kept.get(id)
    if (!d) { if (k && !k.dirty) { kept.delete(id); show(id, ''); store(id) } else if (k) { k.revision = 0; void push(id) } return }
    if (!k || !k.dirty || k.text === d.text) { kept.set(id, { text: d.text, note: d.note, revision: d.revision }); if (texts.value[id] !== d.text) show(id, d.text); store(id) } else if (d.revision !== k.revision) clash.value = { ...clash.value, [id]: { text: d.text, note: d.note, revision: d.revision } }
    else void push(id)
  }
  /** The choice: theirs, mine, or both one after the other. */
  function settle(id: string, how: 'theirs' | 'mine' | 'both'): string {
    const c = clash.value[id], k = kept.get(id)
    const { [id]: _, ...rest } = clash.value
    clash.value = rest
    if (!c) return k?.text ?? ''
    const text = how === 'theirs' ? c.text : how === 'mine' ? k?.text ?? '' : `${c.text}\n${k?.text ?? ''}`
    kept.set(id, { text, note: k?.note ?? c.note, revision: c.revision, dirty: true })
    show(id, text); store(id); void push(id)
    return text
  }
  async function restore() {
    try {
      for (let i = 0; i < localStorage.length; i++) { const key = localStorage.key(i)!; const k = key.startsWith(head()) ? read(localStorage.getItem(key)) : null; if (k) { kept.set(key.slice(head().length), k); texts.value[key.slice(head().length)] = k.text } }
      texts.value = { ...texts.value }
    } catch { /* storage may be closed */ }
    try { for (const d of (await api.get<{ items: (Draft & { conversation: string })[] }>('/drafts')).items) seen(d.conversation, d) } catch { /* asked again on opening */ }
  }
  addEventListener('storage', (e) => { if (e.key?.startsWith(head())) { const id = e.key.slice(head().length), k = read(e.newValue); if (k) kept.set(id, k); else kept.delete(id); show(id, k?.text ?? '') } })
  return { texts, clash, set, sent, seen, settle, restore, noteOf: (id: string) => kept.get(id)?.note ?? false }
}
