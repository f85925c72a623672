// The workbench's memory: rows of the queue, the opened conversations, drafts, what is being sent. The server is right; events of the
// feed change rows and messages in place, anything unclear is fetched again. Drafts and unsent words survive a reload.
import { defineStore } from 'pinia'
import { computed, effectScope, reactive, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { gather } from '@/api/gather'
import { newest } from '@/api/newest'
import { newId } from '@/api/id'
import { asProblem, type Problem } from '@/api/problem'
import type { Accepted, Box, Clock, Conversation, ConversationCounts, ConversationList, ConversationRow, FileRef, Handover, Message, TalkHead } from '@/api/types'
import { useFeed, type FeedEvent } from '@/feed/feed'
import { useBadges } from '@/stores/badges'
import { useDeskFigures } from '@/stores/deskFigures'
import { useMe } from '@/stores/me'
import { serverNow } from '@/stores/clock'
import { usePeople } from '@/stores/people'
import { t } from '@/i18n'
import { toast } from '@/stores/toasts'
import { chime } from './chime'
import { useDrafts } from './drafts'
import { byOf, groupRows, mergeMessages, renewed, rowText } from './rows'

export interface Pending { key: string; conversation: string; text: string; files: FileRef[]; note: boolean; mentions?: string[]; quote?: string; phrase?: string; phrase_edited?: boolean; cc?: string[]; at: number; state: 'sending' | 'failed' | 'refused'; problem?: Problem }

const boxes: Box[] = ['mine', 'waiting', 'colleagues', 'snoozed', 'closed', 'open', 'spam']
/** How many opened talks are kept for going back to at once. */
const KEPT = 40
/** What narrows a list; all of it stands in the page's address. */
export interface Filter { q?: string; tag?: string; channel?: string; person?: string; sort?: string }
export const filtered = (f: Filter) => !!(f.q || f.tag || f.channel || f.person || f.sort)
const path = (id: string, act = '') => `/conversations/${encodeURIComponent(id)}${act ? '/' + act : ''}`

export const useDesk = defineStore('desk', () => {
  const me = useMe(), feed = useFeed(), people = usePeople()
  const lists = ref<Record<Box, ConversationRow[]>>({ mine: [], waiting: [], colleagues: [], snoozed: [], closed: [], open: [], spam: [] })
  const next = ref<Partial<Record<Box, string | null>>>({})
  const loaded = ref<Partial<Record<Box, boolean>>>({})
  const problems = ref<Partial<Record<Box, Problem | null>>>({})
  const open = shallowRef<Conversation | null>(null)
  const openProblem = ref<Problem | null>(null)
  const opening = ref<string | null>(null)
  const typing = ref<Record<string, { by: string; until: number; text?: string }>>({})
  const pending = ref<Pending[]>([])
  const offers = ref<ConversationRow[]>([]), handovers = ref<Handover[]>([])
  const counts = ref<ConversationCounts | null>(null)
  /** A list narrowed by a filter, beside the lists of the boxes. */
  const view = ref<{ key: string; box: Box; filter: Filter; items: ConversationRow[]; next: string | null; problem: Problem | null; loaded: boolean } | null>(null)
  const here = ref<Record<string, string[]>>({})
  const cache = new Map<string, Conversation>()
  /** Where each talk was left: pixels from its lower end; nothing: at the newest. */
  const places = new Map<string, number>()
  /** The last message read when the talk was opened: what came after it is new. */
  const readTo = reactive<Record<string, number>>({})
  const fresh = ref(0)
  const more = ref(false), loadingMore = ref(false)

  const myId = () => me.me?.person.id ?? ''
  const sketch = useDrafts(myId), drafts = sketch.texts
  const groups = computed(() => groupRows(lists.value.mine, lists.value.waiting))
  const longest = computed(() => groups.value.must.filter((r) => r.wait_since_ms).sort((a, b) => a.wait_since_ms! - b.wait_since_ms!)[0] ?? null)
  const unread = computed(() => lists.value.mine.reduce((n, r) => n + (r.unread || 0), 0))

  // --- lists ---------------------------------------------------------------------------------------------------------------
  let defaults = false
  const ask = newest()
  /** What has ended, and what is in other hands, since the lists were read: they leave the lists also below the first page. */
  const ended = new Set<string>(), moved = new Set<string>(), leftOf = (box: Box) => (box === 'open' ? ended : moved)
  /** The first page of a list, or the one after `after`. `whole`: what was read further down is forgotten. False: it did not come. */
  async function loadBox(box: Box, after?: string | null, whole = false): Promise<boolean> {
    const asked = after ? () => true : ask(box)
    try {
      const r = await api.get<ConversationList>('/conversations', { box, limit: 200, after: after ?? undefined })
      if (!asked()) return true
      const old = lists.value[box]
      if (after) lists.value[box] = [...old.filter((x) => !r.items.some((y) => y.id === x.id)), ...r.items]
      else lists.value[box] = renewed(old, r.items, whole || !r.next || !loaded.value[box], leftOf(box))
      if (after || lists.value[box].length === r.items.length) next.value[box] = r.next
      if (box === 'mine') offers.value = r.offers ?? []
      if (r.counts) counts.value = r.counts
      defaults = !!r.defaults
      problems.value[box] = null
      loaded.value[box] = true
      tally()
      return true
    } catch (e) {
      if (asked() && !loaded.value[box]) problems.value[box] = asProblem(e)
      return false
    }
  }
  const viewKey = (box: Box, f: Filter) => [box, f.q, f.tag, f.channel, f.person, f.sort].map((x) => x ?? '').join('\u0001')
  async function loadView(box: Box, filter: Filter, after?: string | null, whole = false): Promise<boolean> {
    const key = viewKey(box, filter)
    if (view.value?.key !== key) view.value = { key, box, filter, items: [], next: null, problem: null, loaded: false }
    const asked = after ? () => true : ask('view')
    try {
      const r = await api.get<ConversationList>('/conversations', { box, ...filter, limit: after ? 100 : 200, after: after ?? undefined })
      if (view.value?.key !== key || !asked()) return true
      const old = view.value.items, items = after ? [...old.filter((x) => !r.items.some((y) => y.id === x.id)), ...r.items] : renewed(old, r.items, whole || !r.next, leftOf(box))
      view.value = { ...view.value, items, next: after || items.length === r.items.length ? r.next : view.value.next, problem: null, loaded: true }
      return true
    } catch (e) { if (view.value?.key === key && !view.value.loaded) view.value = { ...view.value, problem: asProblem(e) }; return false }
  }
  const leaveView = () => { view.value = null }
  /** The rest of a list as it is scrolled to. One page at a time; one that did not come leaves the way to it open. */
  const paging = ref(false)
  async function pageOn(box: Box) {
    const v = view.value, after = v ? v.next : next.value[box]
    if (paging.value || !after) return
    paging.value = true
    if (!(await (v ? loadView(v.box, v.filter, after) : loadBox(box, after)))) await new Promise((r) => setTimeout(r, 2000))
    paging.value = false
  }
  async function refresh(whole = false) {
    const known = [...moved]
    const came = await Promise.all([loadBox('mine', null, whole), loadBox('waiting', null, whole), ...boxes.slice(2).filter((b) => loaded.value[b]).map((b) => loadBox(b, null, whole)), ...(view.value ? [loadView(view.value.box, view.value.filter, null, whole)] : [])])
    if (came.every(Boolean)) for (const id of known) { ended.delete(id); moved.delete(id) }
  }
  const refreshSoon = gather(refresh, 150, 500)
  function tally() {
    useBadges().unread = unread.value
    useDeskFigures().open = lists.value.mine.length
  }
  const rowOf = (id: string) => boxes.map((b) => lists.value[b].find((r) => r.id === id)).find(Boolean) ?? offers.value.find((r) => r.id === id) ?? view.value?.items.find((r) => r.id === id)
  function change(id: string, fn: (r: ConversationRow) => ConversationRow) {
    for (const b of boxes) { const i = lists.value[b].findIndex((r) => r.id === id); if (i >= 0) lists.value[b][i] = fn(lists.value[b][i]!) }
    if (view.value) { const i = view.value.items.findIndex((r) => r.id === id); if (i >= 0) view.value.items[i] = fn(view.value.items[i]!) }
    const kept = cache.get(id)
    if (kept && open.value?.id !== id) cache.set(id, { ...kept, ...fn(kept) } as Conversation)
    if (open.value?.id === id) open.value = { ...open.value, ...fn(open.value) } as Conversation
    tally()
  }

  // --- the opened conversation ---------------------------------------------------------------------------------------------
  function keep(c: Conversation) {
    cache.delete(c.id)
    cache.set(c.id, c)
    if (cache.size > KEPT) cache.delete(cache.keys().next().value!)
  }
  const fetchTalk = (id: string) => api.get<Conversation>(path(id))
  /** What is on the screen and what the server says, joined: read back history and what came meanwhile stay. */
  const joined = (old: Conversation | undefined, c: Conversation): Conversation => (old ? { ...c, messages: mergeMessages(old.messages.filter((m) => !c.messages.length || m.seq < c.messages[0]!.seq || m.seq > c.messages[c.messages.length - 1]!.seq), c.messages), earlier: old.earlier } : c)
  function put(c: Conversation, known: boolean) {
    open.value = c
    if (!known) { more.value = c.messages.length >= 50 || !!c.previous; readTo[c.id] = c.read_by_agent_seq ?? 0 }
    sketch.seen(c.id, c.draft)
    fresh.value = 0
  }
  async function show(id: string | null) {
    if (open.value) keep(open.value)
    feed.look(id)
    if (!id) { open.value = null; openProblem.value = null; opening.value = null; return }
    const had = cache.get(id)
    if (open.value?.id !== id) { open.value = had ?? null; more.value = had ? had.messages.length >= 50 || !!lastHead(had) : true; if (had) { readTo[id] = had.read_by_agent_seq ?? 0; fresh.value = 0 } }
    opening.value = id
    openProblem.value = null
    try {
      const asked = ask('talk ' + id), c = await fetchTalk(id)
      const on = open.value?.id === id ? open.value : undefined
      if (asked()) keep(joined(cache.get(id), c))
      if (opening.value !== id) return
      put(asked() || !on ? joined(on, c) : on, !!on)
      prefetch(id)
    } catch (e) { if (opening.value === id) { openProblem.value = asProblem(e); if (openProblem.value.status === 404) { cache.delete(id); open.value = null } } } finally { if (opening.value === id) opening.value = null }
  }
  /** The neighbours in the list are fetched while I read, so that going on is instant. */
  let ahead: string[] = []
  const near = (ids: string[]) => { ahead = ids }
  function prefetch(id: string) {
    const i = ahead.indexOf(id)
    for (const x of [ahead[i + 1], ahead[i - 1]]) if (x && !cache.has(x) && i >= 0) void fetchTalk(x).then((c) => { if (!cache.has(x)) keep(c) }).catch(() => {})
  }
  async function reload(id: string) {
    if (open.value?.id !== id) { cache.delete(id); return }
    try {
      const asked = ask('talk ' + id), c = await fetchTalk(id)
      if (asked() && open.value?.id === id) open.value = joined(open.value, c)
    } catch { /* the next event or press asks again */ }
  }
  /** The earliest talk shown so far still has one before it? Its id. */
  const lastHead = (c: Conversation): string | null | undefined => (c.earlier?.length ? (c.earlier[0] as { previous?: string | null }).previous : c.previous)
  type Page = { conversation: TalkHead; items: Message[]; next: number | null; previous: string | null }
  /** Upwards: this talk's own messages first, then the customer's earlier talks, each with its head. */
  async function older() {
    const c = open.value
    if (!c || loadingMore.value || !more.value) return
    loadingMore.value = true
    try {
      const top = c.earlier?.[0] as { head: TalkHead; messages: Message[]; next?: number | null; previous?: string | null } | undefined
      const own = !top && !doneOwn.has(c.id)
      const from = own ? c.id : top && top.next ? top.head.id : lastHead(c)
      if (!from) { more.value = false; return }
      const r = await api.get<Page>(path(from, 'messages'), { before: own ? c.messages[0]?.seq : top?.next || undefined, limit: 50 })
      if (open.value?.id !== c.id) return
      if (own) {
        if (r.next == null) doneOwn.add(c.id)
        open.value = { ...open.value, messages: mergeMessages(r.items, open.value.messages), previous: r.previous ?? open.value.previous }
        more.value = r.next != null || !!(r.previous ?? c.previous)
        if (!r.items.length && more.value) { loadingMore.value = false; return older() }
      } else {
        const part = { head: r.conversation, messages: r.items, next: r.next, previous: r.previous }
        const list = [...(open.value.earlier ?? [])]
        if (top && top.head.id === from) list[0] = { ...part, messages: mergeMessages(r.items, top.messages) } as typeof list[0]
        else list.unshift(part as typeof list[0])
        open.value = { ...open.value, earlier: list }
        more.value = r.next != null || !!r.previous
      }
    } finally { loadingMore.value = false }
  }
  const doneOwn = new Set<string>()
  const told = new Map<string, number>()
  let readTimer: ReturnType<typeof setTimeout> | undefined
  /** The person sees the newest message: told to the server once it rests. */
  function seen() {
    const c = open.value
    if (!c || c.agent !== myId() || document.visibilityState !== 'visible' || !document.hasFocus()) return
    const row = rowOf(c.id), last = c.messages[c.messages.length - 1]
    if (!last || (told.get(c.id) ?? 0) >= last.seq || (row && !row.unread)) return
    told.set(c.id, last.seq)
    change(c.id, (r) => ({ ...r, unread: 0 }))
    clearTimeout(readTimer)
    readTimer = setTimeout(() => { api.post(`/conversations/${encodeURIComponent(c.id)}/read`, { seq: last.seq }).catch(() => {}) }, 200)
  }

  // --- sending -------------------------------------------------------------------------------------------------------------
  const boxKey = () => `outbox:${myId()}`
  function keepOutbox() {
    try { const list = pending.value.filter((p) => p.state !== 'sending'); if (list.length) localStorage.setItem(boxKey(), JSON.stringify(list)); else localStorage.removeItem(boxKey()) } catch { /* storage may be closed */ }
  }
  function restore() {
    try {
      pending.value = (JSON.parse(localStorage.getItem(boxKey()) ?? '[]') as Pending[]).map((p) => ({ ...p, state: 'failed' }))
    } catch { /* storage may be closed */ }
    void sketch.restore()
  }
  const setDraft = (id: string, text: string, note = false) => (text ? sketch.set(id, text, note) : drafts.value[id] ? sketch.set(id, '', note) : undefined)
  async function post(p: Pending) {
    p.state = 'sending'
    pending.value = [...pending.value]
    try {
      const r = await api.post<{ id?: string; seq?: number; at?: number }>(`/conversations/${encodeURIComponent(p.conversation)}/messages`, { text: p.text, ...(p.files.length ? { files: p.files } : {}), ...(p.note ? { note: true } : {}), ...(p.mentions?.length ? { mentions: p.mentions } : {}), ...(p.quote ? { quote: p.quote } : {}), ...(p.phrase ? { phrase: p.phrase, phrase_edited: !!p.phrase_edited } : {}), ...(p.cc?.length ? { cc: p.cc } : {}) }, { key: p.key })
      if (!drafts.value[p.conversation]) sketch.sent(p.conversation)
      pending.value = pending.value.filter((x) => x.key !== p.key)
      if ((p.quote || open.value?.messages.some((m) => m.mail || m.delivery)) && open.value?.id === p.conversation) void reload(p.conversation)
      if (r?.id && open.value?.id === p.conversation) add({ id: r.id, seq: r.seq ?? (Number(String(r.id).replace(/\D/g, '')) || Number.MAX_SAFE_INTEGER), at: r.at ?? serverNow(), by: { type: p.note ? 'note' : 'agent', id: myId(), name: me.me?.person.name }, text: p.text, files: p.files, read: false })
      else if (open.value?.id === p.conversation) void reload(p.conversation)
      if (!p.note) change(p.conversation, (row) => ({ ...row, last: { text: p.text || (p.files.length ? '[图片]' : ''), by: 'agent', at: serverNow() }, group: 'idle', wait_since_ms: null, unread: 0 }))
    } catch (e) {
      const problem = asProblem(e)
      p.problem = problem
      p.state = problem.status === 422 || problem.status === 400 || problem.status === 403 || problem.status === 409 ? 'refused' : 'failed'
      pending.value = [...pending.value]
    }
    keepOutbox()
  }
  /** Sends words, pictures or a note. A refused reply comes back as its problem, and the words return to the composer. */
  async function send(conversation: string, text: string, files: FileRef[], note: boolean, more: { mentions?: string[]; quote?: string; phrase?: string; phrase_edited?: boolean; cc?: string[] } = {}): Promise<Problem | null> {
    const p: Pending = { key: newId(), conversation, text, files, note, ...more, at: serverNow(), state: 'sending' }
    pending.value = [...pending.value, p]
    await post(pending.value.find((x) => x.key === p.key)!)
    const left = pending.value.find((x) => x.key === p.key)
    if (left?.state === 'refused') { pending.value = pending.value.filter((x) => x.key !== p.key); keepOutbox(); return left.problem ?? null }
    return null
  }
  const again = (key: string) => { const p = pending.value.find((x) => x.key === key); if (p) void post(p) }
  const discard = (key: string) => { pending.value = pending.value.filter((x) => x.key !== key); keepOutbox() }

  function add(m: Message) {
    const c = open.value
    if (!c) return
    if (!c.messages.some((x) => x.seq === m.seq && x.id !== m.id)) open.value = { ...c, messages: mergeMessages(c.messages, [m]), last: { text: m.text, by: m.by, at: m.at } }
  }

  // --- acts ----------------------------------------------------------------------------------------------------------------
  /** Takes a waiting conversation. With `next`, when a colleague was faster, whoever waits longest now: the answer says which. */
  async function accept(id: string, next = false): Promise<Accepted> {
    const r = await api.post<Accepted>(`/conversations/${encodeURIComponent(id)}/accept`, next ? { next } : {})
    await refresh()
    if (open.value?.id === r.id) void reload(r.id)
    return r
  }
  /** Something is done to the conversation, then the lists and the talk are asked for again. */
  async function act<T = unknown>(id: string, what: string, body: unknown = {}): Promise<T> {
    const r = await api.post<T>(path(id, what), body)
    cache.delete(id)
    await Promise.all([refresh(), open.value?.id === id ? reload(id) : undefined])
    return r
  }
  /** The talk that an undo gave back, until the page has gone to it: it had moved on to the next one. */
  const returned = ref('')
  const givingBack = (id: string, run: () => Promise<unknown>) => () => run().then(() => { returned.value = id })
  const undo = (text: string, run: () => Promise<unknown>) => toast(text, { action: { label: t('desk.undo'), run: () => { run().catch((e) => toast(t('desk.undoFailed') + asText(e), { tone: 'bad' })) } } })
  const asText = (e: unknown) => { const p = asProblem(e); return p.zh && document.documentElement.lang !== 'en' ? p.zh : p.en ?? '' }
  const transfer = (id: string, to: string, reason: string, note = '') => act<{ offered_to?: string }>(id, 'transfer', { to, reason, ...(note ? { note } : {}) })
  const answerOffer = (id: string, body: { take?: boolean; withdraw?: boolean; reason?: string }) => act(id, 'offer', body)
  const takeOver = (id: string, reason: string, from: string | null) => act(id, 'take-over', { reason, ...(from ? { from } : {}) })
  const whisper = async (id: string, text: string) => { await api.post(path(id, 'whisper'), { text }); await reload(id) }
  async function loadHandovers() { const asked = ask('handovers'); try { const r = await api.get<{ items: Handover[] }>('/handovers'); if (asked()) handovers.value = r.items.filter((h) => h.conversations.length) } catch { /* asked again with the next event */ } }
  async function answerHandover(id: string, take: boolean) { const r = await api.post<{ conversations: number }>(`/handovers/${encodeURIComponent(id)}/answer`, { take }); await Promise.all([loadHandovers(), refresh()]); return r.conversations }
  async function close(id: string, body: { reason: string; deal: boolean; no_deal_reason?: string }) {
    await act(id, 'close', body)
    setDraft(id, '')
    undo(t('desk.close.done'), givingBack(id, () => act(id, 'reopen', { undo: true })))
  }
  const reopen = (id: string) => act(id, 'reopen')
  async function snooze(id: string, until: number | null, said: string, reason = '') { await act(id, 'snooze', { ...(until ? { until_ms: until } : {}), reason }); undo(said, givingBack(id, () => act(id, 'wake'))) }
  const wake = (id: string) => act(id, 'wake')
  async function merge(id: string, into: string) { await act(id, 'merge', { into }); undo(t('desk.merge.done'), () => act(id, 'unmerge').then(() => reload(into))); await reload(into) }
  async function tag(id: string, tags: string[], quiet = false) { const r = await act<{ old: string[] }>(id, 'tags', { tags }); if (!quiet) undo(t('desk.tag.done'), () => tag(id, r.old, true)) }
  async function spam(id: string, reason: string) { await act(id, 'spam', { reason }); undo(t('desk.spam.done'), givingBack(id, () => act(id, 'spam', { spam: false }))) }
  const notSpam = (id: string) => act(id, 'spam', { spam: false })
  async function recall(id: string, message: string) { await api.post(path(id, 'recall'), { message }); await reload(id) }
  async function edit(id: string, message: string, text: string, mentions?: string[]) { await api.post(path(id, 'edit'), { message, text, ...(mentions?.length ? { mentions } : {}) }); await reload(id) }
  /** One act on many; gives how many were done and the first refusal. */
  async function bulk(what: string, ids: string[], body: Record<string, unknown> = {}) {
    const r = await api.post<{ results: { id: string; done: boolean; problem?: Problem; result?: { old?: string[] } }[] }>('/conversations/bulk', { act: what, ids, ...body })
    ids.forEach((x) => cache.delete(x))
    await Promise.all([refresh(), open.value ? reload(open.value.id) : undefined])
    return { done: r.results.filter((x) => x.done).map((x) => x.id), refused: r.results.filter((x) => !x.done && x.problem) }
  }

  // --- the feed ------------------------------------------------------------------------------------------------------------
  /** Lists beside my own and the waiting are in use: everybody's talks concern them. */
  const elsewhere = () => !!view.value || boxes.slice(2).some((b) => loaded.value[b])
  /** Does the lists' next reading differ by this event? Everybody hears of every talk; not everybody has to read their lists again for each. */
  const concerns = (id: string, kind: string, e: FeedEvent) => elsewhere() || !!rowOf(id) || /^(started|queued|reopened|unmerged|spam_cleared)$/.test(kind) || e.by === myId() || Object.values(e.data).some((x) => x === myId() || (typeof x === 'string' && !!rowOf(x)))
  function onEvent(e: FeedEvent) {
    const id = (e.data.conversation ?? e.data.id) as string | undefined
    if (!id) return
    const kind = e.kind.slice('conversation.'.length), by = byOf(kind)
    if (by) {
      const files = (e.data.attachments ?? e.data.files ?? []) as unknown[]
      const text = String(e.data.text ?? '')
      const known = rowOf(id)
      if (known) {
        const mine = e.by === myId()
        const looking = open.value?.id === id && document.visibilityState === 'visible' && document.hasFocus()
        if (by !== 'note') change(id, (r) => ({ ...r, ...(by === 'agent' && r.clock && !r.clock.clause ? { clock: null } : {}), last: { text: rowText(text, files.length), by, at: e.at }, ...(by === 'customer' ? { unread: looking ? r.unread : r.unread + 1, group: r.state === 'waiting' ? 'accept' : 'must', wait_since_ms: r.wait_since_ms ?? e.at } : by === 'agent' ? { group: 'idle', wait_since_ms: null, ...(mine ? { unread: 0 } : {}) } : {}) }))
        if (defaults && (by === 'customer' || by === 'agent') && !rowOf(id)?.clock) { refreshSoon(); void reload(id) } // its clock is the settings', which no event tells
      } else if (elsewhere()) refreshSoon()
      if (open.value?.id !== id) cache.delete(id)
      if (open.value?.id === id) {
        delete typing.value[id]
        if (e.by === myId()) { const p = pending.value.find((x) => x.conversation === id && x.state === 'sending' && x.text === text); if (p) pending.value = pending.value.filter((x) => x !== p) }
        const plain = files.every((f) => f && typeof f === 'object' && 'type' in (f as object)) && !e.data.quote && !e.data.mentions
        if (plain && ('text' in e.data)) { add({ id: 'e' + e.seq, seq: e.seq, at: e.at, by: { type: by, id: e.by, name: by === 'customer' ? open.value.customer.name : people.name(e.by) }, text, files: files as FileRef[] }); if (by === 'customer') { fresh.value++; setTimeout(seen, 0) } } else void reload(id)
      }
      if (by === 'customer' && !e.replayed && (rowOf(id)?.agent === myId() || rowOf(id)?.state === 'waiting')) void chime(e.seq)
      return
    }
    if (kind === 'recalled' || kind === 'edited' || kind === 'note_edited') { if (concerns(id, kind, e)) refreshSoon(); void reload(id); return }
    if ((kind === 'offered' && e.data.to === myId() || kind === 'whispered' && e.data.agent === myId()) && !e.replayed) void chime(e.seq)
    if (kind === 'read' || kind === 'customer_read') {
      const seq = Number(e.data.message_seq ?? e.data.up_to ?? e.data.seq ?? e.seq)
      if (open.value?.id === id && !e.data.person) open.value = { ...open.value, read_by_customer_seq: Math.max(seq, open.value.read_by_customer_seq ?? 0) }
      else if (e.by === myId()) change(id, (r) => ({ ...r, unread: 0 }))
      return
    }
    if (/^(closed|merged|spam_marked)$/.test(kind)) ended.add(id)
    else if (kind === 'reopened') ended.delete(id)
    if (!/^(tagged|rated|noted)$/.test(kind)) moved.add(id)
    if (concerns(id, kind, e)) refreshSoon()
    void reload(id)
    if (kind === 'started' && !e.replayed) void chime(e.seq)
  }
  function onClock(c: Clock) {
    const id = c.object?.conversation
    if (!id) return
    const running = c.state === 'running' || c.state === 'paused' || c.state === 'violated'
    change(id, (r) => {
      if (!running) return r.clock?.id === c.id ? { ...r, clock: null } : r
      return !r.clock?.clause || r.clock.id === c.id || c.due_ms <= r.clock.due_ms || r.clock.state !== 'running' ? { ...r, clock: c } : r
    })
    if (defaults && !running && !rowOf(id)?.clock) { refreshSoon(); void reload(id) } // a default target may take its place
    const o = open.value
    if (o?.id === id) open.value = { ...o, clocks: [...(o.clocks ?? []).filter((x) => x.id !== c.id), ...(running ? [c] : [])] }
  }
  let listening = false
  function start() {
    if (listening) return
    listening = true
    restore()
    effectScope(true).run(() => {
      feed.on('conversation', onEvent)
      feed.on('handover', () => void loadHandovers())
      void loadHandovers()
      // a tag's other name stands on many conversations: read them anew
      feed.on('tag', (e) => { if (e.kind.startsWith('tag.rename')) { cache.clear(); refreshSoon(); if (open.value) void reload(open.value.id) } })
      feed.onClock(onClock)
      feed.onTyping((x) => { if (x.by !== myId()) { typing.value = { ...typing.value, [x.conversation]: { by: x.by, until: Date.now() + 4500, text: x.text } }; setTimeout(() => { const y = typing.value[x.conversation]; if (y && y.until <= Date.now()) { const { [x.conversation]: _, ...rest } = typing.value; typing.value = rest } }, 4700) } })
      feed.onHere((h) => { here.value = { ...here.value, [h.conversation]: h.people.filter((p) => p !== myId()) } })
      feed.onBack(() => { cache.clear(); void refresh(true); if (open.value) void reload(open.value.id); pending.value.filter((p) => p.state === 'failed' && Date.now() - p.at < 60_000).forEach((p) => void post(p)) })
      feed.on('survey', (e) => { const id = String(e.data.conversation ?? ''); if (id) { cache.delete(id); void reload(id) } })
      feed.on('delivery', (e) => { const id = String(e.data.conversation ?? ''); if (id) cache.delete(id); if (id && open.value?.id === id) void reload(id) })
      feed.on('order', (e) => { if (open.value?.orders?.some((o) => o.no === e.data.order)) void reload(open.value.id) })
      feed.on('case', () => { if (open.value) void reload(open.value.id) })
    })
    addEventListener('focus', seen)
    setInterval(() => { if (document.visibilityState === 'visible') refreshSoon() }, 60_000)
  }
  return { returned, lists, next, loaded, problems, groups, longest, unread, open, opening, openProblem, typing, pending, drafts, fresh, more, loadingMore, start, refresh, loadBox, show, reload, older, seen, send, again, discard, setDraft, sketch, offers, counts, view, loadView, leaveView, paging, pageOn, here, places, readTo, near, handovers, loadHandovers, answerHandover, whisper, accept, act, transfer, answerOffer, takeOver, close, reopen, snooze, wake, merge, tag, spam, notSpam, recall, edit, bulk, rowOf, onEvent, onClock }
})
