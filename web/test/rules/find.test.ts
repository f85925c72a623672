import { describe, expect, it } from 'vitest'
import { colour, found, plainText } from '@/rules/find'

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
  it('colours a line without losing a character', () => {
    const line = '逾期 罚款 接待人 首响罚 每 30秒(不足按一个计) 因 “已取单”'
    const pieces = colour(line)
    expect(pieces.map((p) => p.text).join('')).toBe(line)
    expect(pieces.find((p) => p.text === '30秒')?.kind).toBe('nu')
    expect(pieces.find((p) => p.text === '罚款')?.kind).toBe('kw')
    expect(pieces.find((p) => p.text.startsWith('“'))?.kind).toBe('st')
  })
})
