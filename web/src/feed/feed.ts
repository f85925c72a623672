// The live feed. Keeps the last sequence number seen; after a break it asks for exactly what was missed and says how many came.
// Events wake handlers by kind prefix; two tabs hold a connection each.
import { defineStore } from 'pinia'
import { ref, onScopeDispose, getCurrentScope } from 'vue'
import { inLanguage, base, signedOut } from '@/api/client'
import type { Clock, FeedFrame, Slip } from '@/api/types'
import { syncClock } from '@/stores/clock'

export interface FeedEvent { seq: number; kind: string; at: number; by: string | null; data: Record<string, any>; replayed: boolean }
export type FeedState = 'off' | 'connecting' | 'online' | 'broken'
type Handler = (e: FeedEvent) => void

/** The server's word for: this session has ended. */
const SIGNED_OUT = 4401

/** Backoff with jitter: 0.5 s, 1, 2, 4 … 15 s. */
export const backoff = (n: number, random = Math.random) => Math.min(15_000, 500 * 2 ** n) * (0.75 + random() * 0.5)

export const useFeed = defineStore('feed', () => {
  const state = ref<FeedState>('off')
  const seq = ref(0)
  const brokenAt = ref(0)
  const recovered = ref<{ n: number; at: number } | null>(null)
  const handlers = new Set<{ prefix: string; fn: Handler }>()
  const clocks = new Set<(c: Clock) => void>()
  const slips = new Set<(s: Slip) => void>()
  const typings = new Set<(t: { conversation: string; by: string; text?: string }) => void>()
  const heres = new Set<(h: { conversation: string; people: string[] }) => void>()
  let looking: string | null = null, movedAt = 0
  const backs = new Set<(missed: number) => void>()
  let socket: WebSocket | null = null
  let wanted = false, tries = 0, retry: ReturnType<typeof setTimeout> | undefined, watch: ReturnType<typeof setInterval> | undefined
  let lastHeard = 0, target = 0, seen = false, first = false, catching = false, caught = 0, quiet: ReturnType<typeof setTimeout> | undefined

  /** `since`: the number the page was read at. What happened between then and the first greeting is heard too. */
  function start(since = 0) {
    if (wanted) return
    wanted = true
    if (since > 0 && !seen) { seq.value = since; seen = first = true }
    open()
    addEventListener('online', wake)
    addEventListener('offline', drop)
    document.addEventListener('visibilitychange', wake)
    // the server speaks at least every 20 s; silence for 50 s is a dead line the browser has not noticed
    watch = setInterval(() => { if (socket && state.value === 'online' && Date.now() - lastHeard > 50_000) drop() }, 5_000)
  }
  function stop() {
    wanted = false
    clearTimeout(retry); clearInterval(watch)
    removeEventListener('online', wake); removeEventListener('offline', drop); document.removeEventListener('visibilitychange', wake)
    socket?.close(); socket = null
    state.value = 'off'; seq.value = 0; tries = 0; seen = first = false
  }
  /** Tries now instead of when the wait is over; nothing missed is forgotten. */
  function again() { if (wanted && !socket) { clearTimeout(retry); tries = 0; open() } }
  function wake() { if (document.visibilityState !== 'hidden') again() }
  function drop() { const s = socket; socket = null; s?.close(); lost() }
  function lost() {
    if (!wanted) return
    if (state.value !== 'broken') brokenAt.value = Date.now()
    state.value = 'broken'
    clearTimeout(retry)
    retry = setTimeout(open, backoff(tries++))
  }
  function open() {
    if (!wanted || socket) return
    if (state.value !== 'broken') state.value = 'connecting'
    const url = new URL(base + '/feed', location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    if (seen) url.searchParams.set('since', String(seq.value))
    const s = new WebSocket(url)
    socket = s
    s.onmessage = (m) => { if (socket === s) hear(JSON.parse(inLanguage(m.data as string)) as FeedFrame) }
    s.onclose = (e) => { if (socket === s) { socket = null; if (e.code === SIGNED_OUT) { stop(); signedOut() } else lost() } }
  }
  function hear(f: FeedFrame) {
    lastHeard = Date.now()
    if ('hello' in f) {
      syncClock(f.hello.now)
      const back = seen
      target = f.hello.seq
      if (!seen || f.hello.seq < seq.value) seq.value = f.hello.seq // first time, or the log was restored from a backup
      seen = true; tries = 0; state.value = 'online'
      if (document.visibilityState === 'visible') { movedAt = 0; moved() }
      if (looking) tell({ looking: { conversation: looking } })
      if (back) { catching = true; caught = 0; rest() }
      return
    }
    if ('reload' in f) { caught++; finish(); return }
    if ('now' in f) { syncClock(f.now); if (!catching && f.seq && f.seq > seq.value) seq.value = f.seq; return }
    if ('here' in f) { heres.forEach((fn) => fn(f.here)); return }
    if ('typing' in f) { typings.forEach((fn) => fn(f.typing)); return }
    if (!('seq' in f)) return
    // a consequence or a clock rides on its event's number, so equal numbers are new, smaller ones were seen
    if ('kind' in f) {
      if (f.seq <= seq.value) return
      seq.value = f.seq
      if (catching) { caught++; rest() }
      const e: FeedEvent = { ...f, data: f.data ?? {}, replayed: f.seq <= target }
      handlers.forEach((h) => { if (h.prefix === '*' || f.kind === h.prefix || f.kind.startsWith(h.prefix + '.')) h.fn(e) })
    } else {
      if (f.seq > seq.value) seq.value = f.seq
      if ('clock' in f) clocks.forEach((fn) => fn(f.clock))
      if ('consequence' in f) slips.forEach((fn) => fn(f.consequence))
    }
    if (catching && seq.value >= target) finish()
  }
  // only what this person may see is sent, so the newest number may never come: a short rest ends the catching up too
  function rest() { clearTimeout(quiet); quiet = setTimeout(finish, seq.value >= target ? 0 : 900) }
  function finish() {
    clearTimeout(quiet)
    if (!catching && !caught) return
    catching = false
    if (caught > 0 && !first) recovered.value = { n: caught, at: Date.now() }
    if (caught > 0 || !first) backs.forEach((fn) => fn(caught))
    caught = 0
    first = false
  }
  const tell = (m: unknown) => { if (socket?.readyState === 1) socket.send(JSON.stringify(m)) }
  /** A key or the mouse: whoever works at any of their pages is not idle. Told at most twice a minute. */
  function moved() { const n = Date.now(); if (n - movedAt < 25_000 || socket?.readyState !== 1) return; movedAt = n; tell({ moved: 1 }) }
  function into<T>(set: Set<T>, item: T) {
    set.add(item)
    const off = () => { set.delete(item) }
    if (getCurrentScope()) onScopeDispose(off)
    return off
  }
  return {
    state, seq, brokenAt, recovered, start, stop, again, hear,
    /** on('conversation', fn) hears every event of the noun; removed with the component. */
    on: (prefix: string, fn: Handler) => into(handlers, { prefix, fn }),
    onClock: (fn: (c: Clock) => void) => into(clocks, fn),
    onSlip: (fn: (s: Slip) => void) => into(slips, fn),
    onTyping: (fn: (t: { conversation: string; by: string; text?: string }) => void) => into(typings, fn),
    /** Who has this conversation before them; nothing of it is kept. */
    onHere: (fn: (h: { conversation: string; people: string[] }) => void) => into(heres, fn),
    look: (conversation: string | null) => { if (looking === conversation) return; looking = conversation; tell({ looking: { conversation: conversation ?? '' } }) },
    /** After a reconnect, once everything missed has been heard; after the first greeting only if something was. */
    onBack: (fn: (missed: number) => void) => into(backs, fn),
    moved,
    typing: (conversation: string) => tell({ typing: { conversation } }),
  }
})
