// A short sound for a new message: once for an event, however many tabs are open, and only while none of them can be seen.
import { useMe } from '@/stores/me'

// Locks say both without waiting: who can be seen holds a share of one, and of all tabs one holds the other. The browser gives them back when
// a tab ends. A page without them (plain http in a shop's network) tells the other tabs instead, and they wait for its word.
const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
const SEEN = 'guiju-seen', SOUNDS = 'guiju-sounds', WAIT_MS = 120
let audio: AudioContext | undefined, seenElsewhere = 0, sounds = false, asked = false, letGo: (() => void) | undefined
const line = locks || typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('guiju-seen')
line?.addEventListener('message', (m) => { if (typeof m.data === 'number') seenElsewhere = Math.max(seenElsewhere, m.data) })
const visible = () => document.visibilityState === 'visible'

function holdWhileSeen() {
  if (!visible()) letGo?.()
  else if (!asked) {
    asked = true
    void locks!.request(SEEN, { mode: 'shared' }, () => new Promise<void>((done) => {
      letGo = () => { letGo = undefined; asked = false; done() }
      holdWhileSeen() // it may have been left meanwhile
    }))
  }
}
if (locks) {
  void locks.request(SOUNDS, () => { sounds = true; return new Promise<void>(() => {}) })
  document.addEventListener('visibilitychange', holdWhileSeen)
  holdWhileSeen()
}

/** The first tab that asks for an event gets it. */
export function claim(seq: number, store: Pick<Storage, 'getItem' | 'setItem'>): boolean {
  if (Number(store.getItem('chimed') ?? 0) >= seq) return false
  store.setItem('chimed', String(seq))
  return true
}
async function mine(seq: number): Promise<boolean> {
  if (locks) return sounds && !(await locks.query()).held?.some((l) => l.name === SEEN)
  await new Promise((done) => setTimeout(done, WAIT_MS))
  try { return seenElsewhere < seq && claim(seq, localStorage) } catch { return true /* storage may be closed */ }
}
/** seq: the event's place in the log. */
export async function chime(seq: number) {
  if (visible()) { line?.postMessage(seq); return }
  if (useMe().prefs.sound !== false && (await mine(seq))) sound()
}
function sound() {
  try {
    audio ??= new AudioContext()
    const at = audio.currentTime, gain = audio.createGain()
    gain.connect(audio.destination)
    gain.gain.setValueAtTime(0.0001, at)
    gain.gain.exponentialRampToValueAtTime(0.12, at + 0.02)
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.5)
    for (const [f, t] of [[660, 0], [880, 0.14]] as const) { const o = audio.createOscillator(); o.frequency.value = f; o.connect(gain); o.start(at + t); o.stop(at + t + 0.3) }
  } catch { /* a browser may forbid sound before the first press */ }
}
