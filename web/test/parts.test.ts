import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import CaseForm from '@/parts/CaseForm.vue'
import { labels, widthOf } from '@/parts/bandLabels'
import DayBand from '@/parts/DayBand.vue'
import Ladder from '@/parts/Ladder.vue'
import MoneyColumns from '@/parts/MoneyColumns.vue'
import Seal from '@/parts/Seal.vue'
import StateView from '@/parts/StateView.vue'
import RuleClock from '@/parts/RuleClock.vue'
import Dialog from '@/parts/Dialog.vue'
import ApprovalCard from '@/parts/ApprovalCard.vue'
import { fieldKind, missingFields } from '@/parts/caseForm'
import { setNowForTest } from '@/stores/clock'
import { problemFor } from '@/api/problem'
import { setLang } from '@/i18n'
import { defineComponent, h, nextTick, ref } from 'vue'

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
  it('end the server\'s sentence before their own, and do not offer to fetch what is not there again', () => {
    const lost = mount(StateView, { props: { state: 'error', problem: problemFor(404, { error: { key: 'x', zh: '没有单“9999-0001”', en: 'No case' } }) } })
    expect(lost.text()).toBe('找不到没有单“9999-0001”。')
    expect(mount(StateView, { props: { state: 'error', problem: problemFor(503, { error: { key: 'x', zh: '读不出来', en: 'no' } }) } }).text()).toContain('读不出来。你写的内容都还在。')
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
describe('a clock', () => {
  const clock = { id: 'c', clause: { id: 'greeting', no: '第十一条', title: '首次招呼' }, bearer: 'u1', title: '首次招呼', started_ms: 0, due_ms: 30_000, state: 'running' as const }
  async function heard(mine: boolean) {
    setNowForTest(1_000)
    const w = mount(RuleClock, { props: { clock, mine }, ...options }), said: string[] = []
    for (const ms of [5_000, 19_000, 21_000, 25_000, 29_000, 31_000, 40_000]) { setNowForTest(ms); await nextTick(); await nextTick(); const now = w.find('[role=status]').exists() ? w.find('[role=status]').text() : ''; if (now && now !== said.at(-1)) said.push(now) }
    return { said, w }
  }
  it('speaks to its owner twice: at one third and at zero', async () => expect((await heard(true)).said).toHaveLength(2))
  it('says nothing to anybody else', async () => expect((await heard(false)).said).toEqual([]))
  it('speaks outside its picture, where a reader hears it', async () => { const { w } = await heard(true); expect(w.find('[role=img] [role=status]').exists()).toBe(false); expect(w.find('[role=img]').attributes('aria-label')).toContain('首次招呼') })
})
describe('a dialog', () => {
  it('gives the focus back to where it was', async () => {
    const open = ref(false)
    const w = mount(defineComponent({ setup: () => () => h('div', [h('button', { id: 'from' }, 'x'), h(Dialog, { open: open.value, title: 't', 'onUpdate:open': (v: boolean) => { open.value = v } }, { default: () => h('input', { id: 'in' }) })]) }), { attachTo: document.body, global: { stubs: { teleport: true } } })
    const from = w.find('#from').element as HTMLElement
    from.focus()
    open.value = true
    await nextTick(); await nextTick(); await nextTick()
    expect(document.activeElement?.id).toBe('in')
    open.value = false
    await nextTick(); await nextTick(); await nextTick()
    expect(document.activeElement).toBe(from)
    w.unmount()
  })
})

describe('labels of the day band', () => {
  const marks = [{ at: 20, title: '早会' }, { at: 24, title: '巡店' }, { at: 52, title: '交接班小结' }, { at: 96, title: '打扫' }]
  const boxes = (width: number, now: number | null) => labels(marks, width, now).flatMap((p, i) => { const x = (marks[i]!.at / 100) * width, w = 12 + widthOf(marks[i]!.title); return p.show ? [p.end ? [x + 8 - w, x + 8] : [x, x + w]] : [] })
  it('never overprint each other or the clock of now, at any width and any time', () => {
    for (const width of [180, 360, 700, 1400]) for (let now = 0; now <= 100; now += 1) {
      const clock = Math.max(22, Math.min(width - 22, (now / 100) * width)), all = [...boxes(width, now), [clock - 22, clock + 22]].sort((a, b) => a[0]! - b[0]!)
      for (let i = 1; i < all.length; i++) expect(all[i]![0]).toBeGreaterThanOrEqual(all[i - 1]![1]!)
    }
  })
  it('are all shown where there is room', () => {
    expect(labels(marks, 1400, null).map((p) => p.show)).toEqual([true, true, true, true])
    expect(labels(marks, 360, null).filter((p) => p.show).length).toBeLessThan(4)
    expect(labels(marks, 1400, 53).map((p) => p.show)).toEqual([true, true, false, true])
  })
})
