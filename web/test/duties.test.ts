import { describe, expect, it } from 'vitest'
import { dutyWay } from '@/stores/today'

describe('a duty that the system sees done by itself leads to where it is done', () => {
  it.each([
    ['the order it is about', { goal: '订单.备注', object: { order: '260100007919' } }, '/orders/260100007919'],
    ['the orders, where it names none', { goal: '订单.备注', object: null }, '/orders'],
    ['its case', { goal: '投诉.核实', object: { case: 'k7' } }, '/cases/k7'],
    ['its conversation', { goal: '会话.人工回复', object: { conversation: 'c3' } }, '/desk/c3'],
    ['the handover book', { goal: '交接.提交' }, '/handover'],
    ['a new case of its kind', { goal: '周小结.提交' }, '/cases?new=' + encodeURIComponent('周小结')],
    ['nowhere, when it is done by hand', { goal: '打扫' }, ''],
  ])('%s', (_, duty, way) => expect(dutyWay(duty)).toBe(way))
})
