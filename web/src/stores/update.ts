// A newer program is waiting: said once, loaded when the person says so (a draft must not vanish under the hands).
import { ref } from 'vue'
export const updateReady = ref(false)
let waiting: ServiceWorker | null = null
export function watchUpdates(r: ServiceWorkerRegistration) {
  const look = () => { if (r.waiting && navigator.serviceWorker.controller) { waiting = r.waiting; updateReady.value = true } }
  look()
  r.addEventListener('updatefound', () => r.installing?.addEventListener('statechange', look))
}
export function applyUpdate() {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  if (waiting) waiting.postMessage('take over'); else location.reload()
}
