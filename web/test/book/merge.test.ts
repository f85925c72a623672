import { describe, expect, it } from 'vitest'
import { clauseDiff, trimmed, wordDiff } from '@/book/diff'
import { merge3, sections, withSection } from '@/book/merge'

const book = '前言。\n## 第一条 甲 {#a covers="x.1"}\n甲的话。\n```guiju\n## 不是标题\n参数 甲 = 1元\n```\n## 第二条 乙 {#b}\n乙一。\n乙二。\n乙三。\n乙四。\n## 没有号\n丙。\n'

describe('two people at one book', () => {
  it('cuts a book into headings that join to the byte', () => {
    const s = sections(book)
    expect(s.map((x) => x.key)).toEqual(['', '#a', '#b', '没有号'])
    expect(s.map((x) => x.text).join('')).toBe(book)
    expect(sections('## 同\n## 同\n').map((x) => x.key)).toEqual(['同', '同~2'])
    expect(sections('')).toEqual([{ key: '', text: '' }])
  })
  it('keeps what one side changed, in different clauses and in lines apart', () => {
    expect(merge3(book, book.replace('甲的话', '我的话'), book.replace('丙。', '别人写的。'))).toEqual({ source: book.replace('甲的话', '我的话').replace('丙。', '别人写的。'), conflicts: [] })
    const m = merge3(book, book.replace('乙一。', '我改一。'), book.replace('乙四。', '别人改四。'))
    expect(m.conflicts).toEqual([])
    expect(m.source).toContain('我改一。\n乙二。\n乙三。\n别人改四。')
  })
  it('gives back what both changed in one place, with theirs in the text', () => {
    const m = merge3(book, book.replace('乙二。', '我的。'), book.replace('乙二。', '别人的。'))
    expect(m.conflicts).toHaveLength(1)
    expect(m.conflicts[0]).toMatchObject({ clause: '#b' })
    expect(m.conflicts[0]!.mine).toContain('我的。')
    expect(m.source).toContain('别人的。')
    expect(merge3(book, book.replace('## 没有号\n丙。\n', ''), book.replace('丙。', '还要。')).conflicts[0]).toMatchObject({ clause: '没有号', mine: null })
  })
  it('puts a chosen text into its place', () => {
    expect(withSection(book, '没有号', '## 没有号\n丁。\n')).toBe(book.replace('丙。', '丁。'))
    expect(withSection(book, '没有号', null)).toBe(book.replace('## 没有号\n丙。\n', ''))
    expect(withSection(book, '#new', '## 新 {#new}\n')).toBe(book + '## 新 {#new}\n')
  })
  it('loses no line of random edits', () => {
    let seed = 20260301
    const dice = (n: number) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 16) % n }
    for (let round = 0; round < 200; round++) {
      const sides = [0, 1].map((s) => book.split('\n').map((l, n) => (dice(8) === 0 && !/^[#`]/.test(l) && l ? `s${s}-${n}` : dice(8) === 1 ? `${l}\n+s${s}-${n}` : l)).join('\n'))
      const m = merge3(book, sides[0]!, sides[1]!)
      for (const [i, side] of sides.entries()) for (const mark of side.match(/s\d-\d+(?=\n|$)/g) ?? []) expect(m.source.includes(mark) || m.conflicts.some((c) => (i ? c.theirs : c.mine)?.includes(mark)), `seed 20260301 round ${round} ${mark}`).toBe(true)
    }
  })
})

describe('differences', () => {
  it('are said in words and figures', () => {
    expect(wordDiff('首响限 = 30秒', '首响限 = 20秒').filter((p) => p.kind !== 'same')).toEqual([{ text: '30', kind: 'gone' }, { text: '20', kind: 'new' }])
    expect(wordDiff('', '新的').map((p) => p.kind)).toEqual(['new'])
    expect(wordDiff('同', '同')).toEqual([{ text: '同', kind: 'same' }])
  })
  it('join to both texts', () => {
    const a = '顾客进来 30 秒内要打招呼。', b = '顾客进来二十秒内要问好。', d = wordDiff(a, b)
    expect(d.filter((p) => p.kind !== 'new').map((p) => p.text).join('')).toBe(a)
    expect(d.filter((p) => p.kind !== 'gone').map((p) => p.text).join('')).toBe(b)
  })
  it('name changed, new and removed clauses in the newer order', () => {
    const after = book.replace('甲的话', '我的话').replace('## 没有号\n丙。\n', '## 第三条 丁 {#d}\n')
    expect(clauseDiff(book, after).map((c) => `${c.key} ${c.change}`)).toEqual([' same', '#a changed', '#b same', '没有号 removed', '#d added'])
  })
  it('leave out long stretches that are the same', () => {
    const p = trimmed(wordDiff('1\n2\n3\n4\n5\n6\n7\n8\n9\nx', '1\n2\n3\n4\n5\n6\n7\n8\n9\ny'))
    expect(p[0]!.text.startsWith('…')).toBe(true)
    expect(p[0]!.text).toContain('9')
  })
})
