import { expect, it } from 'vitest'
import { addWords, ofOne, setLang, t } from '@/i18n'

it('one of something is written as one, in English', () => {
  const of = (text: string, n: unknown) => ofOne(text, { n })
  expect(of('{n} warnings; tick what you have read', 1)).toBe('{n} warning; tick what you have read')
  expect(of('{n} entries are not confirmed', '1')).toBe('{n} entry is not confirmed')
  expect(of('{n} entries wait for you', 1)).toBe('{n} entry waits for you')
  expect(of('{n} counts still need an answer', 1)).toBe('{n} count still needs an answer')
  expect(ofOne('Version {v} takes effect', { v: '1' })).toBe('Version {v} takes effect')
  expect(of('{n} people', 1)).toBe('{n} person')
  expect(of('{n} matches were found', 1)).toBe('{n} match was found')
  expect(of('{n} warnings', 2)).toBe('{n} warnings')
  expect(of('{n} warnings', 0)).toBe('{n} warnings')
  for (const same of ['{n} is here', '{n} comes today', '{n} s', '{n} of them', '{n} this way']) expect(of(same, 1)).toBe(same)
  addWords('ones', { zh: { n: '{n} 处错' }, en: { n: '{n} errors' } })
  setLang('en')
  expect([t('ones.n', { n: 1 }), t('ones.n', { n: 3 })]).toEqual(['1 error', '3 errors'])
  setLang('zh')
  expect(t('ones.n', { n: 1 })).toBe('1 处错')
})
