import { expect, it } from 'vitest'
import { newest } from '@/api/newest'

it('only the answer to the question asked last counts, each question by itself', () => {
  const ask = newest(), first = ask('mine'), other = ask('waiting'), second = ask('mine')
  expect([first(), other(), second()]).toEqual([false, true, true])
  const third = ask('mine')
  expect([second(), third()]).toEqual([false, true])
})
