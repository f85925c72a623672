import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gather } from '@/api/gather'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

it('runs soon, also when it is called all the time, and rests in between', async () => {
  let runs = 0
  const soon = gather(() => { runs++ }, 100, 400)
  for (let t = 0; t < 1000; t += 10) { soon(); await vi.advanceTimersByTimeAsync(10) } // a call every 10 ms for a second
  expect(runs).toBeGreaterThanOrEqual(2)
  expect(runs).toBeLessThanOrEqual(4)
  const before = runs
  await vi.advanceTimersByTimeAsync(2000)
  expect(runs - before).toBeLessThanOrEqual(1) // the last call is not forgotten, and nothing runs without one
  soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(runs).toBeGreaterThan(before)
})
it('never runs twice at once, runs once more for what was called meanwhile, and asks a slow server less often', async () => {
  let going = 0, most = 0, runs = 0
  const soon = gather(async () => { runs++; most = Math.max(most, ++going); await new Promise((r) => setTimeout(r, 200)); going-- }, 50, 100)
  soon()
  await vi.advanceTimersByTimeAsync(100)
  for (let i = 0; i < 5; i++) soon()
  await vi.advanceTimersByTimeAsync(1900)
  expect([runs, most]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(600)
  expect([runs, most]).toEqual([2, 1])
})
it('goes on after a run that failed, and can be stopped', async () => {
  let runs = 0
  const soon = gather(() => { runs++; throw new Error('no line') }, 50)
  soon(); await vi.advanceTimersByTimeAsync(60)
  soon(); await vi.advanceTimersByTimeAsync(60)
  expect(runs).toBe(2)
  soon(); soon.stop(); await vi.advanceTimersByTimeAsync(500)
  expect(runs).toBe(2)
})
