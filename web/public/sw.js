// Keeps the program itself for times without a network; never an answer of the API. A new version waits until the page asks it to take over.
const store = 'guiju-1'
const shell = ['/', '/icon.svg', '/app.webmanifest']
addEventListener('install', (e) => e.waitUntil(caches.open(store).then((c) => c.addAll(shell))))
addEventListener('activate', (e) => e.waitUntil((async () => {
  for (const k of await caches.keys()) if (k !== store) await caches.delete(k)
  await clients.claim()
})()))
addEventListener('message', (e) => { if (e.data === 'take over') skipWaiting() })
addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== location.origin || /^\/(api|w\.js|shop|w\/|c\/)/.test(url.pathname)) return
  if (url.pathname.startsWith('/assets/')) {
    // names carry a hash of their content: what is kept is right for ever
    e.respondWith(caches.match(e.request).then((kept) => kept || fetch(e.request).then((r) => { if (r.ok) { const copy = r.clone(); caches.open(store).then((c) => c.put(e.request, copy)) } return r })))
    return
  }
  if (e.request.mode === 'navigate') {
    e.respondWith(fetch(e.request).then((r) => { if (r.ok) { const copy = r.clone(); caches.open(store).then((c) => c.put('/', copy)) } return r }).catch(() => caches.match('/')))
    return
  }
  if (shell.includes(url.pathname)) e.respondWith(fetch(e.request).catch(() => caches.match(e.request)))
})
