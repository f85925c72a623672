// A short sound for a new message, only while the page cannot be seen, and from one tab only.
import { useMe } from '@/stores/me'

let audio: AudioContext | undefined
export function chime() {
  if (document.visibilityState === 'visible' || useMe().prefs.sound === false) return
  try {
    const last = Number(localStorage.getItem('chime') ?? 0)
    if (Date.now() - last < 1500) return
    localStorage.setItem('chime', String(Date.now()))
  } catch { /* two tabs may both sound */ }
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
