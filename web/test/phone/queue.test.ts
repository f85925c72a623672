import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ActQueue, UNDO_MS, type Act } from '@/phone/queue'

const shelf = () => {
  const kept = new Map<string, string>()
  return { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) }
}
const act = { path: '/approvals/a1', body: { result: 'agree' }, words: '已同意', subject: 'a1' }

describe('acts on the phone', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it('sends nothing before ten seconds have passed, then once', async () => {
    const sent: Act[] = []
    const queue = new ActQueue(async (a) => { sent.push(a); return 'sent' }, shelf(), 'q')
    queue.add(act)
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(sent).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toHaveLength(1)
    expect(queue.acts).toHaveLength(0)
  })
  it('takes back within the ten seconds and not after', async () => {
    const sent: Act[] = []
    const queue = new ActQueue(async (a) => { sent.push(a); return 'sent' }, shelf(), 'q')
    const first = queue.add(act)
    expect(queue.undo(first.key)).toBe(true)
    await vi.advanceTimersByTimeAsync(UNDO_MS * 2)
    expect(sent).toHaveLength(0)
    const second = queue.add(act)
    await vi.advanceTimersByTimeAsync(UNDO_MS)
    expect(queue.undo(second.key)).toBe(false)
  })
  it('keeps acts over a restart without a network and sends them under the same key', async () => {
    const kept = shelf()
    const before = new ActQueue(async () => 'offline', kept, 'q')
    const { key } = before.add(act)
    await vi.advanceTimersByTimeAsync(UNDO_MS)
    expect(before.acts).toHaveLength(1)
    const sent: string[] = []
    const after = new ActQueue(async (a) => { sent.push(a.key); return 'sent' }, kept, 'q')
    await after.flush()
    expect(sent).toEqual([key])
    expect(after.acts).toHaveLength(0)
  })
  it('keeps a refused act in sight and goes on with the next', async () => {
    const queue = new ActQueue(async (a) => a.subject === 'a1' ? { refused: '已经有人办了' } : 'sent', shelf(), 'q')
    queue.add(act)
    queue.add({ ...act, subject: 'a2' })
    await vi.advanceTimersByTimeAsync(UNDO_MS)
    expect(queue.acts.map((a) => [a.subject, a.refused])).toEqual([['a1', '已经有人办了']])
  })
  it('survives a torn note', () => {
    const kept = shelf()
    kept.setItem('q', '{"half')
    expect(new ActQueue(async () => 'sent', kept, 'q').acts).toEqual([])
  })
})
