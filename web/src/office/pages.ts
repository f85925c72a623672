// A list that grows by pages and stays true: when something happens it is read again as far as it was shown, not thrown back to its first page.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { lang } from '@/i18n'
import { useLoad, type Load, type LoadOptions } from './load'
import { speak } from './speak'

interface Paged<T> { items: T[]; next?: string | null }
export interface Pages<T, P> {
  load: Load<P>; rows: ComputedRef<T[]>; next: ComputedRef<string | null>
  /** The next page is on its way, or did not come: the button says so and can be pressed again. */
  busy: Ref<boolean>; problem: Ref<Problem | null>
  more: () => Promise<void>
}
/** So many pages are read again at the most; of a longer list the rest is asked for again with the button. */
const AGAIN_MOST = 10

/** `read(after)` gives a page, `id` tells rows apart: one that moved between two readings stands once. */
export function usePages<T, P extends Paged<T>>(read: (after: string | null) => Promise<P>, id: (row: T) => string, o: LoadOptions = {}): Pages<T, P> {
  const busy = ref(false), problem = ref<Problem | null>(null)
  let extra = 0, subject = 0
  if (o.subject) watch(o.subject, () => { extra = 0; subject++; problem.value = null })
  const joined = (a: T[], b: T[]) => { const known = new Set(a.map(id)); return [...a, ...b.filter((x) => !known.has(id(x)))] }
  const load = useLoad(async () => {
    let p = await read(null)
    for (let i = 0; i < Math.min(extra, AGAIN_MOST) && p.next; i++) { const q = await read(p.next); p = { ...p, items: joined(p.items, q.items), next: q.next } }
    return p
  }, o)
  async function more() {
    const had = load.data, of = subject
    if (busy.value || !had?.next) return
    busy.value = true
    problem.value = null
    try {
      const q = speak(await read(had.next), lang.value === 'en')
      if (of !== subject) return
      extra++
      if (load.data === had) load.data = { ...had, items: joined(had.items, q.items), next: q.next }
      else void load.reload() // read again meanwhile: once more, a page further
    } catch (e) { if (of === subject) problem.value = asProblem(e) } finally { busy.value = false }
  }
  return { load, rows: computed(() => load.data?.items ?? []), next: computed(() => load.data?.next ?? null), busy, problem, more }
}
