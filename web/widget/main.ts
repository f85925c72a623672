// The chat window on a shop's page: <script src="https://…/w.js" defer data-lang="zh" data-color="#1b6a57"></script>
// Needs nothing from the page and leaves nothing on it but one element. What is written is kept until the server has it: every message
// carries its own id (sent again after a break, it is still one message), and what was missed is fetched by sequence number.
import { css } from './style'
import { words } from './words'

interface File_ { id: string; name: string; type: string; w?: number; h?: number }
interface Message { id: string; seq: number; at: number; by: { type: string; id?: string; name?: string }; text: string; files?: File_[]; read?: boolean }
interface Talk { id: string; state: string; ahead?: number | null; position?: number | null; wait_ms?: number | null; agent_name?: string | null; agent?: string | { name: string } | null; rated?: boolean; rating?: number | null }
interface Start { visitor: string; token: string; conversation: Talk | string | null; state?: string; ahead?: number | null; desk: { name: string; agent?: string | null; welcome?: string }; messages: Message[]; offline: boolean; seq?: number; now?: number }
interface Mine { key: string; text: string; file?: File; files?: File_[]; preview?: string; bad?: boolean; going?: boolean }

const script = document.currentScript as HTMLScriptElement | null
const option = script?.dataset ?? ({} as DOMStringMap)
const home = new URL(script?.src || location.href).origin
const api = home + '/api/v1'
const lang = option.lang || document.documentElement.lang || navigator.language || 'zh'
const W = words(lang)

type Child = Node | string | null | undefined | false
function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<Record<string, unknown>> = {}, ...kids: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [k, v] of Object.entries(props)) if (k in e && !k.startsWith('aria')) (e as unknown as Record<string, unknown>)[k] = v; else if (v !== undefined && v !== false) e.setAttribute(k, String(v))
  e.append(...(kids.filter((k) => k) as (Node | string)[]))
  return e
}
function icon(d: string) {
  const ns = 'http://www.w3.org/2000/svg', s = document.createElementNS(ns, 'svg'), p = document.createElementNS(ns, 'path')
  s.setAttribute('viewBox', '0 0 24 24'); s.setAttribute('aria-hidden', 'true'); p.setAttribute('d', d); s.append(p)
  return s
}
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(16).padStart(2, '0')).join('')
const clock = (ms: number) => new Date(ms).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', hour12: false })

// --- what is remembered between pages and visits ---
const slot = 'guiju:' + home
function recall(): { token?: string; unsent?: { key: string; text: string }[] } { try { return JSON.parse(localStorage.getItem(slot) || '{}') } catch { return {} } }
function remember() { try { localStorage.setItem(slot, JSON.stringify({ token, unsent: mine.filter((m) => m.text && !m.file).map((m) => ({ key: m.key, text: m.text })) })) } catch { /* then only for this page */ } }

let token = recall().token ?? '', desk: Start['desk'] = { name: '' }, talk: Talk | null = null, offline = false, joined = '', joinedAt = 0
let messages: Message[] = [], mine: Mine[] = (recall().unsent ?? []).map((m) => ({ ...m, bad: true })), last = 0, started: Promise<void> | null = null
let socket: WebSocket | null = null, tries = 0, cut = false, unread = 0, opened = false, readTo = 0, typing = 0, rated = 0, stars = 0, failed = false

// --- the page ---
const host = h('div', { lang })
host.dataset.theme = option.theme || 'light'
if (option.side) host.dataset.side = option.side
if (option.color) host.style.setProperty('--guiju-color', option.color)
const root = host.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet()
sheet.replaceSync(css)
root.adoptedStyleSheets = [sheet]

const count = h('span', { className: 'n', hidden: true })
const launch = h('button', { className: 'go', type: 'button', 'aria-haspopup': 'dialog', onclick: () => show(true) }, icon('M4 5h16v11h-8l-4.500 3.500V16H4z'), option.label || W.open, count)
const who = h('b'), sub = h('small'), face = h('span', { className: 'av', 'aria-hidden': 'true' })
const strip = h('div', { className: 'st', role: 'status', hidden: true })
const list = h('div', { className: 'ms', role: 'log', 'aria-live': 'polite', tabIndex: 0 })
const area = h('textarea', { rows: 1, placeholder: W.input, 'aria-label': W.input, maxLength: 4000 })
const pick = h('input', { type: 'file', accept: 'image/*', multiple: true, 'aria-label': W.image, title: W.image })
const button = h('button', { className: 'bt', type: 'button', disabled: true, onclick: () => say() }, W.send)
const rating = h('div', { className: 'rt', hidden: true })
const box = h('section', { className: 'w', role: 'dialog', 'aria-label': W.label, hidden: true },
  h('header', {}, face, h('div', {}, who, sub), h('button', { className: 'x', type: 'button', 'aria-label': W.close, onclick: () => show(false) }, icon('M6 6l12 12M18 6L6 18'))),
  strip, list, rating, h('div', { className: 'in' }, h('label', { className: 'im' }, icon('M3 5h18v14H3zM3 16l5-5 4.5 4.5L16 12l5 4M15 9h.01'), pick), area, button))
root.append(launch, box)

area.oninput = () => { button.disabled = !area.value.trim(); area.style.height = '40px'; area.style.height = Math.min(116, area.scrollHeight + 2) + 'px'; sendTyping() }
area.onkeydown = (e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); say() } }
area.onpaste = (e) => { const f = [...(e.clipboardData?.files ?? [])]; if (f.length) { e.preventDefault(); pictures(f) } }
pick.onchange = () => { pictures([...(pick.files ?? [])]); pick.value = '' }
box.onkeydown = (e) => { if (e.key === 'Escape') { e.stopPropagation(); show(false) } else e.stopPropagation() }
document.addEventListener('visibilitychange', () => { if (!document.hidden) { markRead(); if (!socket && started) connect() } })
addEventListener('online', () => { tries = 0; if (started) { connect(); flush() } })

function show(open: boolean) {
  opened = open
  box.hidden = !open; launch.hidden = open
  host.toggleAttribute('data-open', open)
  if (open) { begin(); draw(); area.focus({ preventScroll: true }) } else launch.focus()
}

// --- the server ---
async function call<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const raw = body instanceof Blob
  const r = await fetch(api + path, { method: body === undefined ? 'GET' : 'POST', headers: body === undefined ? {} : raw ? headers : { 'Content-Type': 'application/json', ...headers }, body: body === undefined ? undefined : raw ? body : JSON.stringify(body), credentials: 'omit' })
  if (!r.ok) throw Object.assign(new Error('' + r.status), { status: r.status })
  return r.json() as Promise<T>
}
function begin(): Promise<void> {
  return (started ??= (async () => {
    try {
      const s = await call<Start>('/w/start', { ...(token ? { token } : {}), ...(option.name ? { name: option.name } : {}), page: location.href.slice(0, 500) })
      token = s.token; desk = s.desk ?? desk; offline = s.offline; failed = false
      seeTalk(s.conversation, s)
      take(s.messages)
      last = Math.max(last, s.seq ?? 0)
      remember(); connect(); draw(true); flush()
    } catch (e) {
      if ((e as { status?: number }).status === 401 && token) token = ''
      started = null; failed = true; draw()
      setTimeout(() => { if (opened || mine.length) begin() }, Math.min(15000, 1000 * 2 ** tries++))
    }
  })())
}
/** How the conversation stands; the server names it by its id, or describes it. */
function seeTalk(c: Talk | string | null | undefined, more: { ahead?: number | null; state?: string } = {}) {
  if (c === undefined) { if (talk && more.ahead !== undefined) talk = { ...talk, ahead: more.ahead }; return }
  const was = talk?.state
  if (typeof c === 'string') talk = c ? { ...(talk?.id === c ? talk : {}), id: c, state: more.state ?? (desk.agent ? 'open' : 'waiting'), ahead: more.ahead ?? (talk?.id === c ? talk.ahead : null) } : null
  else if (c) talk = c
  else if (talk) talk = { ...talk, state: 'closed' }
  c = talk
  const name = c?.agent_name ?? (typeof c?.agent === 'object' ? c?.agent?.name : null) ?? (c?.state === 'open' ? desk.agent : null)
  if (name) { if (was === 'waiting' && c?.state === 'open') joined = W.joined(name), joinedAt = messages.length ? messages[messages.length - 1]!.seq : 0; desk.agent = name }
}
function connect() {
  if (socket || !token) return
  const s = new WebSocket(home.replace(/^http/, 'ws') + `/w/feed?token=${encodeURIComponent(token)}&since=${last}`)
  socket = s
  s.onopen = () => { tries = 0; if (cut) { cut = false; fetchNew(); flush() } draw() }
  s.onmessage = (e) => hear(JSON.parse(e.data as string))
  s.onclose = () => { if (socket === s) { socket = null; cut = true; draw(); setTimeout(() => { fetchNew(); connect() }, Math.min(15000, 600 * 2 ** tries++) * (0.7 + Math.random() * 0.6)) } }
}
function hear(f: any) {
  if (f.reload) { resume(); return }
  if (f.typing) { typing = Date.now() + 4500; draw(); setTimeout(draw, 4600); return }
  if (f.message) { take([f.message]); draw(true) }
  const c = f.conversation ?? f.queue
  if (c && typeof c === 'object') { seeTalk({ ...(talk as Talk), ...c }); draw() }
  if (f.kind === 'conversation.read' && (f.data?.person || f.data?.reader === 'agent')) { const to = f.data.message_seq ?? f.data.up_to ?? 0; messages.forEach((m) => { if (m.by.type === 'customer' && m.seq <= to) m.read = true }); draw() }
  else if (f.kind && !f.message) {
    if (/closed$/.test(f.kind)) { seeTalk(talk && { ...talk, state: 'closed' }); draw() }
    if (/picked_up|assigned|transferred|started/.test(f.kind)) { joined = ''; resume() } else fetchSoon()
  }
}
let soon = 0
const fetchSoon = () => { clearTimeout(soon); soon = setTimeout(fetchNew, 40) as unknown as number }
async function fetchNew() {
  if (!token) return
  try { const r = await call<{ items?: Message[]; messages?: Message[]; conversation?: Talk | string | null; state?: string; ahead?: number | null }>(`/w/messages?token=${encodeURIComponent(token)}&since=${messages.length ? messages[messages.length - 1]!.seq : 0}`); seeTalk(r.conversation, r); take(r.items ?? r.messages ?? []); draw(true) } catch { /* the next turn asks again */ }
}
/** Asks again how the conversation stands: who serves, how many are before. */
async function resume() { try { const s = await call<Start>('/w/start', { token, page: location.href.slice(0, 500) }); offline = s.offline; desk = { ...desk, ...s.desk }; seeTalk(s.conversation, s); take(s.messages); draw(true) } catch { fetchSoon() } }

function take(list: Message[]) {
  for (const m of list ?? []) {
    if (m.by.type === 'note') continue
    const old = messages.findIndex((x) => x.id === m.id)
    if (old >= 0) { messages[old] = m; continue }
    messages.push(m)
    last = Math.max(last, m.seq)
    if (m.by.type === 'agent' && m.by.name) desk.agent = m.by.name
    if (m.by.type !== 'customer' && started && !m.read && m.seq > readTo && (!opened || document.hidden)) unread++
    if (m.by.type === 'agent') typing = 0
  }
  messages.sort((a, b) => a.seq - b.seq)
}
function markRead() {
  if (!opened || document.hidden || !token) return
  unread = 0
  const to = messages.filter((m) => m.by.type !== 'customer').pop()
  if (to && !to.read && to.seq > readTo) { readTo = to.seq; call('/w/read', { token, seq: to.seq }).catch(() => {}) }
}
let typed = 0
function sendTyping() { if (socket?.readyState === 1 && talk?.state === 'open' && Date.now() - typed > 2500) { typed = Date.now(); socket.send(JSON.stringify({ typing: { conversation: talk.id } })) } }

// --- sending ---
function say() {
  const text = area.value.trim()
  if (!text) return
  area.value = ''; area.oninput!(new Event('input'))
  mine.push({ key: newId(), text })
  remember(); draw(true); begin().then(flush)
}
function pictures(list: File[]) {
  for (const f of list) {
    if (!f.type.startsWith('image/')) continue
    if (f.size > 20 * 1048576) { note = W.tooBig; draw(); continue }
    mine.push({ key: newId(), text: '', file: f, preview: URL.createObjectURL(f) })
  }
  draw(true); begin().then(flush)
}
let note = '', flushing = false
async function flush() {
  if (flushing || !token) return
  flushing = true
  for (const m of [...mine]) {
    m.bad = false; m.going = true; draw()
    try {
      if (m.file && !m.files) { const f = await call<File_>(`/w/files?token=${encodeURIComponent(token)}`, m.file, { 'Content-Type': m.file.type, 'X-File-Name': encodeURIComponent(m.file.name || 'image.png'), 'Idempotency-Key': m.key + 'f' }); m.files = [{ id: f.id, name: f.name ?? m.file.name, type: f.type ?? m.file.type, ...(f as object) }] }
      const r = await call<any>('/w/messages', { token, text: m.text, ...(m.files ? { files: m.files } : {}) }, { 'Idempotency-Key': m.key })
      mine = mine.filter((x) => x !== m)
      if (m.preview) URL.revokeObjectURL(m.preview)
      if (r?.conversation) seeTalk(r.conversation, { ahead: r.ahead, state: typeof r.ahead === 'number' ? 'waiting' : undefined })
      const got = r?.message ?? r
      if (got?.by && got.seq) take([got]); else await fetchNew()
      if (!talk || talk.state === 'closed' || talk.state === 'open' && !desk.agent) { rated = 0; resume() }
      remember(); draw(true)
    } catch (e) {
      m.bad = true
      const s = (e as { status?: number }).status ?? 0
      if (s === 401) { token = ''; started = null; begin() }
      draw()
      break // what follows keeps its order
    } finally { m.going = false }
  }
  flushing = false
}

// --- drawing ---
function draw(stick = false) {
  const open = opened, near = stick || list.scrollHeight - list.scrollTop - list.clientHeight < 80
  const served = talk?.state === 'open' && desk.agent
  who.textContent = served ? desk.agent! : desk.name || W.open
  sub.textContent = served ? W.serve(desk.name) : ''
  face.textContent = [...(who.textContent || '·')][0]!
  const ahead = talk?.ahead ?? talk?.position
  strip.className = cut || failed ? 'st c' : 'st'
  strip.replaceChildren()
  if (note) strip.append(note)
  else if (failed) strip.append(W.error)
  else if (cut) strip.append(W.cut)
  else if (offline && talk?.state !== 'open') strip.append(W.offline)
  else if (talk?.state === 'waiting') { if (ahead === undefined || ahead === null) strip.append(W.waiting); else strip.append(h('b', {}, ahead > 0 ? W.ahead(ahead) : W.next), talk.wait_ms ? W.about(Math.max(1, Math.round(talk.wait_ms / 60000))) : '') }
  strip.hidden = !strip.firstChild
  note = ''
  if (open) {
    const out: Node[] = []
    if (!messages.some((m) => m.by.type !== 'customer')) out.push(h('div', { className: 'u' }, desk.welcome || option.welcome || W.hello))
    const lastMine = [...messages].reverse().find((m) => m.by.type === 'customer')
    let told = !joined
    for (const m of messages) {
      if (!told && m.seq > joinedAt) { told = true; out.push(h('span', { className: 't' }, joined)) }
      const me = m.by.type === 'customer'
      if (m.by.type === 'system') { out.push(h('span', { className: 't' }, m.text)); continue }
      if (m.text) out.push(h('div', { className: 'u' + (me ? ' me' : m.by.type === 'auto' ? ' au' : '') }, m.by.type === 'auto' && h('small', {}, W.auto), m.text))
      for (const f of m.files ?? []) { const src = `${api}/files/${encodeURIComponent(f.id)}?token=${encodeURIComponent(token)}`; out.push((f.type ?? 'image/').startsWith('image/') ? h('img', { className: 'pi' + (me ? ' me' : ''), src, alt: f.name ?? W.image, loading: 'lazy' }) : h('a', { className: 'u', href: src, target: '_blank', rel: 'noopener' }, f.name ?? W.file)) }
      if (m === lastMine && !mine.length) out.push(h('span', { className: 't e' }, m.read || messages.some((x) => x.by.type === 'agent' && x.seq > m.seq) ? W.read : `${W.sent} ${clock(m.at)}`))
    }
    if (!told) out.push(h('span', { className: 't' }, joined))
    for (const m of mine) {
      out.push(m.preview ? h('img', { className: 'pi me', src: m.preview, alt: '' }) : h('div', { className: 'u me' }, m.text))
      out.push(m.bad ? h('button', { className: 't e bad', type: 'button', onclick: () => begin().then(flush) }, W.failed) : h('span', { className: 't e' }, W.sending))
    }
    if (typing > Date.now()) out.push(h('span', { className: 't', role: 'status' }, `${desk.agent ?? ''} ${W.typing}`))
    if (talk?.state === 'closed') out.push(h('span', { className: 't' }, `${W.ended}，${W.again}`))
    list.replaceChildren(...out)
    if (near) list.scrollTop = list.scrollHeight
    markRead()
  }
  drawRating()
  count.textContent = unread > 99 ? '99+' : String(unread)
  count.hidden = !unread
}
let ratingFor = ''
function drawRating() {
  const ask = talk?.state === 'closed' && !talk.rated && !talk.rating && messages.some((m) => m.by.type === 'agent') && rated < 2
  rating.hidden = !ask
  const key = `${talk?.id} ${rated} ${stars}`
  if (!ask || ratingFor === key) return
  ratingFor = key
  if (rated) { rating.replaceChildren(h('b', {}, W.thanks)); return }
  const more = h('input', { placeholder: W.rateSay, 'aria-label': W.rateSay, maxLength: 200 })
  rating.replaceChildren(
    h('div', { className: 'h' }, h('b', {}, W.rate), h('small', {}, W.rateNote)),
    h('div', { role: 'group', 'aria-label': W.rate }, ...[1, 2, 3, 4, 5].map((n) => h('button', { className: 'f', type: 'button', 'aria-pressed': String(stars === n), 'aria-label': n === 1 ? `1 ${W.worst}` : n === 5 ? `5 ${W.best}` : String(n), onclick: () => { stars = n; drawRating() } }, String(n)))),
    stars ? h('div', {}, more, h('button', { className: 'bt', type: 'button', onclick: async () => { try { await call('/w/rate', { token, stars, score: stars, text: more.value.trim() }, { 'Idempotency-Key': newId() }); rated = 1; drawRating(); setTimeout(() => { rated = 2; drawRating() }, 4000) } catch { note = W.error; draw() } } }, W.rateGo)) : '',
  )
}

// the place in the queue moves although nothing is said
setInterval(() => { if (talk?.state === 'waiting' && !document.hidden && opened) fetchNew() }, 10000)

document.body ? document.body.append(host) : addEventListener('DOMContentLoaded', () => document.body.append(host))
if (token) begin() // a visitor who has been here hears of answers without opening the window
if (option.open !== undefined) show(true)
