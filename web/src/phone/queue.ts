// Acts of the phone: each waits ten seconds in which it can be taken back, then is sent; without a network it is
// kept and sent later. An act carries its own key, so that a repeat after a broken line is not done twice, and the
// version of what was seen, so that a decision about something that has changed is refused and not guessed.
import { newId } from '@/api/id'

export const UNDO_MS = 10_000
const MOST_KEPT = 200

export interface Act { key: string; path: string; body: Record<string, unknown>; words: string; subject: string; at: number; refused?: string }
export interface Sender { (act: Act): Promise<'sent' | 'offline' | { refused: string }> }
export interface Shelf { getItem(key: string): string | null; setItem(key: string, text: string): void }

export class ActQueue {
  readonly acts: Act[] = []
  private timers = new Map<string, ReturnType<typeof setTimeout>>()
  private busy = false

  constructor(private send: Sender, private shelf: Shelf, private place: string, private changed: () => void = () => {}) {
    try {
      const kept = JSON.parse(shelf.getItem(place) ?? '[]') as Act[]
      if (Array.isArray(kept)) this.acts.push(...kept.slice(0, MOST_KEPT))
    } catch { /* a torn note is no note: the act was never promised as sent */ }
  }

  // Keeps the act at once (a phone may be put away within the ten seconds) and sends it after the wait.
  add(act: Omit<Act, 'key' | 'at'>, now = Date.now(), key = newId()) {
    const kept: Act = { ...act, key, at: now }
    this.acts.push(kept)
    this.keep()
    this.timers.set(key, setTimeout(() => { this.timers.delete(key); void this.flush() }, UNDO_MS))
    return kept
  }

  undo(key: string) {
    const timer = this.timers.get(key)
    if (timer === undefined) return false
    clearTimeout(timer)
    this.timers.delete(key)
    this.drop(key)
    return true
  }

  canUndo(key: string) { return this.timers.has(key) }

  dismiss(key: string) { this.drop(key) }

  // Sends what has waited long enough, in the order it was done; stops at the first that finds no network.
  async flush() {
    if (this.busy) return
    this.busy = true
    try {
      for (const act of [...this.acts]) {
        if (this.timers.has(act.key) || act.refused) continue
        const result = await this.send(act)
        if (result === 'offline') break
        if (result === 'sent') this.drop(act.key)
        else { act.refused = result.refused; this.keep() }
      }
    } finally { this.busy = false }
  }

  private drop(key: string) {
    const at = this.acts.findIndex((a) => a.key === key)
    if (at >= 0) this.acts.splice(at, 1)
    this.keep()
  }

  private keep() {
    this.shelf.setItem(this.place, JSON.stringify(this.acts))
    this.changed()
  }
}
