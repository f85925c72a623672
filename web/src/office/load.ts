// Reading a page's matter: what is shown while it comes, when it fails, and how it stays true. An answer once shown stays on the
// screen while a newer one is fetched; if that fails, the page says how old the shown figures are.
import { onScopeDispose, shallowReactive, watch, type WatchSource } from 'vue'
import { gather } from '@/api/gather'
import { asProblem, type Problem } from '@/api/problem'
import { useFeed } from '@/feed/feed'
import { lang } from '@/i18n'
import { serverNow } from '@/stores/clock'
import { speak } from './speak'

export interface Load<T> { data: T | null; problem: Problem | null; at: number; busy: boolean; reload: () => Promise<void> }
export interface LoadOptions {
  /** Nouns or kinds of events after which the matter is read again: 'case', 'conversation.closed', '*'. */
  live?: string[]
  /** A change of subject empties the page: figures of another month never stand under this month's name. */
  subject?: WatchSource | WatchSource[]
}
const GATHER_MS = 400, REST_MS = 1200

export function useLoad<T>(read: () => Promise<T>, o: LoadOptions = {}): Load<T> {
  let turn = 0
  const load: Load<T> = shallowReactive({ data: null as T | null, problem: null as Problem | null, at: 0, busy: false, reload })
  async function reload() {
    const mine = ++turn
    load.busy = true
    try {
      const answer = await read()
      if (mine !== turn) return
      load.data = speak(answer, lang.value === 'en')
      load.problem = null
      load.at = serverNow()
    } catch (e) {
      if (mine === turn) load.problem = asProblem(e)
    } finally {
      if (mine === turn) load.busy = false
    }
  }
  if (o.subject) watch(o.subject, () => { load.data = null; load.problem = null; void reload() })
  watch(lang, () => { if (load.data !== null) void reload() })
  const later = gather(reload, GATHER_MS, REST_MS)
  const feed = useFeed()
  for (const kind of o.live ?? []) feed.on(kind, later)
  if (o.live) { feed.onSlip(later); feed.onBack(later) }
  onScopeDispose(() => { turn++; later.stop() })
  void reload()
  return load
}

export interface Act { busy: boolean; problem: Problem | null; run: <T>(doing: () => Promise<T>) => Promise<T | undefined>; clear: () => void }
/** One act at a time: the button stays pressed until the answer is there, a failure is said beside it and nothing is lost. */
export function useAct(): Act {
  const act: Act = shallowReactive({
    busy: false, problem: null as Problem | null,
    clear() { act.problem = null },
    async run<T>(doing: () => Promise<T>) {
      if (act.busy) return undefined
      act.busy = true
      act.problem = null
      try { return await doing() } catch (e) { act.problem = asProblem(e); return undefined } finally { act.busy = false }
    },
  })
  return act
}
