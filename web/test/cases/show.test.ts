import { describe, expect, it } from 'vitest'
import { orderedWord, pastWord, showFields } from '@/cases/show'

const declared = [
  { name: '责任人', type: 'person', required: false }, { name: '内容', type: '文', required: true },
  { name: '会话', type: 'conversation', required: false }, { name: '单价', type: 'money', required: false },
]
const nameOf = (id: string) => (id === 'p3' ? '周宁' : id)

describe('fields of a case', () => {
  it('stand in the order of the declaration, empty ones too', () => {
    const shown = showFields({ 内容: '桌腿开裂', 责任人: 'p3', 旧字段: 'x' }, declared, nameOf)
    expect(shown.map((f) => [f.name, f.text])).toEqual([['责任人', '周宁'], ['内容', '桌腿开裂'], ['会话', ''], ['单价', ''], ['旧字段', 'x']])
  })
  it('lead to what they name', () => {
    expect(showFields({ 会话: 'c7' }, declared, nameOf)[2]).toMatchObject({ text: 'c7', link: '/desk/c7' })
  })
  it('read references, as lists of conversations bring them', () => {
    expect(showFields({ 会话: [{ ref: 'c7' }, { ref: 'c8' }] }, declared, nameOf)[2]).toMatchObject({ text: 'c7、c8', link: '/desk/c7' })
  })
  it('read the list form with texts of the server', () => {
    expect(showFields([{ name: '单价', value: 42900 }, { name: '内容', value: 'a', text: '甲' }], declared, nameOf).map((f) => f.text)).toEqual(['', '甲', '', '429.00 元'])
  })
})

describe('what happened to a case', () => {
  it('has a word of its own, also for a longer time, a copy and a vote', () => {
    const past = ['opened', 'extended', 'copied', 'printed', 'assigned', 'voided'].map((what, i) => pastWord({ what, from: null, to: '' }, i === 0))
    expect(past).toEqual(['opens', 'extended', 'copied', 'print', 'assigned', 'voided'])
    expect(pastWord({ what: 'agreed', from: '登记', to: '处理' }, false)).toBe('agreed')
    expect(pastWord({ what: 'moved', from: '登记', to: '处理' }, false)).toBe('moved')
  })
  it('was ordered by a rule, and done or not', () => {
    const order = { id: 'q1', at: 0, reason: null }
    expect(orderedWord({ ...order, type: 'move_case', item: '催缴.限期', result: '已办' })).toEqual({ key: 'move_case', item: '限期', done: true })
    expect(orderedWord({ ...order, type: 'open_case', item: '返工单', result: '未办' })).toEqual({ key: 'open_case', item: '返工单', done: false })
    expect(orderedWord({ ...order, type: 'later', item: '事', result: '未办' }).key).toBe('other')
  })
})
