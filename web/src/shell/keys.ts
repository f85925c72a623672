// Keys. A page names its acts (useKeys); the person may change or switch off each (preferences `keys`). Nothing fires while an input
// method composes, and single characters never fire inside a field. Layers (pop-ups) close one by one with Esc.
import { onBeforeUnmount, onMounted, reactive } from 'vue'
import { useMe } from '@/stores/me'

export interface KeyAct { id: string; keys: string; label: string; run: () => void; when?: () => boolean; inPalette?: boolean }
export const keyActs = reactive(new Map<string, KeyAct>())
/** Every act met since the start, so that the keys of a page can be changed from anywhere. */
export const knownActs = reactive(new Map<string, KeyAct>())

/** "alt+j" from an event; the physical letter is used so that Alt on a Mac and Chinese layouts give the same word. */
export function chord(e: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(e.code)?.[1]?.toLowerCase() ?? /^Digit(\d)$/.exec(e.code)?.[1]
  const key = e.altKey || e.ctrlKey || e.metaKey ? letter ?? e.key.toLowerCase() : e.key.toLowerCase()
  return [e.ctrlKey || e.metaKey ? 'ctrl' : '', e.altKey ? 'alt' : '', e.shiftKey && key.length > 1 ? 'shift' : '', key].filter(Boolean).join('+')
}
const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** The keys of an act as this person set them; null = switched off. */
export function keysOf(act: { id: string; keys: string }): string | null {
  const own = useMe().prefs.keys?.[act.id]
  return own === undefined ? act.keys : own
}
export const sayKeys = (k: string | null) => (k ? k.split('+').map((p) => (p.length === 1 ? p.toUpperCase() : p[0]!.toUpperCase() + p.slice(1))).join(' ') : '')

/** Keys that the browser, the system or writing itself needs are not given away. */
export const usable = (c: string) => !/^(enter|tab|escape|backspace|delete|arrow\w+|home|end|page\w+| )$/.test(c) && !/^ctrl\+[acnqrtvwxz]$/.test(c) && !/^(alt\+)?(tab|f4)$/.test(c)
/** Which other act has these keys already. */
export const takenBy = (c: string, id: string): KeyAct | undefined => [...knownActs.values()].find((a) => a.id !== id && keysOf(a) === c && a.id.split('.')[0] === id.split('.')[0]) ?? [...knownActs.values()].find((a) => a.id !== id && keysOf(a) === c && !(a.id.includes('.') && id.includes('.')))

export function handleKey(e: KeyboardEvent) {
  if (e.isComposing || e.keyCode === 229 || e.defaultPrevented) return
  const c = chord(e), plain = !c.includes('+')
  if (plain && typing(e.target)) return
  for (const act of [...keyActs.values()].reverse()) {
    if (keysOf(act) !== c || (act.when && !act.when())) continue
    if (document.querySelector('dialog[open]') && !act.id.startsWith('dialog.')) return
    e.preventDefault()
    act.run()
    return
  }
}
/** Acts of a part that is not open yet: listed, and to be changed, before they can be done. */
export function knowKeys(acts: KeyAct[]) { for (const a of acts) if (!knownActs.has(a.id)) knownActs.set(a.id, a) }
/** Acts that stand while the component is mounted. */
export function useKeys(acts: KeyAct[]) {
  onMounted(() => acts.forEach((a) => { keyActs.set(a.id, a); knownActs.set(a.id, a) }))
  onBeforeUnmount(() => acts.forEach((a) => { if (keyActs.get(a.id) === a || keyActs.get(a.id)?.run === a.run) keyActs.delete(a.id) }))
}
