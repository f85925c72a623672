import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { backoff, useFeed } from '@/feed/feed'

const event = (seq: number, kind = 'conversation.customer_spoke') => ({ seq, kind, at: seq, by: null, data: { conversation: 'c1' } })

describe('the feed', () => {
  beforeEach(() => { setActivePinia(createPinia()); vi.useFakeTimers() })
  it('starts at the number of the greeting and hears every event once', () => {
    const feed = useFeed(), heard: number[] = []
    feed.on('conversation', (e) => heard.push(e.seq))
    feed.hear({ hello: { now: Date.now(), seq: 40 } })
    for (const s of [40, 41, 42, 42, 43]) feed.hear(event(s))
    feed.hear(event(44, 'order.noted'))
    expect(heard).toEqual([41, 42, 43])
    expect(feed.seq).toBe(44)
  })
  it('counts what it caught up on after a break and says so once', () => {
    const feed = useFeed(), backs: number[] = []
    feed.onBack((n) => backs.push(n))
    feed.hear({ hello: { now: Date.now(), seq: 10 } })
    feed.hear({ hello: { now: Date.now(), seq: 13 } })
    for (const s of [11, 12, 13]) feed.hear(event(s))
    expect(backs).toEqual([3])
    expect(feed.recovered?.n).toBe(3)
    feed.hear(event(14))
    vi.runAllTimers()
    expect(backs).toEqual([3])
  })
  it('hears what happened between the reading of the page and the first greeting, says nothing of a break, and has the pages read again', () => {
    const feed = useFeed(), heard: number[] = [], backs: number[] = []
    vi.stubGlobal('WebSocket', class { url: string; constructor(u: URL) { this.url = String(u); asked.push(this.url) } close() {} })
    const asked: string[] = []
    feed.on('*', (e) => heard.push(e.seq)); feed.onBack((n) => backs.push(n))
    feed.start(40)
    expect(asked[0]).toMatch(/since=40$/)
    feed.hear({ hello: { now: Date.now(), seq: 42 } })
    feed.hear(event(41)); feed.hear(event(42))
    expect(heard).toEqual([41, 42])
    expect(backs).toEqual([2])
    expect(feed.recovered).toBeNull()
    feed.stop()
    // nothing happened meanwhile: nothing is read twice
    feed.start(42)
    feed.hear({ hello: { now: Date.now(), seq: 42 } })
    vi.advanceTimersByTime(2000)
    expect(backs).toEqual([2])
    feed.hear({ hello: { now: Date.now(), seq: 42 } }) // a break without events: the pages are told
    vi.advanceTimersByTime(2000)
    expect(backs).toEqual([2, 0])
    feed.stop()
    vi.unstubAllGlobals()
  })
  it('ends the catching up by a rest when the newest events are not for these eyes', () => {
    const feed = useFeed(), backs: number[] = []
    feed.onBack((n) => backs.push(n))
    feed.hear({ hello: { now: Date.now(), seq: 10 } })
    feed.hear({ hello: { now: Date.now(), seq: 20 } })
    feed.hear(event(12))
    expect(backs).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(backs).toEqual([1])
  })
  it('marks what was missed as replayed, so that it makes no sound', () => {
    const feed = useFeed(), flags: boolean[] = []
    feed.on('*', (e) => flags.push(e.replayed))
    feed.hear({ hello: { now: Date.now(), seq: 1 } })
    feed.hear({ hello: { now: Date.now(), seq: 2 } })
    feed.hear(event(2)); feed.hear(event(3))
    expect(flags).toEqual([true, false])
  })
  it('hands out clocks that ride on the number of their event', () => {
    const feed = useFeed(), ids: string[] = []
    feed.onClock((c) => ids.push(c.id))
    feed.hear({ hello: { now: Date.now(), seq: 1 } })
    feed.hear(event(2))
    feed.hear({ seq: 2, clock: { id: 'k1', clause: { id: 'a', no: '', title: '' }, bearer: 'p1', title: '', started_ms: 0, due_ms: 1, state: 'running' } })
    expect(ids).toEqual(['k1'])
  })
  it('waits longer after each failure, with some chance in it, and at most about 15 s', () => {
    expect(backoff(0, () => 0.5)).toBe(500)
    expect(backoff(3, () => 0.5)).toBe(4000)
    expect(backoff(20, () => 1)).toBeLessThanOrEqual(18_750)
  })
})
