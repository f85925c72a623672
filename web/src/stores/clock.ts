// Server time in the browser. The offset comes from every answer of the feed ({now}); all rings and bars step together, once a second.
import { computed, ref, type ComputedRef } from 'vue'

let offset = 0
const tick = ref(Date.now())
let timer: ReturnType<typeof setTimeout> | undefined

export const serverNow = () => Date.now() + offset
/** Told by /me and by the feed. Half the trip is unknown; a second's display does not need it. */
export function syncClock(now: number) {
  if (!Number.isFinite(now)) return
  const next = now - Date.now()
  if (Math.abs(next - offset) > 250) { offset = next; tick.value = serverNow() }
}
function step() {
  tick.value = serverNow()
  timer = setTimeout(step, 1000 - (tick.value % 1000) + 4)
}
/** Reactive server time in milliseconds, stepping once a second. */
export function useNow(): ComputedRef<number> {
  if (timer === undefined && typeof window !== 'undefined') step()
  return computed(() => tick.value)
}
/** Tests set the time by hand. */
export const setNowForTest = (ms: number) => { offset = ms - Date.now(); tick.value = ms }
