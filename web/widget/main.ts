// The chat window on a shop's page: <script src="https://…/w.js" defer></script>. What may be said on the tag: docs/widget.md.
// Needs nothing from the page and leaves nothing on it but one element. What is written is kept until the server has it: every message
// carries its own id (sent again after a break, or by another tab, it is still one message), and what was missed is fetched by sequence
// number. Rare parts (leaving a message, rating, earlier talks, emoji) come with a second file, /w-more.js, when they are wanted.
import { css } from './style'
import { words, type Words } from './words'

export interface Attachment { id: string; name: string; type: string; size?: number; w?: number; h?: number; link?: string; ticket?: string }
export interface Message { id: string; seq: number; at: number; by: { type: string; id?: string; name?: string }; text: string; files?: Attachment[]; read?: boolean; recalled_ms?: number; edited_ms?: number; quote?: { name: string; type: string; text: string } }
interface State { conversation?: string | null; state?: string; agent?: string | null; ahead?: number | null; wait?: { from_ms: number; to_ms: number; since_ms: number } | null; due_ms?: number | null; back_ms?: number | null; rating?: number | null; read_by_agent_seq?: number; now?: number; offline?: boolean }
interface Start extends State { token: string; desk: { name: string; agent?: string | null }; messages: Message[]; preview?: boolean }
export interface Look { colour: string; side: string; name: string; avatar: string; greeting: string; greeting_en: string; lang: string; theme: string; hide: boolean; form: boolean; questions: string[] | null }
interface Door { desk: string; look: Look; allowed: boolean; offline: boolean; hours: [number, number][]; back_ms: number | null }
interface Mine { key: string; text: string; file?: File; files?: Attachment[]; picture?: Node; part?: number; bad?: string; going?: boolean; fatal?: boolean }
export type Child = Node | string | null | undefined | false
export type Fault = Error & { status: number; say?: string }
export type More = typeof import('./more')
export interface Extras { open: () => boolean; close: () => void; draw: () => void }

const script = document.currentScript as HTMLScriptElement | null
const option = script?.dataset ?? ({} as DOMStringMap)
const home = new URL(script?.src || location.href).origin

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<Record<string, unknown>> = {}, ...kids: Child[]): HTMLElementTagNameMap[K] {
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
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(16).padStart(2, '0')).join('')

// --- what is remembered between pages, tabs and visits; where storage is blocked, only for this page ---
const slot = 'guiju:' + home
const keep = (k: string, v: string | null) => { try { v === null ? localStorage.removeItem(slot + k) : localStorage.setItem(slot + k, v) } catch { /* blocked */ } }
const kept = (k: string) => { try { return localStorage.getItem(slot + k) ?? '' } catch { return '' } }
const unsent = () => { try { return Object.keys(localStorage).filter((k) => k.startsWith(slot + ':u:')).map((k) => ({ key: k.slice(slot.length + 3), text: localStorage.getItem(k)! })) } catch { return [] } }

let zh = true
/** Every request: whole answers or a Fault with what the server says, in the visitor's language. */
async function call<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const r = await fetch(home + path, { method: body === undefined ? 'GET' : 'POST', headers: body === undefined ? {} : { 'Content-Type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'omit' })
  const j = await r.json().catch(() => null)
  if (!r.ok || !j) throw Object.assign(new Error(), { status: r.ok ? 0 : r.status, say: j?.error?.[zh ? 'zh' : 'en'] })
  return j as T
}

void (async () => {
  const plain = { colour: '#1b6a57', side: 'right', lang: 'auto', theme: 'light', form: true } as Look
  let door: Door = { desk: '', look: plain, allowed: true, offline: false, hours: [], back_ms: null }
  if (!document.body) await new Promise((r) => addEventListener('DOMContentLoaded', r))
  try { door = await call<Door>('/w/look') } catch { /* it opens all the same, and says that there is no connection */ }
  if (!door.allowed) return console.warn('Guiju chat: site not allowed')
  const look = door.look
  let token = kept(''), offline = door.offline
  if (look.hide && offline && !token && option.open === undefined) return

  const lang = option.lang || (look.lang && look.lang !== 'auto' ? look.lang : document.documentElement.lang || navigator.language || 'zh')
  zh = /^zh/i.test(lang)
  let more: Promise<More> | null = null, sheets: CSSStyleSheet[] = []
  const loadMore = () => (more ??= (import(/* @vite-ignore */ home + '/w-more.js') as Promise<More>).then((m) => { const s = new CSSStyleSheet(); s.replaceSync(m.css); sheets = [...sheets, s]; root.adoptedStyleSheets = sheets; return m }).catch((e) => { more = null; throw e }))
  const host = h('div', { lang }), root = host.attachShadow({ mode: 'open' })
  const theme = (option.theme || look.theme).replace('auto', matchMedia('(prefers-color-scheme:dark)').matches ? 'dark' : 'light')
  if (theme === 'dark') void loadMore().catch(() => {})
  const W: Words = zh ? words : await loadMore().then((m) => m.english, () => words)
  const clock = (ms: number) => new Date(ms).toLocaleTimeString(lang, { hour: 'numeric', minute: '2-digit', hour12: false })
  const day = (ms: number) => { const d = Math.round((new Date(ms).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5); return d === 0 ? '' : d === 1 ? W.tomorrow : new Date(ms).toLocaleDateString(lang, { month: 'short', day: 'numeric', weekday: 'short' }) + ' ' }

  let desk = { name: look.name || door.desk, agent: null as string | null }, talk: State | null = null, backMs = door.back_ms
  let messages: Message[] = [], mine: Mine[] = unsent().map((m) => ({ ...m, bad: W.failed })), last = 0, started: Promise<void> | null = null
  let socket: WebSocket | null = null, tries = 0, cut = false, unread = 0, opened = false, readTo = 0, agentRead = 0, typing = 0, failed = '', preview = false, skew = 0
  let note = '', flushing = false, extra: Extras | null = null, left = false, rated = false

  // --- the page ---
  const colour = option.color || look.colour || plain.colour
  host.dataset.theme = theme
  host.dataset.side = option.side || look.side
  if (colour !== plain.colour) {
    host.style.setProperty('--guiju-color', colour)
    const n = parseInt(colour.slice(1), 16)
    if ((n >> 16) * 0.3 + ((n >> 8) & 255) * 0.59 + (n & 255) * 0.11 > 125) host.style.setProperty('--guiju-on', '#14201b') // white would not be read on it
  }
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = sheets = [sheet, ...sheets]

  const count = h('span', { className: 'n', hidden: true })
  const launch = h('button', { className: 'go', type: 'button', 'aria-haspopup': 'dialog', onclick: () => show(true) }, icon('M4 5h16v11h-8l-4.500 3.500V16H4z'), option.label || W.open, count)
  const who = h('b'), sub = h('small'), face = h('span', { className: 'av', 'aria-hidden': 'true' })
  const strip = h('div', { className: 'st', role: 'status', hidden: true })
  const list = h('div', { className: 'ms', role: 'log', 'aria-live': 'polite', 'aria-label': W.label, tabIndex: 0 })
  const area = h('textarea', { rows: 1, placeholder: W.input, 'aria-label': W.input, maxLength: 4000 })
  const pick = h('input', { type: 'file', multiple: true, 'aria-label': W.file })
  const button = h('button', { className: 'bt', type: 'button', disabled: true, onclick: () => say() }, W.send)
  const foot = h('div', { className: 'rt', hidden: true })
  const bar = h('div', { className: 'in' }, h('label', { className: 'im' }, icon('M3 5h18v14H3zM3 16l5-5 4.500 4.500L16 12l5 4M15 9h.01'), pick), area, button)
  const shut = h('button', { className: 'x', type: 'button', 'aria-label': W.close, onclick: () => show(false) }, icon('M6 6l12 12M18 6L6 18'))
  const box = h('section', { className: 'w', role: 'dialog', 'aria-label': W.label, hidden: true },
    h('header', {}, face, h('div', {}, who, sub), shut),
    strip, list, foot, bar)
  root.append(launch, box)

  area.oninput = () => { button.disabled = !area.value.trim(); area.style.height = '40px'; area.style.height = Math.min(116, area.scrollHeight + 2) + 'px'; sendTyping() }
  area.onkeydown = (e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); say() } }
  area.onpaste = (e) => { const f = [...(e.clipboardData?.files ?? [])]; if (f.length) { e.preventDefault(); attach(f) } }
  pick.onchange = () => { attach([...(pick.files ?? [])]); pick.value = '' }
  const phone = () => innerWidth <= 520
  box.onkeydown = (e) => { e.stopPropagation(); if (e.key === 'Escape') extra?.open() ? extra.close() : show(false) }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { markRead(); draw(); if (!socket && started) connect() } })
  addEventListener('online', () => { tries = 0; if (started) { connect(); void flush() } })
  addEventListener('storage', (e) => { if (e.key === slot && e.newValue && !token) { token = e.newValue; if (opened) void begin() } })

  function show(open: boolean) {
    opened = open
    box.hidden = !open; launch.hidden = open
    host.toggleAttribute('data-open', open)
    box.setAttribute('aria-modal', String(phone()))
    if (open) { void begin(); void loadMore().then((m) => { extra ??= m.extras(parts, { root, box, shut, bar, area, list, attach, phone, draw: () => draw(true) }); draw() }).catch(() => {}); draw(true); (bar.hidden ? box.querySelector('input') ?? list : area).focus({ preventScroll: true }) } else { extra?.close(); launch.focus() }
  }

  // --- the server ---
  const page = () => location.href.slice(0, 500)
  /** Two tabs that open at once are one visitor. */
  const alone = <T>(f: () => Promise<T>): Promise<T> => (!token && navigator.locks ? (navigator.locks.request(slot, async () => { token ||= kept(''); return f() }) as Promise<T>) : f())
  function begin(): Promise<void> {
    return (started ??= (async () => {
      try {
        const s = await alone(async () => { const a = await call<Start>('/w/start', { ...(token ? { token } : {}), ...(option.name ? { name: option.name } : {}), page: page() }); token = a.token; keep('', token); return a })
        failed = ''; tries = 0
        see(s); connect(); draw(true); void flush()
      } catch (e) {
        const f = e as Fault
        if (f.status === 401) { token = ''; keep('', null) }
        started = null; failed = f.say ?? W.error; draw()
        if (f.status !== 403) setTimeout(() => { if (opened || mine.length) void begin() }, wait())
      }
    })())
  }
  /** Longer every time, and never all visitors in the same second: a desk that starts again is not run over. */
  function wait() { const t = Math.min(60000, (opened ? 1000 : 4000) * 2 ** tries++); return t / 3 + Math.random() * t }
  function see(s: Start | (State & { items?: Message[] })) {
    const was = talk?.state, first = !started || !talk
    if (s.now) skew = s.now - Date.now()
    if (s.offline !== undefined) offline = s.offline
    if ('preview' in s) preview = !!s.preview
    backMs = s.back_ms ?? null
    talk = s.conversation ? s : talk && { ...talk, state: 'closed' }
    if ('desk' in s) { desk.name = look.name || s.desk.name; s.agent ??= s.desk.agent; if (talk) talk.agent = s.agent }
    desk.agent = talk?.state === 'open' ? talk.agent ?? desk.agent : null
    if (was === 'waiting' && talk?.state === 'open' && desk.agent && !first) mark(W.joined(desk.agent))
    agentRead = Math.max(agentRead, s.read_by_agent_seq ?? 0)
    take(('messages' in s ? s.messages : s.items) ?? [])
    if (talk?.conversation) keep(':t', String(Date.now()))
  }
  function connect() {
    if (socket || !token) return
    const s = new WebSocket(home.replace(/^http/, 'ws') + `/w/feed?token=${encodeURIComponent(token)}&since=${last}`)
    socket = s
    s.onopen = () => { tries = 0; if (cut) { cut = false; if (opened || talk) void fetchNew(); void flush() } draw() }
    s.onmessage = (e) => hear(JSON.parse(e.data as string))
    s.onclose = () => { if (socket !== s) return; socket = null; cut = true; draw(); setTimeout(connect, wait()) }
  }
  function hear(f: { reload?: boolean; typing?: unknown; hello?: { seq: number }; seq?: number; kind?: string }) {
    if (f.hello) last = Math.max(last, f.hello.seq)
    if (f.seq) last = Math.max(last, f.seq)
    if (f.typing) { typing = Date.now() + 4500; draw(); setTimeout(draw, 4600) }
    else if (f.reload || /recalled|edited/.test(f.kind ?? '')) void resume()
    else if (f.kind) { if (/started|reopened/.test(f.kind)) rated = false; clearTimeout(soon); soon = setTimeout(fetchNew, 40) as unknown as number }
  }
  let soon = 0
  async function fetchNew() {
    if (!token) return
    try { see(await call<State & { items: Message[] }>(`/w/messages?token=${encodeURIComponent(token)}&since=${messages.length ? messages[messages.length - 1]!.seq : 0}`)); draw(true) } catch { /* the next turn asks again */ }
  }
  /** All of it again: words were changed or taken back. */
  async function resume() { try { see(await call<Start>('/w/start', { token, page: page() })); draw() } catch { /* as above */ } }

  function take(fresh: Message[]) {
    let heard = false
    for (const m of fresh) {
      if (m.by.type === 'note') continue
      const old = messages.findIndex((x) => x.id === m.id)
      if (old >= 0) { messages[old] = m; continue }
      messages.push(m)
      last = Math.max(last, m.seq)
      if (m.by.type !== 'customer' && !m.read && m.seq > readTo && (!opened || document.hidden)) { unread++; heard ||= m.by.type === 'agent' }
      if (m.by.type === 'agent') typing = 0
    }
    messages.sort((a, b) => a.seq - b.seq)
    if (heard && document.hidden && kept(':sound')) void loadMore().then((m) => m.beep()).catch(() => {})
  }
  function markRead() {
    if (!opened || document.hidden || !token) return
    unread = 0
    const to = messages.filter((m) => m.by.type !== 'customer').pop()
    if (to && !to.read && to.seq > readTo) { readTo = to.seq; call('/w/read', { token, seq: to.seq }).catch(() => {}) }
  }
  let typed = 0
  function sendTyping() { if (socket?.readyState === 1 && talk?.state === 'open' && Date.now() - typed > (preview ? 900 : 2500)) { typed = Date.now(); socket.send(JSON.stringify({ typing: { conversation: talk.conversation, ...(preview ? { text: area.value.slice(0, 400) } : {}) } })) } }

  // --- sending ---
  function say() {
    const text = area.value.trim(), key = newId()
    if (!text) return
    area.value = ''; area.oninput!(new Event('input'))
    mine.push({ key, text }); keep(':u:' + key, text)
    extra?.close(); draw(true); void begin().then(() => flush())
  }
  function attach(files: File[]) {
    for (const f of files) {
      if (f.size > 20 << 20 || !f.size) { note = f.size ? W.tooBig : W.empty; continue }
      const m: Mine = { key: newId(), text: '', file: f }
      mine.push(m)
      if (f.type.startsWith('image/')) loadMore().then((x) => x.preview({ h }, f)).then((c) => { m.picture = c; draw(true) }).catch(() => {})
    }
    draw(true); void begin().then(() => flush())
  }
  let again = 0
  async function flush(by?: Mine) {
    if (flushing || !token) return
    flushing = true
    for (const m of [...mine]) {
      if (m.fatal && m !== by) continue
      m.bad = ''; m.going = true; m.fatal = false; draw()
      try {
        if (m.file && !m.files) m.files = [await (await loadMore()).upload(`${home}/w/files?token=${encodeURIComponent(token)}`, m.file, zh, (n) => { m.part = n; draw() })]
        await call('/w/messages', { token, text: m.text, page: page(), ...(m.files ? { files: m.files } : {}) }, { 'Idempotency-Key': m.key })
        mine = mine.filter((x) => x !== m); keep(':u:' + m.key, null)
        rated = false
        await fetchNew()
      } catch (e) {
        const f = e as Fault
        m.fatal = f.status >= 400 && f.status < 500 && f.status !== 401 && f.status !== 429
        m.bad = (m.fatal && f.say ? f.say + ' · ' : '') + W.failed
        if (f.status === 401) { token = ''; keep('', null); started = null; void begin() }
        if (!m.fatal) { clearTimeout(again); again = setTimeout(() => void flush(), wait()) as unknown as number; break } // what follows keeps its order
      } finally { m.going = false; draw(true) }
    }
    flushing = false
  }

  // --- rare parts ---
  const parts = { h, icon, call, zh, home, look, token: () => token, page, day, clock, bubble, kept, keep, begin, known: () => messages.length > 0 || !!kept(':t') }
  let form: HTMLElement | null = null, formAsked = false, asks = ''
  const wantsForm = () => offline && look.form && talk?.state !== 'open' && talk?.state !== 'waiting' && !mine.length && !left
  function drawForm() {
    const on = wantsForm()
    bar.hidden = on && !!form
    if (on && !formAsked) { formAsked = true; void loadMore().then((m) => { form = m.leave(parts, async () => { left = true; await fetchNew(); connect(); draw(true) }, begin); draw(true); if (opened) form.querySelector('input')?.focus() }).catch(() => { formAsked = false }) }
    return on ? form : null
  }
  function drawRating() {
    const ask = talk?.state === 'closed' && !talk.rating && !rated && messages.some((m) => m.by.type === 'agent') && !extra?.open()
    foot.hidden = !ask
    if (!ask || asks === talk!.conversation) return
    asks = talk!.conversation ?? ''
    foot.replaceChildren()
    void loadMore().then((m) => foot.replaceChildren(m.rate(parts, () => { rated = true; draw() }))).then(() => { list.scrollTop = list.scrollHeight }).catch(() => { asks = '' })
  }

  // --- drawing: what did not change stays as it is, so that nothing is read out twice and no picture is fetched again ---
  const marks: { after: number; text: string }[] = []
  function mark(text: string) { marks.push({ after: messages.length ? messages[messages.length - 1]!.seq : 0, text }) }
  const nodes = new Map<string, { sig: string; node: HTMLElement | SVGElement }>()
  function put(want: [key: string, sig: string, make: () => Node][]) {
    const seen = new Set<string>()
    let at: ChildNode | null = list.firstChild
    for (const [key, sig, make] of want) {
      seen.add(key)
      let n = nodes.get(key)
      if (!n || n.sig !== sig) { const node = make() as HTMLElement; if (n) { if (at === n.node) at = at.nextSibling; n.node.remove() } n = { sig, node }; nodes.set(key, n) }
      if (n.node === at) at = at.nextSibling
      else list.insertBefore(n.node, at)
    }
    for (const [k, n] of nodes) if (!seen.has(k)) { n.node.remove(); nodes.delete(k) }
  }
  function bubble(m: Message): Node[] {
    const me = m.by.type === 'customer' ? ' me' : '', out: Node[] = []
    if (m.by.type === 'system') return [h('span', { className: 't' }, m.text)]
    if (m.recalled_ms) return [h('span', { className: 't' }, me ? W.recalledMine : W.recalled)]
    if (m.text) out.push(h('div', { className: 'u' + (me || (m.by.type === 'auto' ? ' au' : '')) }, m.by.type === 'auto' && h('small', {}, W.auto), m.quote && h('q', {}, m.quote.text || W.recalled), m.text, !!m.edited_ms && h('small', {}, W.edited)))
    for (const f of m.files ?? []) {
      const href = home + (f.link ?? '')
      out.push(f.type?.startsWith('image/') ? h('a', { className: 'pa' + me, href, target: '_blank', rel: 'noopener' }, h('img', { className: 'pi', src: href, alt: f.name || W.image, ...(f.w && f.h ? { width: Math.round(f.w * Math.min(1, 190 / f.w, 220 / f.h)), height: Math.round(f.h * Math.min(1, 190 / f.w, 220 / f.h)) } : {}) }))
        : h('a', { className: 'u fi' + me, href, target: '_blank', rel: 'noopener' }, f.name || W.file, f.size ? h('small', {}, ' ' + (f.size < 1e6 ? Math.ceil(f.size / 1000) + ' kB' : (f.size / 1e6).toFixed(1) + ' MB')) : ''))
    }
    return out
  }
  function drawStrip() {
    const out: Child[] = [], t = talk
    if (note) out.push(note)
    else if (failed) out.push(failed)
    else if (cut) out.push(W.cut)
    else if (t?.state === 'waiting') {
      const n = t.ahead
      if (n || n === 0) out.push(h('span', { className: 'rg', 'aria-hidden': 'true' }, String(n + 1)), h('span', {}, h('b', {}, n > 0 ? W.ahead(n) : W.next), t.wait ? W.about((t.wait.from_ms - (Date.now() + skew - t.wait.since_ms)) / 60000, (t.wait.to_ms - (Date.now() + skew - t.wait.since_ms)) / 60000) : '', t.due_ms ? W.due(day(t.due_ms) + clock(t.due_ms)) : '', offline && backMs ? W.back(day(backMs) + clock(backMs)) : ''))
      else out.push(W.waiting)
    } else if (offline && t?.state !== 'open') out.push(h('span', {}, h('b', {}, W.offline), backMs ? W.back(day(backMs) + clock(backMs)) : ''))
    else if (t?.state === 'open' && t.due_ms && t.due_ms > Date.now() + skew) out.push(W.dueOpen(day(t.due_ms) + clock(t.due_ms)))
    const text = out.map((x) => (typeof x === 'string' ? x : (x as Node)?.textContent)).join()
    strip.className = cut || failed || note ? 'st c' : 'st'
    strip.hidden = !out.length
    if (strip.dataset.is !== text) { strip.dataset.is = text; strip.replaceChildren(...(out.filter(Boolean) as Node[])) }
    if (note) setTimeout(() => { note = ''; drawStrip() }, 6000)
  }
  function draw(stick = false) {
    const near = stick || list.scrollHeight - list.scrollTop - list.clientHeight < 80, served = talk?.state === 'open' && desk.agent
    who.textContent = served ? desk.agent! : desk.name || W.open
    sub.textContent = served ? W.serve(desk.name) : !offline && door.hours[0] ? W.hours(door.hours.map((x) => x.map(clock).join('–')).join(W.and)) : ''
    face.textContent = (!served && look.avatar) || [...(who.textContent || '·')][0]!
    face.classList.toggle('on', !!served)
    extra?.draw()
    drawStrip()
    if (opened) {
      const out: [string, string, () => Node][] = [], one = (key: string, sig: string, cls: string, text: string, extra = {}) => out.push([key, sig, () => h('span', { className: cls, ...extra }, text)])
      if (!messages.some((m) => m.by.type !== 'customer')) out.push(['hello', '', () => h('div', { className: 'u' }, (zh ? option.welcome || look.greeting : look.greeting_en || option.welcome || look.greeting) || W.hello)])
      const f = drawForm()
      if (f) out.push(['form', '', () => f])
      if (left) out.push(['left', '', () => h('span', { className: 't' }, W.left)])
      const lastMine = [...messages].reverse().find((m) => m.by.type === 'customer'), wait = [...marks]
      for (const m of messages) {
        while (wait.length && m.seq > wait[0]!.after) { const x = wait.shift()!; one('j' + x.after, x.text, 't', x.text) }
        bubble(m).forEach((n, i) => out.push([m.id + i, `${m.recalled_ms ?? ''} ${m.edited_ms ?? ''} ${m.files?.[i]?.link?.length ?? ''}`, () => n]))
        if (m === lastMine && !mine.length) { const seen = m.seq <= agentRead || messages.some((x) => x.by.type === 'agent' && x.seq > m.seq), s = seen ? W.read : `${W.sent} ${clock(m.at)}`; one('sent', m.id + s, 't e', s) }
      }
      for (const x of wait) one('j' + x.after, x.text, 't', x.text)
      for (const m of mine) {
        out.push(['m' + m.key, m.picture ? 'p' : '', () => m.picture ?? h('div', { className: 'u me' }, m.text || m.file!.name)])
        const s = m.bad || (m.part && m.part < 1 ? W.part(Math.round(m.part * 100)) : W.sending)
        if (m.bad && !m.going) out.push(['b' + m.key, s, () => h('span', { className: 't e' }, h('button', { className: 'bad', type: 'button', onclick: () => void begin().then(() => flush(m)) }, s), ' ', h('button', { className: 'bad', type: 'button', onclick: () => { mine = mine.filter((x) => x !== m); keep(':u:' + m.key, null); draw() } }, W.drop))])
        else one('b' + m.key, s, 't e', s)
      }
      if (typing > Date.now() && talk?.state === 'open') one('typing', '', 't', `${desk.agent ?? ''} ${W.typing}`)
      if (talk?.state === 'closed') one('end', '', 't', W.ended)
      put(out)
      if (near) list.scrollTop = list.scrollHeight
      markRead()
    }
    drawRating()
    count.textContent = unread > 99 ? '99+' : String(unread)
    count.hidden = !unread
    launch.setAttribute('aria-label', (option.label || W.open) + (unread ? W.unread(unread) : ''))
  }

  // The place in the queue moves although nothing is said; who is far behind asks seldom, and not all at once.
  const ask = () => setTimeout(() => { if (talk?.state === 'waiting' && !document.hidden && opened) void fetchNew(); else if (opened) drawStrip(); ask() }, Math.min(120000, 8000 + 2000 * (talk?.ahead ?? 0)) * (0.75 + Math.random() / 2))
  ask()

  document.body.append(host); draw()
  if (token && (mine.length || Date.now() - Number(kept(':t')) < 30 * 864e5)) void begin() // who spoke lately hears of answers without opening the window
  if (option.open !== undefined) show(true)
})()
