import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { useDesk } from '@/desk/store'
import { useMe } from '@/stores/me'

type Answer = { status?: number; body?: unknown } | 'down'
let answers: ((url: string, init: RequestInit) => Answer)
const calls: { url: string; method: string; key: string | null; body: any }[] = []
const row = { id: 'c1', customer: { id: 'u1', name: '小满' }, channel: 'web', state: 'open', agent: 'p1', last: null, unread: 1, group: 'must', wait_since_ms: 1, clock: null, tags: [], started_ms: 0 }

beforeEach(() => {
  setActivePinia(createPinia())
  localStorage.clear()
  calls.length = 0
  answers = () => ({ body: { items: [row], next: null } })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const h = init.headers as Record<string, string>
    calls.push({ url: String(url), method: init.method!, key: h['Idempotency-Key'] ?? null, body: typeof init.body === 'string' ? JSON.parse(init.body) : null })
    const a = answers(String(url), init)
    if (a === 'down') throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify(a.body ?? {}), { status: a.status ?? 200 })
  })
  useMe().me = { person: { id: 'p1', name: '林晓', job_number: '001', role: '客服' }, csrf: 'w', can: ['会话'], home: '/desk', lang: 'zh', desk: { name: '', zone: 'Asia/Shanghai', rulebook: { id: '', title: '', version: '' } }, now: Date.now(), prefs: {} }
})

describe('sending a reply', () => {
  it('tries once more with the same key when the line breaks, so it is one message', async () => {
    let n = 0
    answers = (url) => (url.endsWith('/messages') ? (n++ === 0 ? 'down' : { body: { id: 'e9', seq: 9, at: 1 } }) : { body: { items: [], next: null } })
    await useDesk().send('c1', '您好', [], false)
    const sent = calls.filter((c) => c.url.endsWith('/messages'))
    expect(sent).toHaveLength(2)
    expect(sent[0]!.key).toBe(sent[1]!.key)
    expect(useDesk().pending).toEqual([])
  })
  it('keeps what could not go, across a reload, under the same key', async () => {
    answers = () => 'down'
    const desk = useDesk()
    await desk.send('c1', '今晚发出', [], false)
    expect(desk.pending[0]).toMatchObject({ text: '今晚发出', state: 'failed' })
    const key = desk.pending[0]!.key
    expect(JSON.parse(localStorage.getItem('outbox:p1')!)[0].key).toBe(key)
    answers = () => ({ body: { id: 'e10', seq: 10, at: 1 } })
    desk.again(key)
    await vi.waitFor(() => expect(desk.pending).toEqual([]))
    expect(calls[calls.length - 1]!.key).toBe(key)
    expect(localStorage.getItem('outbox:p1')).toBeNull()
  })
  it('gives a refusal back with its clause instead of keeping the words', async () => {
    answers = () => ({ status: 422, body: { error: { key: 'gate', zh: '要先请组长批准', en: 'x', clause: 'limits' } } })
    const refused = await useDesk().send('c1', '补偿 50 元', [], false)
    expect(refused).toMatchObject({ clause: 'limits', zh: '要先请组长批准' })
    expect(useDesk().pending).toEqual([])
  })
})
describe('events of the feed', () => {
  it('count an unread message, move the row up and stop at my reply', async () => {
    const desk = useDesk()
    answers = (url) => ({ body: { items: url.includes('mine') ? [{ ...row, unread: 0, group: 'idle', wait_since_ms: null }] : [], next: null } })
    await desk.refresh()
    desk.onEvent({ seq: 5, kind: 'conversation.customer_spoke', at: 500, by: null, data: { conversation: 'c1', text: '在吗' }, replayed: true })
    expect(desk.groups.must[0]).toMatchObject({ id: 'c1', unread: 1, wait_since_ms: 500 })
    expect(desk.unread).toBe(1)
    desk.onEvent({ seq: 6, kind: 'conversation.auto_replied', at: 600, by: null, data: { conversation: 'c1', text: '马上来' }, replayed: true })
    expect(desk.groups.must).toHaveLength(1) // an automatic reply stops no clock
    desk.onEvent({ seq: 7, kind: 'conversation.agent_replied', at: 700, by: 'p1', data: { conversation: 'c1', text: '在的' }, replayed: true })
    expect(desk.groups.idle[0]).toMatchObject({ id: 'c1', unread: 0 })
  })
  it('start and stop the clock of a row', async () => {
    const desk = useDesk()
    answers = (url) => ({ body: { items: url.includes('mine') ? [row] : [], next: null } })
    await desk.refresh()
    const clock = { id: 'k1', clause: { id: 'g', no: '', title: '' }, bearer: 'p1', object: { conversation: 'c1' }, title: '', started_ms: 0, due_ms: 30, state: 'running' as const }
    desk.onClock(clock)
    expect(desk.groups.must[0]!.clock?.id).toBe('k1')
    desk.onClock({ ...clock, state: 'met' })
    expect(desk.groups.must[0]!.clock).toBeNull()
  })
})
describe('drafts', () => {
  it('stand beside the person and the conversation and go when empty', () => {
    const desk = useDesk()
    desk.setDraft('c1', '写到一半')
    expect(localStorage.getItem('draft:p1:c1')).toBe('写到一半')
    desk.setDraft('c1', '')
    expect(localStorage.getItem('draft:p1:c1')).toBeNull()
  })
})
