// What the rulebook says about the words while they are typed: asked once typing rests, the older answer dropped. Nothing is held up by it: if
// the question fails, sending judges all the same.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '@/api/client'

export interface WordHit { kind: 'forbidden'; group: string; clause: { id: string; no?: string; title?: string } | null; word: string; from: number; to: number; excused: boolean }
export interface WordCheck { hits: WordHit[]; hold: { verdict: 'refuse' | 'consult'; reasons: { clause?: string; text: string; text_en?: string }[] } | null; instead: string[] }
const REST_MS = 350

export function useWordCheck(text: Ref<string>, conversation: () => string, on: () => boolean) {
  const check = shallowRef<WordCheck | null>(null), about = ref('')
  let wait: ReturnType<typeof setTimeout> | undefined, stop: AbortController | undefined
  watch([text, conversation, on], () => {
    clearTimeout(wait); stop?.abort()
    const said = text.value
    if (!on() || !said.trim()) { check.value = null; about.value = ''; return }
    wait = setTimeout(async () => {
      const mine = (stop = new AbortController())
      try {
        const r = await api.post<WordCheck>('/words/check', { text: said, conversation: conversation() }, { signal: mine.signal })
        if (mine === stop && text.value === said) { check.value = r; about.value = said }
      } catch { /* sending says it */ }
    }, REST_MS)
  })
  onScopeDispose(() => { clearTimeout(wait); stop?.abort() })
  return { check, about }
}

/** The text in stretches, those with a word of the rulebook marked; an answer about an older text marks only what still stands there. */
export function stretches(text: string, check: WordCheck | null, about: string): { text: string; hit?: WordHit }[] {
  const out: { text: string; hit?: WordHit }[] = []
  let at = 0
  for (const h of [...(check?.hits ?? [])].filter((x) => !x.excused).sort((a, b) => a.from - b.from)) {
    if (h.from < at || text.slice(0, h.to) !== about.slice(0, h.to)) continue
    if (h.from > at) out.push({ text: text.slice(at, h.from) })
    out.push({ text: text.slice(h.from, h.to), hit: h })
    at = h.to
  }
  if (at < text.length) out.push({ text: text.slice(at) })
  return out
}
