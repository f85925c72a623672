import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import CaseForm from '@/parts/CaseForm.vue'
import DayBand from '@/parts/DayBand.vue'
import Ladder from '@/parts/Ladder.vue'
import MoneyColumns from '@/parts/MoneyColumns.vue'
import Seal from '@/parts/Seal.vue'
import StateView from '@/parts/StateView.vue'
import ApprovalCard from '@/parts/ApprovalCard.vue'
import { fieldKind, missingFields } from '@/parts/caseForm'
import { setNowForTest } from '@/stores/clock'
import { problemFor } from '@/api/problem'
import { setLang } from '@/i18n'

setActivePinia(createPinia())
const options = { global: { plugins: [createPinia()], stubs: { RouterLink: true, teleport: true } } }

describe('money in columns', () => {
  it('has one digit a column and a red line after the yuan', () => {
    const w = mount(MoneyColumns, { props: { fen: 128460 } }), cells = w.findAll('.acct > span')
    expect(cells.map((c) => c.text()).join('')).toBe('128460')
    expect(cells.map((c) => c.attributes('d')).join('')).toBe('千百十元角分')
    expect(cells[3]!.classes()).toContain('y')
    expect(w.attributes('aria-label')).toBe('1,284.60 元')
  })
  it('keeps yuan, jiao and fen for small sums', () => expect(mount(MoneyColumns, { props: { fen: 5 } }).text()).toBe('005'))
})
describe('a seal', () => {
  it('is one character in Chinese and the word in English', () => {
    expect(mount(Seal, { props: { state: 'proposed' } }).text()).toBe('拟')
    setLang('en')
    expect(mount(Seal, { props: { state: 'proposed' } }).text()).toBe('Proposed')
    setLang('zh')
  })
})
describe('a ladder', () => {
  it('puts the diamond on the step that decides', () => {
    const left = (at: number) => parseFloat(mount(Ladder, { props: { at, steps: [{ upto_fen: 3000, who: '林晓', me: true }, { upto_fen: 10000, who: '组长' }, { upto_fen: null, who: '店长' }] } }).find('i').attributes('style')!.replace('left: calc(', ''))
    expect(left(2000)).toBeLessThan(33.4)
    expect(left(5000)).toBeGreaterThan(33.3)
    expect(left(5000)).toBeLessThan(66.7)
    expect(left(50000)).toBeGreaterThan(66.6)
  })
})
describe('a form that the rulebook declares', () => {
  const type = { id: '备忘', title: '备忘录', steps: [], fields: [{ name: '记录人', type: '人员', required: true }, { name: '类别', type: 'enum', required: true, enum: ['问题', '想法'] }, { name: '内容', type: '文', required: true, min_chars: 4 }, { name: '附件', type: '附件', required: false, many: true }] }
  it('knows the control of each type in either language', () => {
    expect(type.fields.map(fieldKind)).toEqual(['person', 'enum', 'text', 'file'])
    expect(fieldKind({ name: 'x', type: 'money', required: false })).toBe('money')
    expect(fieldKind({ name: 'x', type: '时刻', required: false })).toBe('instant')
  })
  it('names what is missing, and what is too short', () => {
    expect(missingFields(type.fields, { 记录人: 'p1', 内容: '短' })).toEqual(['类别', '内容'])
    expect(missingFields(type.fields, { 记录人: 'p1', 类别: '想法', 内容: '四个字了' })).toEqual([])
  })
  it('does not submit while something is missing', async () => {
    const w = mount(CaseForm, { ...options, props: { type, modelValue: { 记录人: 'p1' } } })
    await w.find('form').trigger('submit')
    expect(w.emitted('submit')).toBeUndefined()
    expect(w.find('[role=alert]').text()).toContain('类别、内容')
    await w.setProps({ modelValue: { 记录人: 'p1', 类别: '想法', 内容: '四个字了' } })
    await w.find('form').trigger('submit')
    expect(w.emitted('submit')).toHaveLength(1)
  })
})
describe('the day band', () => {
  it('cuts the shift at now and drops labels that would touch', () => {
    const h = 3_600_000
    setNowForTest(4 * h)
    const w = mount(DayBand, { props: { band: { from: 0, to: 8 * h, segments: [{ from: 0, to: 8 * h, type: 'work' }], marks: [{ at: h, title: '晨会', done: true }, { at: h + 60_000, title: '补货登记', done: false }, { at: 7 * h, title: '交接', done: false }] } } })
    expect(w.findAll('.sg').map((s) => s.attributes('style'))).toEqual(['left: 0%; width: 50%;', 'left: 50%; width: 50%;'])
    expect(w.findAll('.du').map((d) => d.text())).toEqual(['晨会', '', '交接'])
    expect(w.findAll('.du')[1]!.attributes('title')).toContain('补货登记')
  })
})
describe('states of a page', () => {
  it('tell an error, no network and no permission apart', () => {
    expect(mount(StateView, { props: { state: 'error', problem: problemFor(503) } }).text()).toContain('服务器正忙')
    expect(mount(StateView, { props: { state: 'error', problem: problemFor(0) } }).classes()).toContain('offline')
    expect(mount(StateView, { props: { state: 'error', problem: problemFor(403), who: '账.封月' } }).text()).toContain('账.封月')
  })
  it('use the server\'s own words for a refusal', () => expect(mount(StateView, { props: { state: 'error', problem: problemFor(422, { error: { key: 'x', zh: '交接没写完，不能下班。', en: 'no' } }) } }).text()).toContain('交接没写完'))
})
describe('an approval', () => {
  it('is decided by Y, and N asks for a reason first', async () => {
    const w = mount(ApprovalCard, { ...options, props: { item: { id: 'a', title: '请假', at: 0 } } })
    await w.trigger('keydown', { key: 'y' })
    expect(w.emitted('agree')).toHaveLength(1)
    await w.trigger('keydown', { key: 'n' })
    expect(w.find('textarea').exists()).toBe(true)
    await w.find('textarea').setValue('那天人手不够')
    await w.find('form').trigger('submit')
    expect(w.emitted('disagree')![0]).toEqual(['那天人手不够'])
  })
})
