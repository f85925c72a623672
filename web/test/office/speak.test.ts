import { describe, expect, it } from 'vitest'
import { speak } from '@/office/speak'

describe('answers in two languages', () => {
  const answer = { title: '首答晚了 61 秒', title_en: '61 s late', lines: [{ text: '罚款', text_en: 'fine', fen: 5 }], note: '无', note_en: '' }
  it('stay as they are in Chinese', () => { expect(speak(answer, false)).toBe(answer) })
  it('give the English word its place, at any depth, where there is one', () => {
    expect(speak(answer, true)).toMatchObject({ title: '61 s late', lines: [{ text: 'fine', fen: 5 }], note: '无' })
  })
})
