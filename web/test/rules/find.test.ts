import { describe, expect, it } from 'vitest'
import { colour, tableOf } from '@/rules/colour'
import { found, plainText } from '@/rules/find'

const book = [
  { id: 'greeting', no: '第十一条', title: '首次招呼', html: '<p>顾客进来 30秒 内要打招呼</p>', rule: '逾期 罚款 接待人 5元' },
  { id: 'leave', no: '第十七条', title: '请假', html: '<p>请假要提前找部门经理</p>' },
]
describe('the handbook', () => {
  it('finds by number, figure in any width, and block', () => {
    expect(found(book, '十一').map((c) => c.id)).toEqual(['greeting'])
    expect(found(book, '３０ 秒').map((c) => c.id)).toEqual(['greeting'])
    expect(found(book, '罚款 顾客').map((c) => c.id)).toEqual(['greeting'])
    expect(found(book, '  ')).toHaveLength(2)
    expect(found(book, '迟到')).toEqual([])
  })
  it('reads prose without its marks', () => {
    expect(plainText('<p>a &lt; b</p><p>c</p>')).toBe('a < b c')
  })
  const w = (zh: string, group: string, keyword = false) => ({ zh, en: zh + '_en', group, keyword, help: null })
  const table = tableOf({ words: [w('罚款', 'act'), w('每', 'item', true), w('逾期', 'tail', true), w('因', 'structure', true), w('内', 'structure', true), w('上班', 'part')], synonyms: [], units: [{ name: '秒', type: 'duration', english: false }, { name: '分钟', type: 'duration', english: false }, { name: '分', type: 'points', english: false }], glue: ['以内', '内'], types: [], kinds: [], nouns: [] })
  it('colours a line without losing a character', () => {
    const line = '逾期 罚款 接待人 首响罚 每 30秒(不足按一个计) 因 “已取单”'
    const pieces = colour(line, table)
    expect(pieces.map((p) => p.text).join('')).toBe(line)
    expect(pieces.find((p) => p.text === '30秒')?.kind).toBe('nu')
    expect(pieces.find((p) => p.text === '罚款')?.kind).toBe('kw')
    expect(pieces.find((p) => p.text.startsWith('“'))?.kind).toBe('st')
  })
  it('cuts as the compiler does: units, glued words, numerals, words inside names', () => {
    const kinds = (s: string) => colour(s, table).filter((p) => p.text.trim()).map((p) => `${p.text}/${p.kind}`).join(' ')
    expect(kinds('30分钟内')).toBe('30分钟/nu 内/kw')
    expect(kinds('三十秒')).toBe('三十秒/nu')
    expect(kinds('罚款人')).toBe('罚款人/')
    expect(kinds('上班 #late -- 说明')).toContain('#late/cm')
  })
  it('is plain ink before the words are there', () => {
    expect(colour('罚款 当事人', null).map((p) => p.text).join('')).toBe('罚款 当事人')
  })
})
