import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import DateField from '@/parts/DateField.vue'
import { monthGrid, moveMonths, readDate, readTime } from '@/parts/dateText'
import { setLang } from '@/i18n'
import { setNowForTest } from '@/stores/clock'

describe('a date as it is typed', () => {
  it('is read in every usual spelling', () => {
    for (const s of ['2026-03-05', '2026/3/5', '2026年3月5日', '20260305', '26.3.5', '３月５日', '3-5', '3/5', ' 3月5号 ']) expect(readDate(s, '2026-11-29'), s).toBe('2026-03-05')
    for (const s of ['2026-02-30', '13-1', '5', 'today', '2026-3', '03/05/2026', '']) expect(readDate(s, '2026-11-29'), s).toBeNull()
  })
  it('so is a time of day', () => {
    for (const s of ['9:05', '09:05', '0905', '9点5分', '９：０５']) expect(readTime(s), s).toBe('09:05')
    expect(readTime('9点')).toBe('09:00')
    for (const s of ['24:00', '9:60', 'noon', '']) expect(readTime(s), s).toBeNull()
  })
  it('months are moved without leaving them', () => {
    expect([moveMonths('2026-01-31', 1), moveMonths('2024-02-29', 12), moveMonths('2026-01-15', -1)]).toEqual(['2026-02-28', '2025-02-28', '2025-12-15'])
    expect([monthGrid('2026-03')[0], monthGrid('2026-03')[41]]).toEqual(['2026-02-23', '2026-04-05'])
  })
})

describe('the field', () => {
  const field = (props: object) => {
    const w = mount(DateField, { props: { modelValue: '2026-03-05', 'onUpdate:modelValue': (v: string) => void w.setProps({ modelValue: v }), ...props } as never, attachTo: document.body })
    return w
  }
  const key = (w: ReturnType<typeof field>, k: string, more = {}) => w.find('[data-day][tabindex="0"]').trigger('keydown', { key: k, ...more })
  it('speaks the language of the desk and is moved by keys alone', async () => {
    setNowForTest(Date.parse('2026-03-09T10:00+08:00'))
    const w = field({})
    await w.find('input').trigger('keydown', { key: 'ArrowDown', code: 'ArrowDown' })
    expect(w.find('.dtf-h').text()).toBe('2026年3月')
    expect(w.findAll('.dtf-d.hd').map((x) => x.text()).join('')).toBe('一二三四五六日')
    for (const [k, more, at] of [['ArrowRight', {}, '06'], ['ArrowDown', {}, '13'], ['Home', {}, '09'], ['End', {}, '15'], ['PageUp', {}, '02-15'], ['PageDown', { shiftKey: true }, '2027-02-15']] as const) {
      await key(w, k, more)
      expect(w.find('[data-day][tabindex="0"]').attributes('data-day')).toMatch(new RegExp(at + '$'))
    }
    await w.find('[data-day="2027-02-15"]').trigger('click')
    expect(w.props('modelValue')).toBe('2027-02-15')
    expect(w.find('.dtf-c').exists()).toBe(false)
    w.unmount()
    setLang('en')
    const e = field({})
    await e.find('.dtf-b').trigger('click')
    expect(e.find('.dtf-h').text()).toBe('Mar 2026')
    e.unmount()
    setLang('zh')
  })
  it('keeps the old value and says how to write it when what was typed is no date or lies outside', async () => {
    const w = field({ min: '2026-03-01', max: '2026-03-31' })
    await w.find('input').setValue('2026-02-30')
    await w.find('input').trigger('change')
    expect(w.props('modelValue')).toBe('2026-03-05')
    expect(w.find('[role=alert]').text()).toContain('2026-03-01 到 2026-03-31')
    await w.find('input').setValue('4-1')
    await w.find('input').trigger('change')
    expect(w.props('modelValue')).toBe('2026-03-05')
    await w.find('input').setValue('3月31日')
    await w.find('input').trigger('change')
    expect(w.props('modelValue')).toBe('2026-03-31')
    expect(w.find('[role=alert]').exists()).toBe(false)
    w.unmount()
  })
  it('with a time of day gives both, and clears to nothing', async () => {
    const w = field({ modelValue: '', withTime: true, clearable: true })
    const [day, time] = w.findAll('input')
    await day!.setValue('2026-03-07')
    await day!.trigger('change')
    expect(w.props('modelValue')).toBe('2026-03-07 09:00')
    await time!.setValue('2130')
    await time!.trigger('change')
    expect(w.props('modelValue')).toBe('2026-03-07 21:30')
    await day!.setValue('')
    await day!.trigger('change')
    expect(w.props('modelValue')).toBe('')
    w.unmount()
  })
})
