import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { createPinia, setActivePinia } from 'pinia'
import { useFeed } from '@/feed/feed'
import { usePages } from '@/office/pages'

beforeEach(() => { setActivePinia(createPinia()); vi.useFakeTimers() })
const rest = () => vi.advanceTimersByTimeAsync(5000)
type Row = { id: number; text: string }
/** A store of rows in pages of two; the newest first. */
function shop() {
  const s = { rows: [6, 5, 4, 3, 2, 1].map((id): Row => ({ id, text: 'a' })), fails: false, asked: 0 }
  const read = async (after: string | null) => {
    s.asked++
    if (s.fails) throw new TypeError('Failed to fetch')
    const from = after ? s.rows.findIndex((r) => r.id < Number(after)) : 0, items = s.rows.slice(from, from + 2)
    return { items, next: from + 2 < s.rows.length ? String(items[items.length - 1]!.id) : null }
  }
  return { s, read }
}

it('is read again as far as it was shown when something happens', async () => {
  const { s, read } = shop(), scope = effectScope()
  const p = scope.run(() => usePages(read, (r: Row) => String(r.id), { live: ['order'] }))!
  await rest()
  await p.more()
  expect(p.rows.value.map((r) => r.id)).toEqual([6, 5, 4, 3])
  s.rows = [{ id: 7, text: 'new' }, ...s.rows.map((r) => (r.id === 3 ? { ...r, text: 'b' } : r)).filter((r) => r.id !== 5)]
  useFeed().hear({ hello: { now: 0, seq: 1 } })
  useFeed().hear({ seq: 2, kind: 'order.noted', at: 0, by: null, data: {} })
  await rest()
  expect(p.rows.value).toEqual([{ id: 7, text: 'new' }, { id: 6, text: 'a' }, { id: 4, text: 'a' }, { id: 3, text: 'b' }])
  expect(p.next.value).toBe('3')
  scope.stop()
})
it('says that a page did not come, keeps what is there and the way to it', async () => {
  const { s, read } = shop(), scope = effectScope()
  const p = scope.run(() => usePages(read, (r: Row) => String(r.id)))!
  await rest()
  s.fails = true
  await p.more()
  expect([p.problem.value !== null, p.rows.value.length, p.next.value, p.busy.value]).toEqual([true, 2, '5', false])
  s.fails = false
  await p.more()
  expect([p.problem.value, p.rows.value.length]).toEqual([null, 4])
  scope.stop()
})
it('a page of another question is not added, and two presses ask once', async () => {
  const { s, read } = shop(), scope = effectScope(), subject = ref('a')
  const p = scope.run(() => usePages(read, (r: Row) => String(r.id), { subject }))!
  await rest()
  const before = s.asked, one = p.more(), two = p.more()
  await Promise.all([one, two])
  expect(s.asked - before).toBe(1)
  const late = p.more()
  subject.value = 'b'
  await nextTick()
  await late
  await rest()
  expect(p.rows.value.map((r) => r.id)).toEqual([6, 5])
  scope.stop()
})
