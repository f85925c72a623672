import { describe, expect, it } from 'vitest'
import { amountOf, compareFigures, hanNumber, offsetOf, proseWith, setFigure, setNote, simple, withAmount, wrongAmount, type Figure } from '@/book/figures'
import { exampleRepairs, repaired, withVersion, clausesOf } from '@/book/source'

const text = '# 书\n```guiju\n制度 c14 “书”\n  版本 1.0 公布 2026-02-20\n参数 首响限 = 30秒  自定 “试”\n```\n## 第一条 甲 {#a}\n顾客进来 30 秒内、三十秒内、130 秒内。\n```guiju\n自 首问 起 首响限 内 接待人 须 回复\n例 设 10:00 首问() 得 罚款 小王 15元\n```\n## 第二条 乙 {#b}\n也是 30 秒。\n'
const figure = (o: Partial<Figure> = {}): Figure => ({ key: 'figure:首响限', clause: '', kind: 'figure', name: '首响限', words: '30秒', unit: '秒', type: 'duration', from: null, ours: true, doubtful: false, note: '试', line: 5, column: 10, length: 3, ...o })

describe('the figures of a rulebook', () => {
  it('are changed where they stand, with their unit', () => {
    expect(setFigure(text, figure(), '２０')).toBe(text.replace('= 30秒', '= 20秒'))
    expect(setFigure(text.replace('= 30秒', '= 40秒'), figure(), '20')).toBeNull()
    expect(amountOf({ words: 'CNY 5.50', unit: 'CNY' })).toBe('5.50')
    expect(withAmount({ words: '30 秒' }, '20')).toBe('20 秒')
    expect(offsetOf('a\n𠮷b', 2, 2)).toBe(4)
  })
  it('refuse what is no figure of their kind', () => {
    expect(wrongAmount(figure(), '')).toBe('empty')
    expect(wrongAmount(figure(), '二十')).toBe('number')
    expect(wrongAmount(figure(), '2.5')).toBe('whole')
    expect(wrongAmount(figure({ type: 'money', unit: '元' }), '2.555')).toBe('fen')
    expect(wrongAmount(figure({ type: 'money', unit: '元' }), '２．５')).toBeNull()
    expect(wrongAmount(figure({ kind: 'time', words: '8:30' }), '25:00')).toBe('time')
    expect(wrongAmount(figure({ kind: 'time', words: '8:30' }), '24:00')).toBeNull()
    expect(simple(figure({ words: '近 7天', type: 'window' }))).toBe(false)
  })
  it('carry a note', () => {
    expect(setNote(text, figure(), 'doubtful', '七成“没有”档')).toBe(text.replace('  自定 “试”', '  存疑 “七成没有档”'))
    expect(setNote(text, figure(), '', '')).toBe(text.replace('  自定 “试”', ''))
  })
  it('are found in the prose of the clauses that use them, in digits and in words', () => {
    expect(proseWith(text, ['a'], '30秒').map((p) => p.words)).toEqual(['30 秒', '三十秒'])
    expect(proseWith(text, ['a', 'b'], '30秒')).toHaveLength(3)
    expect([hanNumber(10), hanNumber(15), hanNumber(30), hanNumber(42), hanNumber(100)]).toEqual(['十', '十五', '三十', '四十二', ''])
  })
  it('are compared by their keys', () => {
    const c = compareFigures([figure(), figure({ key: 'x', words: '1元' })], [figure({ words: '20秒' }), figure({ key: 'y', words: '2元' })])
    expect(c.map((r) => [r.before?.words ?? null, r.after?.words ?? null])).toEqual([['30秒', '20秒'], [null, '2元'], ['1元', null]])
  })
})

describe('the text around them', () => {
  it('gets another version number in its header only', () => {
    expect(withVersion(text, '1.1')).toBe(text.replace('版本 1.0', '版本 1.1'))
    expect(withVersion('没有规则', '1.1')).toBe('没有规则')
  })
  it('lets an example say what the rules come to', () => {
    const line = text.split('\n').findIndex((l) => l.startsWith('例')) + 1, item = '例 设 10:00 首问() 得 罚款 小王 15元'
    const [say, gone] = exampleRepairs(text, { line, column: 1, length: item.length, got: '罚款 小王 20.00元（首次招呼晚了 71 秒）；提醒 小王' })
    expect(repaired(text, say!)).toBe(text.replace('15元', '20元; 提醒 小王'))
    expect(repaired(text, gone!)).toBe(text.replace(item + '\n', ''))
  })
  it('is cut into rows of prose and block with their places', () => {
    const c = clausesOf(text)
    expect(c.map((x) => [x.id, x.rows.length])).toEqual([['', 1], ['a', 1], ['b', 1]])
    expect(text.slice(c[1]!.rows[0]!.block!.from, c[1]!.rows[0]!.block!.to)).toContain('自 首问')
    expect(c[1]!.rows[0]!.prose!.line).toBe(8)
    expect(c[1]!.rows[0]!.block!.line).toBe(10)
  })
})
