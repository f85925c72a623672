// Short notices at the lower edge. A notice with an act (undo) stays for ten seconds; one that reports a failure stays until closed.
import { ref } from 'vue'
import { problemText, asProblem } from '@/api/problem'

export interface Toast { id: number; text: string; tone: 'plain' | 'good' | 'bad'; action?: { label: string; run: () => void }; until: number }
export const toasts = ref<Toast[]>([])
let last = 0

export function toast(text: string, o: { tone?: Toast['tone']; action?: Toast['action']; ms?: number } = {}): number {
  const id = ++last
  const ms = o.ms ?? (o.action ? 10_000 : o.tone === 'bad' ? 9_000 : 3_500)
  toasts.value = [...toasts.value.slice(-3), { id, text, tone: o.tone ?? 'plain', action: o.action, until: Date.now() + ms }]
  setTimeout(() => dropToast(id), ms)
  return id
}
export const dropToast = (id: number) => { toasts.value = toasts.value.filter((x) => x.id !== id) }
/** Says an error aloud in the reader's language. */
export const toastProblem = (e: unknown) => { const p = asProblem(e); if (p.status !== 401) toast(problemText(p), { tone: 'bad' }) }
