// The survey page behind a link, /c/TOKEN: stars, what stood out, the rulebook's questions, a remark. No framework, no sign-in; what is
// picked stays when the network is gone, and is sent once (every answer carries its own key).
import { words, type Words } from './words'

interface Question { name: string; title: string; choices: string[] }
interface Tag { zh: string; en: string; good: boolean }
interface Answer { stars: number; answers: Record<string, string>; tags: string[]; text: string }
interface Survey { desk: string; survey: string; state: 'open' | 'answered' | 'final' | 'expired'; until_ms: number; questions: Question[]; tags: Tag[]; answer: Answer | null; now: number }
type Child = Node | string | null | undefined | false

const h = <K extends keyof HTMLElementTagNameMap>(tag: K, props: Record<string, unknown> = {}, ...kids: Child[]): HTMLElementTagNameMap[K] => {
  const e = document.createElement(tag)
  for (const [k, v] of Object.entries(props)) if (k in e && !k.startsWith('aria')) (e as unknown as Record<string, unknown>)[k] = v; else if (v !== undefined && v !== false) e.setAttribute(k, String(v))
  e.append(...(kids.filter((k) => k) as (Node | string)[]))
  return e
}
const token = location.pathname.split('/')[2] ?? '', at = `/api/v1/surveys/${encodeURIComponent(token)}`
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(16).padStart(2, '0')).join('')
const main = document.querySelector('main')!

let zh = /^zh/i.test(navigator.language), survey: Survey | null = null, draft: Answer = { stars: 0, answers: {}, tags: [], text: '' }, changing = false, sending = false, fault = '', key = newKey()
let refused: { zh: string; en: string } | null = null
const W = (): Words => words[zh ? 'zh' : 'en']

async function call<T>(body?: unknown): Promise<T> {
  const r = await fetch(at, { method: body ? 'POST' : 'GET', headers: body ? { 'Content-Type': 'application/json', 'Idempotency-Key': key } : {}, body: body ? JSON.stringify(body) : undefined, credentials: 'omit' })
  const j = await r.json().catch(() => null)
  if (!r.ok || !j) throw { status: r.status, error: j?.error ?? null }
  return j as T
}
async function load() {
  fault = ''; refused = null; draw()
  try {
    survey = await call<Survey>()
    if (survey.answer) draft = { ...survey.answer }
  } catch (e) { const x = e as { status?: number; error?: { zh: string; en: string } }; if (x.error && x.status === 404) refused = x.error; else fault = 'net' }
  draw()
}
async function send() {
  if (!draft.stars || sending) return
  sending = true; fault = ''; draw()
  try {
    await call({ stars: draft.stars, tags: draft.tags.filter((t) => survey!.tags.some((x) => x.zh === t && x.good === draft.stars >= 4)), answers: draft.answers, text: draft.text.trim() })
    key = newKey()
    changing = false
    survey = await call<Survey>()
  } catch (e) {
    const x = e as { status?: number; error?: { zh: string; en: string } }
    fault = x.error ? x.error[zh ? 'zh' : 'en'] : 'net'
    if (x.status === 409) { changing = false; survey = await call<Survey>().catch(() => survey) }
  }
  sending = false
  draw(true)
}
const when = (ms: number) => new Date(ms).toLocaleString(zh ? 'zh-CN' : 'en-GB', { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })

function stars(): HTMLElement {
  const pick = (n: number) => { draft.stars = n; draw(); main.querySelector<HTMLElement>(`[data-star="${n}"]`)?.focus() }
  const row = h('div', { className: 'stars', role: 'radiogroup', 'aria-labelledby': 'ask' })
  for (let n = 1; n <= 5; n++) row.append(h('button', { type: 'button', role: 'radio', 'aria-checked': String(draft.stars === n), 'data-star': n, tabIndex: draft.stars === n || (!draft.stars && n === 1) ? 0 : -1, className: n <= draft.stars ? 'on' : '', 'aria-label': W().star(n), title: W().star(n),
    onclick: () => pick(n), onkeydown: (e: KeyboardEvent) => { const to = /Right|Up/.test(e.key) ? Math.min(5, n + 1) : /Left|Down/.test(e.key) ? Math.max(1, n - 1) : 0; if (to) { e.preventDefault(); pick(to) } } }, '★'))
  return row
}
function chips(list: { value: string; label: string }[], on: (v: string) => boolean, toggle: (v: string) => void, label: string, one = false): HTMLElement {
  return h('div', { className: 'chips', role: one ? 'radiogroup' : 'group', 'aria-label': label }, ...list.map((x) => h('button', { type: 'button', ...(one ? { role: 'radio', 'aria-checked': String(on(x.value)) } : { 'aria-pressed': String(on(x.value)) }), className: on(x.value) ? 'on' : '', onclick: () => { toggle(x.value); draw() } }, x.label)))
}
function form(s: Survey): Child[] {
  const good = draft.stars >= 4, tags = s.tags.filter((t) => t.good === good), out: Child[] = [h('h1', { id: 'ask' }, W().ask(s.desk)), stars(), h('p', { className: 'said', role: 'status' }, draft.stars ? W().star(draft.stars) : W().pick)]
  if (!draft.stars) return out
  out.push(chips(tags.map((t) => ({ value: t.zh, label: zh ? t.zh : t.en })), (v) => draft.tags.includes(v), (v) => { draft.tags = draft.tags.includes(v) ? draft.tags.filter((x) => x !== v) : [...draft.tags, v] }, W().tags))
  for (const q of s.questions) {
    const id = 'q-' + q.name
    if (q.choices.length) out.push(h('div', { className: 'q' }, h('h2', {}, q.title), chips(q.choices.map((c) => ({ value: c, label: c })), (v) => draft.answers[q.name] === v, (v) => { if (draft.answers[q.name] === v) delete draft.answers[q.name]; else draft.answers[q.name] = v }, q.title, true)))
    else out.push(h('label', { className: 'q', htmlFor: id }, h('h2', {}, q.title), h('input', { id, maxLength: 200, value: draft.answers[q.name] ?? '', oninput: (e: Event) => { draft.answers[q.name] = (e.target as HTMLInputElement).value } })))
  }
  out.push(h('label', { className: 'q', htmlFor: 'remark' }, h('h2', {}, W().remark), h('textarea', { id: 'remark', rows: 3, maxLength: 500, value: draft.text, oninput: (e: Event) => { draft.text = (e.target as HTMLTextAreaElement).value } })),
    fault ? h('p', { className: 'bad', role: 'alert' }, fault === 'net' ? W().net : fault) : null,
    h('button', { type: 'button', className: 'go', disabled: sending, onclick: () => void send() }, sending ? W().sending : changing ? W().change : W().send),
    h('p', { className: 'note' }, W().once(when(s.until_ms))))
  return out
}
function thanks(s: Survey): Child[] {
  const a = s.answer!
  return [h('div', { className: 'mark', 'aria-hidden': 'true' }, '✓'), h('h1', { tabIndex: -1 }, W().thanks), h('p', { className: 'stars still', role: 'img', 'aria-label': W().star(a.stars) }, ...[1, 2, 3, 4, 5].map((n) => h('span', { className: n <= a.stars ? 'on' : '' }, '★'))),
    a.text ? h('blockquote', {}, a.text) : null,
    fault ? h('p', { className: 'bad', role: 'alert' }, fault === 'net' ? W().net : fault) : null,
    s.state === 'answered' ? h('p', { className: 'note' }, W().until(when(s.until_ms)), ' ', h('button', { type: 'button', className: 'link', onclick: () => { changing = true; draw(true) } }, W().again)) : h('p', { className: 'note' }, W().final)]
}
function draw(focus = false) {
  document.documentElement.lang = zh ? 'zh-CN' : 'en'
  document.title = survey ? W().title(survey.desk) : W().page
  const s = survey, kids: Child[] = refused ? [h('h1', {}, W().wrong), h('p', {}, refused[zh ? 'zh' : 'en'])]
    : !s ? [fault ? h('p', { className: 'bad', role: 'alert' }, W().net) : h('p', { className: 'said', role: 'status' }, W().loading), fault && h('button', { type: 'button', className: 'go', onclick: () => void load() }, W().retry)]
    : s.state === 'expired' ? [h('h1', {}, W().expired), h('p', {}, W().expiredHint(s.desk))]
    : s.state !== 'open' && !changing ? thanks(s) : form(s)
  const typed = document.activeElement instanceof HTMLTextAreaElement || document.activeElement instanceof HTMLInputElement ? document.activeElement.id : ''
  main.replaceChildren(h('header', {}, h('b', {}, s?.desk ?? ''), h('button', { type: 'button', className: 'link', lang: zh ? 'en' : 'zh-CN', onclick: () => { zh = !zh; draw() } }, zh ? 'English' : '中文')), h('section', {}, ...(kids.filter((k) => k) as Node[])))
  if (typed) document.getElementById(typed)?.focus()
  if (focus) main.querySelector<HTMLElement>('h1')?.focus()
}
void load()
