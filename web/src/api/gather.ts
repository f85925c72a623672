// Many causes, few readings. A wait that every new event begins anew never ends on a desk where something happens all the time: lists
// and figures would stand still exactly when it is busy.

export interface Gather { (): void; stop: () => void }
/**
 * `run` begins `soon` ms after the first call and never twice at once; what is called meanwhile makes one more run, at least `rest` ms after
 * the end of the one before, or ten times what that took, up to five seconds: a server that has much to do is asked less often.
 */
export function gather(run: () => unknown, soon: number, rest = soon): Gather {
  let timer: ReturnType<typeof setTimeout> | undefined, going = false, again = false, free = 0
  async function begin() {
    const from = performance.now()
    timer = undefined
    going = true
    again = false
    try { await run() } catch { /* whoever runs says so */ } finally {
      const now = performance.now()
      going = false
      free = now + Math.max(rest, Math.min(5000, 10 * (now - from)))
      if (again) timer = setTimeout(begin, free - now)
    }
  }
  const call = () => { if (going) again = true; else timer ??= setTimeout(begin, Math.max(soon, free - performance.now())) }
  return Object.assign(call, { stop: () => { clearTimeout(timer); timer = undefined; again = false } })
}
