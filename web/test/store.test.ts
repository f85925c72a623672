import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { useDesk } from '@/desk/store'
import { useMe } from '@/stores/me'

type Answer = { status?: number; body?: unknown } | 'down'
let answers: ((url: string, init: RequestInit) => Answer)
const calls: { url: string; method: string; key: string | null; body: any }[] = []
const row = { id: 'c1', customer: { id: 'u1', name: '小满' }, channel: 'web', state: 'open', agent: 'p1', last: null, unread: 1, group: 'must', wait_since_ms: 1, clock: null, tags: [], started_ms: 0 }

// What a desk of one test still had in mind to read, it must not read in the next: pending timers go with the clock of their test.
afterEach(() => { vi.useRealTimers() })
beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
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
  useMe().me = { person: { id: 'p1', name: '林晓', job_number: '001', role: '客服' }, csrf: 'w', can: ['会话'], home: '/desk', lang: 'zh', desk: { name: '', zone: 'Asia/Shanghai', rulebook: { id: '', title: '', version: '' } }, now: Date.now(), seq: 0, prefs: {} }
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
describe('a long list', () => {
  const rowsOf = (from: number, n: number) => Array.from({ length: n }, (_, i) => ({ ...row, id: 'c' + (from + i), agent: 'p2' }))
  const serve = (page: (after: string) => Answer) => { answers = (url) => (url.includes('box=open') ? page(new URL(url, 'http://x').searchParams.get('after') ?? '') : { body: { items: [], next: null } }) }
  const ids = () => useDesk().lists.open.map((r) => r.id)
  it('goes on after a page that did not come', async () => {
    vi.useFakeTimers()
    const desk = useDesk()
    serve((after) => (after ? 'down' : { body: { items: rowsOf(0, 200), next: 'n1' } }))
    await desk.loadBox('open')
    const lost = desk.pageOn('open')
    await vi.advanceTimersByTimeAsync(10_000)
    await lost
    expect([desk.paging, desk.next.open, ids().length]).toEqual([false, 'n1', 200])
    serve((after) => ({ body: { items: rowsOf(after ? 200 : 0, 200), next: after ? null : 'n1' } }))
    await desk.pageOn('open')
    expect([ids().length, desk.next.open]).toEqual([400, null])
  })
  it('keeps what was read further down when its beginning is read again, without what has ended since', async () => {
    const desk = useDesk()
    serve((after) => ({ body: { items: rowsOf(after ? 200 : 0, 200), next: after ? null : 'n1' } }))
    await desk.loadBox('open'); await desk.pageOn('open')
    desk.onEvent({ seq: 5, kind: 'conversation.closed', at: 5, by: 'p2', data: { conversation: 'c300' }, replayed: true })
    desk.onEvent({ seq: 6, kind: 'conversation.transferred', at: 6, by: 'p2', data: { conversation: 'c301' }, replayed: true })
    serve(() => ({ body: { items: [...rowsOf(900, 1), ...rowsOf(1, 199)], next: 'n1' } })) // a new one on top; c0 moved down
    await desk.refresh()
    expect([ids().length, ids()[0], ids().includes('c0'), ids().includes('c300'), ids().includes('c301')]).toEqual([400, 'c900', true, false, true])
    serve(() => ({ body: { items: rowsOf(1, 50), next: null } })) // all of it fits now
    await desk.refresh()
    expect(ids().length).toBe(50)
  })
  it('begins anew after a break: nobody knows what has ended meanwhile', async () => {
    const desk = useDesk()
    serve((after) => ({ body: { items: rowsOf(after ? 200 : 0, 200), next: after ? null : 'n1' } }))
    await desk.loadBox('open'); await desk.pageOn('open')
    await desk.refresh(true)
    expect([ids().length, desk.next.open]).toEqual([200, 'n1'])
  })
})
describe('a desk where something happens all the time', () => {
  const asked = () => calls.filter((c) => c.url.includes('box=mine')).length
  const happen = async (kind: string, data: Record<string, unknown>) => { for (let i = 0; i < 100; i++) { useDesk().onEvent({ seq: 10 + i, kind, at: i, by: 'p9', data, replayed: true }); await vi.advanceTimersByTimeAsync(20) } }
  beforeEach(async () => { vi.useFakeTimers(); answers = () => ({ body: { items: [], next: null } }); await useDesk().refresh(); calls.length = 0 })
  it('reads the lists again between events, not only when they end', async () => {
    await happen('conversation.started', { conversation: 'c7' })
    expect(asked()).toBeGreaterThanOrEqual(2)
    expect(asked()).toBeLessThanOrEqual(6)
  })
  it('reads nothing for what others do with their own talks', async () => {
    await happen('conversation.customer_spoke', { conversation: 'c8', text: '在吗' })
    await happen('conversation.tagged', { conversation: 'c8' })
    await happen('conversation.transferred', { conversation: 'c8', agent: 'p3', to: 'p4' })
    expect(asked()).toBe(0)
    useDesk().lists.mine = [row as never]
    useDesk().onEvent({ seq: 499, kind: 'conversation.merged', at: 1, by: 'p9', data: { conversation: 'c8', into: 'c1' }, replayed: true }) // into one of mine
    await vi.advanceTimersByTimeAsync(300)
    expect(asked()).toBe(1)
    calls.length = 0
    await vi.advanceTimersByTimeAsync(2000)
    useDesk().onEvent({ seq: 500, kind: 'conversation.transferred', at: 1, by: 'p9', data: { conversation: 'c8', to: 'p1' }, replayed: true })
    await vi.advanceTimersByTimeAsync(300)
    expect(asked()).toBe(1)
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
    expect(JSON.parse(localStorage.getItem('draft:p1:c1')!).text).toBe('写到一半')
    desk.setDraft('c1', '')
    expect(localStorage.getItem('draft:p1:c1')).toBeNull()
  })
})
