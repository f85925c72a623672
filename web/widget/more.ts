// The rare parts of the chat window, fetched when one is wanted: leaving a message, rating, earlier conversations, files, emoji, the
// sound, and its English.
import type { Attachment, Child, Extras, Fault, Look, Message } from './main'
import { minutes, type Words } from './words'

type H = <K extends keyof HTMLElementTagNameMap>(tag: K, props?: Partial<Record<string, unknown>>, ...kids: Child[]) => HTMLElementTagNameMap[K]
export interface Parts {
  h: H; zh: boolean; home: string; look: Look
  call: <T>(path: string, body?: unknown, headers?: Record<string, string>) => Promise<T>
  icon: (d: string) => Node; token: () => string; page: () => string; day: (ms: number) => string; clock: (ms: number) => string; bubble: (m: Message) => Node[]
  kept: (k: string) => string; keep: (k: string, v: string | null) => void; begin: () => Promise<void>; known: () => boolean
}
const zh = {
  name: '怎么称呼您', email: '邮箱', phone: '电话', either: '邮箱、电话留一个，我们好回复您', text: '想问什么', leave: '留言', sending: '送出中', error: '没有送出，请再试一次',
  questions: ['回得快不快', '态度好不好', '事情办成没有', '会再来吗'], rate: '这次的服务，您打几分', optional: '可以不打', say: '还想说点什么', go: '送出评价', thanks: '谢谢您的评价', worst: '很不满意', best: '很满意',
  none: '还没有以前的会话', back: '回到聊天', older: '更早的', noText: '（没有文字）', history: '以前的会话', soundOn: '有回复时响一声', soundOff: '有回复时不出声', emoji: '表情',
}
const en: typeof zh = {
  name: 'Your name', email: 'E-mail', phone: 'Telephone', either: 'One of the two, so that we can answer', text: 'Your question', leave: 'Leave the message', sending: 'Sending', error: 'Not sent; please try again',
  questions: ['How fast were we?', 'How kind were we?', 'Is it solved?', 'Would you come again?'], rate: 'How was it?', optional: 'optional', say: 'Anything else', go: 'Send rating', thanks: 'Thank you for rating', worst: 'very bad', best: 'very good',
  none: 'No earlier chats yet', back: 'Back to the chat', older: 'Earlier', noText: '(no text)', history: 'Earlier chats', soundOn: 'A sound for answers', soundOff: 'No sound for answers', emoji: 'Emoji',
}
/** The words of the first file in English. */
export const english: Words = {
  open: 'Chat with us', close: 'Close', label: 'Chat', input: 'Your question', send: 'Send', image: 'Picture', sending: 'Sending', part: (n) => `Uploading ${n}%`, sent: 'Delivered', read: 'Read', failed: 'Not sent, press to try again', drop: 'Discard',
  auto: 'Automatic reply', ahead: (n) => `${n} before you`, about: (lo, hi) => { if (hi < 0) return ', longer than the last ones waited'; const [a, b] = minutes(lo, hi); return b <= 1 ? ', about a minute' : a ? `, about ${a} to ${b} min` : `, within ${b} min` }, due: (t) => `, answered by ${t}`, dueOpen: (t) => `You get an answer by ${t}`, next: 'You are next',
  waiting: 'Finding somebody for you; go ahead and write', offline: 'Nobody is here now', back: (t) => `, back ${t}`, hours: (s) => `Here today ${s}`, and: ', ', tomorrow: 'tomorrow ', cut: 'Connection lost, reconnecting. What you wrote is kept',
  serve: (s) => `${s}, at your service`, joined: (n) => `${n} has joined`, ended: 'The chat has ended; write again to reopen it', left: 'Got it. The answer appears here and comes the way you left', typing: 'is typing', tooBig: 'The file is over 20 MB and was not sent', empty: 'The file is empty and was not sent', hello: 'Hello, how can we help?', error: 'No connection; trying again by itself', file: 'File or picture', recalled: 'A message was taken back', recalledMine: 'This message was taken back', edited: ' changed',
  unread: (n) => `, ${n} unread`,
}
export const css = `
:host([data-theme=dark]){--p:var(--guiju-color,#63c2a4);--s:#191e1b;--b:#111513;--l:#303733;--l2:#6e7872;--i:#e3e8e4;--i2:#b4bdb7;--i3:#949e97;--m:color-mix(in srgb,var(--p) 18%,var(--s));--w:color-mix(in srgb,var(--p) 20%,var(--s));--o:var(--guiju-on,#0e1a15);--r:#f2927a;--a:#e6b457;--aw:#382d14}
.pa{align-self:flex-start}.pa.me{padding:0;background:none;border-radius:10px}.fi{text-decoration:underline;text-underline-offset:3px}.pi{max-width:190px;max-height:220px;border-radius:10px;display:block;align-self:flex-start;object-fit:cover;background:var(--l)}.pi.me{padding:0;align-self:flex-end}a.u{color:inherit}.au{background:none;border-style:dashed;border-color:var(--l2);color:var(--i2)}.u small{font-size:12px;color:var(--i3)}.au small{display:block}.u q{display:block;quotes:none;font-size:13px;color:var(--i3);border-left:2px solid var(--l2);padding-left:8px;margin-bottom:4px;max-height:3em;overflow:hidden}.x[aria-pressed=true]{color:var(--p)}.rg{width:24px;height:24px;border-radius:50%;border:2px solid var(--p);color:var(--p);font-size:12px;font-weight:600;display:grid;place-items:center;flex:none}
.rt{border-top:1px solid var(--l);padding:12px 16px;background:var(--b);font-size:14px}.rt .ra>div{display:flex;gap:10px;margin-top:8px;align-items:center;justify-content:space-between}.rt .ra>.h{margin:0}.rt small,.fo small{color:var(--i3);font-size:13px}.dots{display:flex;gap:8px}.f{width:32px;height:32px;border-radius:50%;border:1px solid var(--l2);background:var(--s);font-size:13px}.f[aria-pressed=true]{background:var(--p);border-color:var(--p);color:var(--o);font-weight:600}.rt input,.fo input,.fo textarea{flex:1;width:100%;min-width:0;height:40px;border:1px solid var(--l2);border-radius:8px;padding:0 12px;background:var(--s)}
.fo{display:flex;flex-direction:column;gap:12px;padding:14px;border:1px solid var(--l);border-radius:10px;background:var(--s);width:100%}.fo textarea{height:auto;padding:8px 12px;line-height:22px;resize:vertical}.fl{display:block;font-size:13px;color:var(--i2);flex:1;min-width:0}.fl>*{margin-top:4px;font-size:15px;color:var(--i)}.tw{display:flex;gap:10px}.fo .bt{align-self:flex-end}.why{color:var(--r);font-size:13px}
.pn>:first-child{margin-top:0}.hi{display:flex;flex-direction:column;gap:10px}.ba{align-self:flex-start;color:var(--p);min-height:32px}.pr{display:block;text-align:left;padding:10px 14px;border:1px solid var(--l);border-radius:10px;background:var(--s)}.pr small{color:var(--i3);font-size:12px;display:block}.pr span{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.em{display:grid;grid-template-columns:repeat(auto-fill,minmax(44px,1fr))}.em button{height:44px;font-size:22px;border-radius:8px}.em button:hover{background:var(--l)}
@media(max-width:520px){.fo input,.fo textarea,.rt input{font-size:16px}.f{width:40px;height:40px}}`

/** A picture before it is sent: on a canvas, because a page's policy may forbid pictures from memory. */
export async function preview({ h }: Pick<Parts, 'h'>, f: File): Promise<Node> {
  const b = await createImageBitmap(f), c = h('canvas', { className: 'pi me' }), k = Math.min(1, 380 / b.width, 440 / b.height)
  c.width = b.width * k; c.height = b.height * k
  c.getContext('2d')!.drawImage(b, 0, 0, c.width, c.height)
  b.close()
  return c
}
/** With progress, which fetch does not tell. */
export const upload = (url: string, file: File, chinese: boolean, part: (n: number) => void) => new Promise<Attachment>((done, fail) => {
  const x = new XMLHttpRequest(), no = (status: number) => fail(Object.assign(new Error(), { status, say: x.response?.error?.[chinese ? 'zh' : 'en'] }))
  x.open('POST', url)
  x.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
  x.setRequestHeader('X-File-Name', encodeURIComponent(file.name || 'image.png'))
  x.responseType = 'json'
  x.upload.onprogress = (e) => part(e.loaded / e.total)
  x.onload = () => (x.status === 200 ? done(x.response) : no(x.status))
  x.onerror = () => no(0)
  x.send(file)
})

const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(16).padStart(2, '0')).join('')

export function leave({ h, zh: chinese, call, token, page }: Parts, done: () => void, begin: () => Promise<void>): HTMLElement {
  const W = chinese ? zh : en, key = id()
  const field = (label: string, props: object) => { const input = h('input', { maxLength: 120, ...props }); return { input, row: h('label', { className: 'fl' }, label, input) } }
  const name = field(W.name, { autocomplete: 'name', maxLength: 30 }), email = field(W.email, { type: 'email', autocomplete: 'email' }), phone = field(W.phone, { type: 'tel', autocomplete: 'tel' })
  const text = h('textarea', { rows: 3, maxLength: 4000 }), why = h('p', { className: 'why', role: 'alert', hidden: true }), send = h('button', { className: 'bt', type: 'submit' }, W.leave)
  const form = h('form', { className: 'fo', noValidate: true, onsubmit: async (e: Event) => {
    e.preventDefault()
    send.disabled = true; send.textContent = W.sending; why.hidden = true
    try {
      await begin()
      await call('/w/leave', { token: token(), page: page(), name: name.input.value.trim(), email: email.input.value.trim(), phone: phone.input.value.trim(), text: text.value.trim() }, { 'Idempotency-Key': key })
      done()
    } catch (x) { why.textContent = (x as Fault).say ?? W.error; why.hidden = false; send.disabled = false; send.textContent = W.leave }
  } }, name.row, h('div', { className: 'tw' }, email.row, phone.row), h('small', {}, W.either), h('label', { className: 'fl' }, W.text, text), why, send)
  return form
}

export function rate({ h, zh: chinese, look, call, token }: Parts, done: () => void): HTMLElement {
  const W = chinese ? zh : en, set = look.questions ?? W.questions, one = set.length === 0, given = new Map<string, number>(), key = id()
  const more = h('input', { placeholder: W.say, 'aria-label': W.say, maxLength: 200 }), why = h('p', { className: 'why', role: 'alert', hidden: true })
  const go = h('button', { className: 'bt', type: 'button', onclick: async () => {
    go.disabled = true
    try {
      await call('/w/rate', { token: token(), text: more.value.trim(), ...(one ? { score: given.get('') } : { answers: [...given].map(([question, score]) => ({ question, score })) }) }, { 'Idempotency-Key': key })
      all.replaceChildren(h('b', { role: 'status' }, W.thanks))
      setTimeout(done, 4000)
    } catch (x) { why.textContent = (x as Fault).say ?? W.error; why.hidden = false; go.disabled = false }
  } }, W.go)
  const last = h('div', { hidden: true }, more, go)
  const row = (question: string) => {
    const dots = [1, 2, 3, 4, 5].map((n) => h('button', { className: 'f', type: 'button', 'aria-pressed': 'false', 'aria-label': n === 1 ? `1 ${W.worst}` : n === 5 ? `5 ${W.best}` : String(n), onclick: () => { given.set(question, n); dots.forEach((d, i) => d.setAttribute('aria-pressed', String(i + 1 === n))); last.hidden = false } }, String(n)))
    return h('div', { className: 'q', role: 'group', 'aria-label': question || W.rate }, question && h('span', {}, question), h('span', { className: 'dots' }, ...dots))
  }
  const all = h('div', { className: 'ra' }, h('div', { className: 'h' }, h('b', {}, W.rate), h('small', {}, W.optional)), ...(one ? [row('')] : set.map(row)), last, why)
  return all
}

interface Past { id: string; agent: string | null; started_ms: number; last: string; state: string }
function history({ h, zh: chinese, call, token, day, clock, bubble }: Parts, back: () => void): HTMLElement {
  const W = chinese ? zh : en, all = h('div', { className: 'hi' })
  const when = (ms: number) => day(ms) + clock(ms), head = (text: string, go: () => void) => h('button', { className: 'ba', type: 'button', onclick: go }, '‹ ' + text)
  const fail = (again: () => void) => all.append(h('button', { className: 't bad', type: 'button', onclick: again }, W.error))
  const at = encodeURIComponent(token())
  async function open(p: Past) {
    try { const r = await call<{ items: Message[] }>(`/w/history?token=${at}&conversation=${encodeURIComponent(p.id)}`); all.replaceChildren(head(when(p.started_ms), () => list('')), ...r.items.flatMap(bubble)) } catch { fail(() => open(p)) }
  }
  async function list(after: string) {
    try {
      const r = await call<{ items: Past[]; next: string | null }>(`/w/history?token=${at}${after ? '&after=' + encodeURIComponent(after) : ''}`)
      const rows = r.items.map((p) => h('button', { className: 'pr', type: 'button', onclick: () => open(p) }, h('small', {}, [when(p.started_ms), p.agent].filter(Boolean).join(' · ')), h('span', {}, p.last || W.noText)))
      if (!after) all.replaceChildren(head(W.back, back), ...(rows.length ? rows : [h('span', { className: 't' }, W.none)]))
      else { all.lastChild?.remove(); all.append(...rows) }
      if (r.next) all.append(h('button', { className: 't bad', type: 'button', onclick: () => list(r.next!) }, W.older))
    } catch { fail(() => list(after)) }
  }
  void list('')
  return all
}

const faces = [...'😀😄😁😂🙂😉😊😍😘🤔😅😓😢😭😠😡👍👎👌🙏👏💪🌹❤💔🎉🎁📦🚚🏠⏰✅❌❓❗']
function emoji({ h }: Parts, pick: (e: string) => void): HTMLElement {
  return h('div', { className: 'em' }, ...faces.map((f) => h('button', { type: 'button', onclick: () => pick(f) }, f)))
}

let ears: AudioContext | null = null
export function beep() {
  ears ??= new AudioContext()
  const o = ears.createOscillator(), g = ears.createGain(), t = ears.currentTime
  o.frequency.value = 660; g.gain.setValueAtTime(0.08, t); g.gain.exponentialRampToValueAtTime(0.001, t + 0.25)
  o.connect(g).connect(ears.destination); o.start(t); o.stop(t + 0.26)
}

interface Doors { root: ShadowRoot; box: HTMLElement; shut: HTMLElement; bar: HTMLElement; area: HTMLTextAreaElement; list: HTMLElement; attach: (f: File[]) => void; phone: () => boolean; draw: () => void }
/** Buttons that come after the window: earlier talks, sound, emoji; dropping files; on a phone the keyboard stays inside. */
export function extras(x: Parts, d: Doors): Extras {
  const { h, icon } = x, W = x.zh ? zh : en
  let pane = '', sound = x.kept(':sound') === '1'
  const side = h('div', { className: 'ms pn', hidden: true, tabIndex: -1 })
  const set = (name: string) => { pane = name; side.hidden = !name; d.list.hidden = !!name; if (!name) side.replaceChildren(); d.draw() }
  const past = h('button', { className: 'x', type: 'button', 'aria-label': W.history, title: W.history, onclick: async () => { if (pane === 'history') return set(''); set('history'); await x.begin(); side.replaceChildren(history(x, () => set(''))); side.focus() } }, icon('M3 12a9 9 0 1 0 3-6.700L3 8M3 3v5h5M12 7v5l3 2'))
  const bell = h('button', { className: 'x', type: 'button', 'aria-label': W.soundOn, onclick: () => { sound = !sound; x.keep(':sound', sound ? '1' : null); if (sound) beep(); draw() } }, icon('M18 9a6 6 0 1 0-12 0c0 6-2 7-2 7h16s-2-1-2-7M10 20h4'))
  const smile = h('button', { className: 'im', type: 'button', 'aria-label': W.emoji, title: W.emoji, onclick: () => { if (pane === 'emoji') return set(''); set('emoji'); side.replaceChildren(emoji(x, (e) => { d.area.setRangeText(e, d.area.selectionStart, d.area.selectionEnd, 'end'); set(''); d.area.dispatchEvent(new Event('input')); d.area.focus() })) } }, icon('M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M8 14s1.500 2 4 2 4-2 4-2M9 9.500h.01M15 9.500h.01'))
  d.shut.before(past, bell)
  d.area.before(smile)
  d.list.after(side)
  d.box.ondragover = (e) => e.preventDefault()
  d.box.ondrop = (e) => { e.preventDefault(); d.attach([...(e.dataTransfer?.files ?? [])]) }
  d.box.addEventListener('keydown', (e) => {
    if (e.key !== 'Tab' || !d.phone()) return // full screen: the page behind is not there
    const all = [...d.box.querySelectorAll<HTMLElement>('button,textarea,input,a,[tabindex="0"]')].filter((n) => !(n as HTMLButtonElement).disabled && n.getClientRects().length)
    if (d.root.activeElement === all[e.shiftKey ? 0 : all.length - 1]) { e.preventDefault(); all[e.shiftKey ? all.length - 1 : 0]?.focus() }
  })
  function draw() { bell.setAttribute('aria-pressed', String(sound)); bell.title = sound ? W.soundOff : W.soundOn; past.hidden = !x.known() }
  return { open: () => !!pane, close: () => { if (pane) set('') }, draw }
}
