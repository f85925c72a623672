import { describe, expect, it } from 'vitest'
import { sections, search } from '../../src/settings/sections'

const say = (key: string) => ({ 'settings.sound': '提示音', 'settings.mine': '我的设置', 'settings.rec.route': '分流' })[key] ?? key
const more = (group: string) => (group === 'route' ? ['每人最多同时分到几段'] : [])

describe('finding a setting', () => {
  it('finds a section by its name, a single setting by its words, one of the server by its label', () => {
    expect(search(sections, '我的设置', say, more).map((f) => [f.section.key, f.label])).toEqual([['me', '']])
    expect(search(sections, '提示', say, more).map((f) => [f.section.key, f.label])).toEqual([['me', '提示音']])
    expect(search(sections, ' 同时 ', say, more).map((f) => [f.section.key, f.label])).toEqual([['routing', '每人最多同时分到几段']])
  })
  it('finds nothing for nothing', () => {
    expect(search(sections, '  ', say, more)).toEqual([])
    expect(search(sections, '没有这样的', say, more)).toEqual([])
  })
  it('keeps apart what each may see', () => {
    const keys = (tier: string, permissions: string[]) => sections.filter((s) => s.may({ tier, can: (p) => permissions.includes(p) })).map((s) => s.key)
    expect(keys('other', [])).toEqual(['me', 'password', 'shop'])
    expect(keys('agent', [])).toEqual(['me', 'password', 'phrases', 'tags', 'shop'])
    expect(keys('agent', ['设置'])).toContain('routing')
    expect(keys('agent', ['设置'])).not.toContain('wages')
    expect(keys('manager', [])).toContain('wages')
    expect(keys('leader', ['密钥'])).toContain('webhooks')
  })
  it('gives every section an address of its own', () => {
    expect(new Set(sections.map((s) => s.key)).size).toBe(sections.length)
  })
})
