import { describe, expect, it } from 'vitest'
import { changedClauses, findingOf, headings } from '@/book/source'

const text = '# 办法(c14)\n\n## 第一条 班次 {#shifts covers="c14.01"}\n白班。\n```guiju\n## 不是标题\n班次 白班\n```\n## 第二条 交接 {#handover}\n写进交接本。\n'

describe('the text of a rulebook', () => {
  it('finds headings with number, name and line, not inside a block', () => {
    expect(headings(text).map((h) => [h.no, h.title, h.id, h.line])).toEqual([['', '办法(c14)', '', 1], ['第一条', '班次', 'shifts', 3], ['第二条', '交接', 'handover', 9]])
  })
  it('names the clauses a draft changes, adds or drops', () => {
    expect([...changedClauses(text, text)]).toEqual([])
    expect([...changedClauses(text, text.replace('写进', '记进'))]).toEqual(['handover'])
    expect([...changedClauses(text, text + '## 第三条 新 {#new}\n')]).toEqual(['new'])
    expect([...changedClauses(text, text.split('## 第二条')[0]!)]).toEqual(['handover'])
  })
  it('reads findings in the forms a checker writes', () => {
    expect(findingOf({ line: 3, col: 2, level: 'note', message: 'x' })).toMatchObject({ line: 3, column: 2, severity: 'info', zh: 'x' })
    expect(findingOf({ line: 1, column: 4, length: 2, severity: 'warning', zh: '甲', en: 'a' })).toMatchObject({ end_column: 6, severity: 'warning' })
  })
})
