// What is typed in a section and not yet stored. A section names its own; the page asks before it is left behind.
import { onScopeDispose, reactive, watch, type WatchSource } from 'vue'

const open = reactive(new Map<symbol, () => void>())

/** `changed`: is there something unsaved? `drop`: put back what is stored (default: nothing, the section goes away anyway). */
export function useUnsaved(changed: WatchSource<boolean>, drop: () => void = () => {}) {
  const mine = Symbol()
  watch(changed, (on) => { if (on) open.set(mine, drop); else open.delete(mine) }, { immediate: true })
  onScopeDispose(() => open.delete(mine))
}
export const unsaved = () => open.size > 0
export function dropUnsaved() {
  for (const drop of [...open.values()]) drop()
  open.clear()
}
