// The workbench's memory: rows of the queue, the opened conversations, drafts, what is being sent. The server is right; events of the
// feed change rows and messages in place, anything unclear is fetched again. Drafts and unsent words survive a reload.
import { defineStore } from 'pinia'
import { computed, effectScope, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { newId } from '@/api/id'
import { asProblem, type Problem } from '@/api/problem'
import type { Box, Clock, Conversation, ConversationList, ConversationRow, FileRef, Message } from '@/api/types'
import { useFeed, type FeedEvent } from '@/feed/feed'
import { useBadges } from '@/stores/badges'
import { useDeskFigures } from '@/stores/deskFigures'
import { useMe } from '@/stores/me'
import { serverNow } from '@/stores/clock'
import { usePeople } from '@/stores/people'
import { chime } from './chime'
import { byOf, groupRows, mergeMessages, rowText } from './rows'

export interface Pending { key: string; conversation: string; text: string; files: FileRef[]; note: boolean; at: number; state: 'sending' | 'failed' | 'refused'; problem?: Problem }

const boxes: Box[] = ['mine', 'waiting', 'colleagues', 'closed']

export const useDesk = defineStore('desk', () => {
  const me = useMe(), feed = useFeed(), people = usePeople()
  const lists = ref<Record<Box, ConversationRow[]>>({ mine: [], waiting: [], colleagues: [], closed: [] })
  const next = ref<Partial<Record<Box, string | null>>>({})
  const loaded = ref<Partial<Record<Box, boolean>>>({})
  const problems = ref<Partial<Record<Box, Problem | null>>>({})
  const open = shallowRef<Conversation | null>(null)
  const openProblem = ref<Problem | null>(null)
  const opening = ref<string | null>(null)
  const typing = ref<Record<string, { by: string; until: number }>>({})
  const pending = ref<Pending[]>([])
  const drafts = ref<Record<string, string>>({})
  const fresh = ref(0)
  const more = ref(false), loadingMore = ref(false)

  const myId = () => me.me?.person.id ?? ''
  const groups = computed(() => groupRows(lists.value.mine, lists.value.waiting))
  const longest = computed(() => groups.value.must.filter((r) => r.wait_since_ms).sort((a, b) => a.wait_since_ms! - b.wait_since_ms!)[0] ?? null)
  const unread = computed(() => lists.value.mine.reduce((n, r) => n + (r.unread || 0), 0))

  // --- lists ---------------------------------------------------------------------------------------------------------------
  async function loadBox(box: Box, after?: string | null) {
    try {
      const r = await api.get<ConversationList>('/conversations', { box, limit: 200, after: after ?? undefined })
      const keep = after ? lists.value[box].filter((x) => !r.items.some((y) => y.id === x.id)) : []
      lists.value[box] = [...keep, ...r.items]
      next.value[box] = r.next
      problems.value[box] = null
      loaded.value[box] = true
      tally()
    } catch (e) {
      if (!loaded.value[box]) problems.value[box] = asProblem(e)
    }
  }
  const refresh = () => Promise.all([loadBox('mine'), loadBox('waiting'), ...boxes.slice(2).filter((b) => loaded.value[b]).map((b) => loadBox(b))])
  let wait: ReturnType<typeof setTimeout> | undefined
  const refreshSoon = () => { clearTimeout(wait); wait = setTimeout(refresh, 150) }
  function tally() {
    useBadges().unread = unread.value
    useDeskFigures().open = lists.value.mine.length
  }
  const rowOf = (id: string) => boxes.map((b) => lists.value[b].find((r) => r.id === id)).find(Boolean)
  function change(id: string, fn: (r: ConversationRow) => ConversationRow) {
    for (const b of boxes) { const i = lists.value[b].findIndex((r) => r.id === id); if (i >= 0) lists.value[b][i] = fn(lists.value[b][i]!) }
    if (open.value?.id === id) open.value = { ...open.value, ...fn(open.value) } as Conversation
    tally()
  }

  // --- the opened conversation ---------------------------------------------------------------------------------------------
  async function show(id: string | null) {
    if (!id) { open.value = null; openProblem.value = null; opening.value = null; return }
    if (open.value?.id !== id) { open.value = null; more.value = true }
    opening.value = id
    openProblem.value = null
    try {
      const c = await api.get<Conversation>(`/conversations/${encodeURIComponent(id)}`)
      if (opening.value !== id) return
      more.value = c.messages.length >= 30
      open.value = c
      fresh.value = 0
    } catch (e) { if (opening.value === id) openProblem.value = asProblem(e) } finally { if (opening.value === id) opening.value = null }
  }
  async function reload(id: string) {
    if (open.value?.id !== id) return
    try {
      const c = await api.get<Conversation>(`/conversations/${encodeURIComponent(id)}`)
      if (open.value?.id === id) open.value = { ...c, messages: mergeMessages(open.value.messages, c.messages) }
    } catch { /* the next event or press asks again */ }
  }
  async function older() {
    const c = open.value
    if (!c || loadingMore.value || !more.value) return
    loadingMore.value = true
    try {
      const before = c.messages[0]?.seq
      const r = await api.get<{ items?: Message[]; messages?: Message[]; next?: number | null }>(`/conversations/${encodeURIComponent(c.id)}/messages`, { before, limit: 50 })
      const list = (r.items ?? r.messages ?? [])
      more.value = r.next !== undefined ? !!r.next : list.length >= 50
      if (open.value?.id === c.id) open.value = { ...open.value, messages: mergeMessages(list, open.value.messages) }
    } finally { loadingMore.value = false }
  }
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
      const out: Record<string, string> = {}, head = `draft:${myId()}:`
      for (let i = 0; i < localStorage.length; i++) { const k = localStorage.key(i)!; if (k.startsWith(head)) out[k.slice(head.length)] = localStorage.getItem(k) ?? '' }
      drafts.value = out
    } catch { /* storage may be closed */ }
  }
  function setDraft(id: string, text: string) {
    drafts.value = { ...drafts.value, [id]: text }
    try { const k = `draft:${myId()}:${id}`; if (text) localStorage.setItem(k, text); else localStorage.removeItem(k) } catch { /* storage may be closed */ }
  }
  async function post(p: Pending) {
    p.state = 'sending'
    pending.value = [...pending.value]
    try {
      const r = await api.post<{ id?: string; seq?: number; at?: number }>(`/conversations/${encodeURIComponent(p.conversation)}/messages`, { text: p.text, ...(p.files.length ? { files: p.files } : {}), ...(p.note ? { note: true } : {}) }, { key: p.key })
      pending.value = pending.value.filter((x) => x.key !== p.key)
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
  async function send(conversation: string, text: string, files: FileRef[], note: boolean): Promise<Problem | null> {
    const p: Pending = { key: newId(), conversation, text, files, note, at: serverNow(), state: 'sending' }
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
    open.value = { ...c, messages: mergeMessages(c.messages, [m]), last: { text: m.text, by: m.by, at: m.at } }
  }

  // --- acts ----------------------------------------------------------------------------------------------------------------
  async function accept(id: string) { await api.post(`/conversations/${encodeURIComponent(id)}/accept`); await refresh(); if (open.value?.id === id) void reload(id) }
  async function transfer(id: string, to: string, reason: string) { await api.post(`/conversations/${encodeURIComponent(id)}/transfer`, { to, reason }); await refresh(); if (open.value?.id === id) void reload(id) }
  async function close(id: string, body: { reason: string; deal: boolean; no_deal_reason?: string }) { await api.post(`/conversations/${encodeURIComponent(id)}/close`, body); setDraft(id, ''); await refresh(); if (open.value?.id === id) void reload(id) }

  // --- the feed ------------------------------------------------------------------------------------------------------------
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
        if (by !== 'note') change(id, (r) => ({ ...r, last: { text: rowText(text, files.length), by, at: e.at }, ...(by === 'customer' ? { unread: looking ? r.unread : r.unread + 1, group: r.state === 'waiting' ? 'accept' : 'must', wait_since_ms: r.wait_since_ms ?? e.at } : by === 'agent' ? { group: 'idle', wait_since_ms: null, ...(mine ? { unread: 0 } : {}) } : {}) }))
      } else refreshSoon()
      if (open.value?.id === id) {
        delete typing.value[id]
        if (e.by === myId()) { const p = pending.value.find((x) => x.conversation === id && x.state === 'sending' && x.text === text); if (p) pending.value = pending.value.filter((x) => x !== p) }
        const plain = files.every((f) => f && typeof f === 'object' && 'type' in (f as object))
        if (plain && ('text' in e.data)) { add({ id: 'e' + e.seq, seq: e.seq, at: e.at, by: { type: by, id: e.by, name: by === 'customer' ? open.value.customer.name : people.name(e.by) }, text, files: files as FileRef[] }); if (by === 'customer') { fresh.value++; setTimeout(seen, 0) } } else void reload(id)
      }
      if (by === 'customer' && !e.replayed && (rowOf(id)?.agent === myId() || rowOf(id)?.state === 'waiting')) chime()
      return
    }
    if (kind === 'read' || kind === 'customer_read') {
      const seq = Number(e.data.message_seq ?? e.data.up_to ?? e.data.seq ?? e.seq)
      if (open.value?.id === id && !e.data.person) open.value = { ...open.value, read_by_customer_seq: Math.max(seq, open.value.read_by_customer_seq ?? 0) }
      else if (e.by === myId()) change(id, (r) => ({ ...r, unread: 0 }))
      return
    }
    refreshSoon()
    if (open.value?.id === id) void reload(id)
    if (kind === 'started' && !e.replayed) chime()
  }
  function onClock(c: Clock) {
    const id = c.object?.conversation
    if (!id) return
    const running = c.state === 'running' || c.state === 'paused' || c.state === 'violated'
    change(id, (r) => {
      if (!running) return r.clock?.id === c.id ? { ...r, clock: null } : r
      return !r.clock || r.clock.id === c.id || c.due_ms <= r.clock.due_ms || r.clock.state !== 'running' ? { ...r, clock: c } : r
    })
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
      feed.onClock(onClock)
      feed.onTyping((x) => { if (x.by !== myId()) { typing.value = { ...typing.value, [x.conversation]: { by: x.by, until: Date.now() + 4500 } }; setTimeout(() => { const y = typing.value[x.conversation]; if (y && y.until <= Date.now()) { const { [x.conversation]: _, ...rest } = typing.value; typing.value = rest } }, 4700) } })
      feed.onBack(() => { refreshSoon(); if (open.value) void reload(open.value.id); pending.value.filter((p) => p.state === 'failed' && Date.now() - p.at < 60_000).forEach((p) => void post(p)) })
      feed.on('order', (e) => { if (open.value?.orders?.some((o) => o.no === e.data.order)) void reload(open.value.id) })
      feed.on('case', () => { if (open.value) void reload(open.value.id) })
    })
    addEventListener('storage', (e) => { const head = `draft:${myId()}:`; if (e.key?.startsWith(head)) drafts.value = { ...drafts.value, [e.key.slice(head.length)]: e.newValue ?? '' } })
    addEventListener('focus', seen)
    setInterval(() => { if (document.visibilityState === 'visible') refreshSoon() }, 60_000)
  }
  return { lists, next, loaded, problems, groups, longest, unread, open, opening, openProblem, typing, pending, drafts, fresh, more, loadingMore, start, refresh, loadBox, show, reload, older, seen, send, again, discard, setDraft, accept, transfer, close, rowOf, onEvent, onClock }
})
