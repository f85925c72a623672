import { describe, expect, it } from 'vitest'
import type { Phrase } from '@/api/types'
import { decode, fateOf, greetingOf, parseCsv, rankPhrases, rowsOf, toCsv, valuesOf } from '@/phrases/fill'

const p = (o: Partial<Phrase>): Phrase => ({ id: o.keys ?? '', keys: '', text: '', ...o })
const ids = (l: Phrase[]) => l.map((x) => x.id)

describe('phrases are found', () => {
  const list = [p({ id: '1', keys: 'bc', text: '我们补偿 {金额}', pinyin: 'wmbc', used: 2 }), p({ id: '2', keys: 'bcj', text: '这个我定不了', pinyin: 'zgwdbl', used: 9 }), p({ id: '3', keys: 'hx', text: '换新，不补偿', pinyin: 'hxbbc', group: '售后/换货' })]
  it('by short form, pinyin, group and words, in this order', () => {
    expect(ids(rankPhrases(list, 'bc'))).toEqual(['1', '2', '3'])
    expect(ids(rankPhrases(list, 'ＢＣＪ'))).toEqual(['2'])
    expect(ids(rankPhrases(list, 'zgw'))).toEqual(['2'])
    expect(ids(rankPhrases(list, '换货'))).toEqual(['3'])
    expect(ids(rankPhrases(list, '补偿'))).toEqual(['1', '3'])
    expect(ids(rankPhrases(list, '没有'))).toEqual([])
  })
  it('those used last first, then by own use, then by use of all', () => {
    const l = [p({ id: 'a', used: 90 }), p({ id: 'b', mine: 5, used: 6, mine_ms: 1 }), p({ id: 'c', mine: 1, used: 1, mine_ms: 9 }), p({ id: 'd', mine: 7, used: 7, mine_ms: 2 }), p({ id: 'e', mine: 6, used: 6, mine_ms: 3 })]
    expect(ids(rankPhrases(l, ''))).toEqual(['c', 'e', 'd', 'b', 'a'])
  })
})

describe('variables', () => {
  const variables = [{ key: 'customer', names: ['顾客', 'customer'], zh: '', en: '' }, { key: 'order', names: ['订单号', 'order', '订单'], zh: '', en: '' }]
  it('are filled under each of their names, missing ones stay', () => {
    const v = valuesOf(variables, { customer: '小满', greeting: '', date: '', time: '' })
    expect(v['顾客']).toBe('小满')
    expect(v['customer']).toBe('小满')
    expect(v['订单']).toBeUndefined()
  })
  it('greet by the clock', () => {
    expect([4, 5, 10, 11, 12, 13, 17, 18, 23].map((h) => greetingOf(h, false))).toEqual(['晚上好', '早上好', '早上好', '中午好', '中午好', '下午好', '下午好', '晚上好', '晚上好'])
    expect(greetingOf(12, true)).toBe('Good afternoon')
  })
})

describe('what became of an inserted phrase', () => {
  it('is the same when gaps were filled or words stand around it', () => {
    expect(fateOf('小满您好，单号 {物流单号}，请查收', '小满您好，单号 SF1，请查收')).toBe('same')
    expect(fateOf('今天就发', '亲，今天就发。谢谢')).toBe('same')
  })
  it('is edited when its words were changed', () => expect(fateOf('今天下单，后天从仓库发出', '今天下单，明天从仓库发出')).toBe('edited'))
  it('is gone when nothing of it is left', () => { expect(fateOf('今天下单，后天从仓库发出', '七天可退')).toBe('gone'); expect(fateOf('今天就发', '')).toBe('gone') })
})

describe('lists', () => {
  const list = [p({ id: '1', scope: 'desk', group: '售后', keys: 'hx', text: '您好，"换新"\n马上办' }), p({ id: '2', scope: 'team', team: '客服', group: '一', keys: '', text: '=1+1' }), p({ id: 'book:1', scope: 'rulebook', text: '制度里的' })]
  it('come back as they went out, the rulebook left out, formulas made harmless', () => {
    const text = toCsv(list, 'zh')
    expect(text.startsWith('\ufeff')).toBe(true)
    expect(text).not.toContain('制度里的')
    expect(text).toContain('"\t=1+1"')
    expect(rowsOf(text)).toEqual([{ line: 2, scope: 'desk', group: '售后', keys: 'hx', text: '您好，"换新"\n马上办' }, { line: 4, scope: 'team', team: '客服', group: '一', text: '=1+1' }])
    const english = toCsv(list, 'en')
    expect([text, english].map((x) => x.slice(1).split('\r\n')[0])).toEqual(['范围,岗位,组,简码,内容', 'scope,team,group,keys,text'])
    expect(english.slice(1).split('\r\n')[1]).toMatch(/^desk,,售后,hx,/)
    expect(rowsOf(english)).toEqual(rowsOf(text))
  })
  it('are read in GBK', () => {
    const gbk = new Uint8Array([0xc4, 0xda, 0xc8, 0xdd, 0x0a, 0xc4, 0xfa, 0xba, 0xc3]) // 内容, 您好
    expect(rowsOf(decode(gbk.buffer))).toEqual([{ line: 2, text: '您好' }])
    expect(decode(new TextEncoder().encode('内容').buffer as ArrayBuffer)).toBe('内容')
  })
  it('without a column of texts are refused', () => { expect(rowsOf('一,二\n三,四')).toBe('head'); expect(rowsOf('')).toBe('head') })
  it('count lines where rows begin, empty ones passed over', () => expect(parseCsv('a,b\r\n\r\n"x\ny",z\n last').map((r) => [r.line, r.cells])).toEqual([[1, ['a', 'b']], [3, ['x\ny', 'z']], [5, [' last']]]))
})
