import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { chord, handleKey, keyActs, keysOf, sayKeys } from '@/shell/keys'
import { useMe } from '@/stores/me'

const press = (init: KeyboardEventInit & { on?: HTMLElement }) => { const e = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }); (init.on ?? document.body).addEventListener('keydown', (x) => handleKey(x as KeyboardEvent), { once: true }); (init.on ?? document.body).dispatchEvent(e); return e }

describe('keys', () => {
  const run = vi.fn()
  beforeEach(() => {
    setActivePinia(createPinia())
    run.mockReset()
    keyActs.clear()
    keyActs.set('desk.next', { id: 'desk.next', keys: 'alt+j', label: '', run })
    keyActs.set('desk.phrase', { id: 'desk.phrase', keys: '/', label: '', run })
  })
  it('use the place of the letter, whatever the layout types', () => expect(chord(new KeyboardEvent('keydown', { altKey: true, key: '∆', code: 'KeyJ' }))).toBe('alt+j'))
  it('act', () => { press({ altKey: true, key: 'j', code: 'KeyJ' }); expect(run).toHaveBeenCalledTimes(1) })
  it('never act while an input method composes', () => { press({ altKey: true, key: 'j', code: 'KeyJ', isComposing: true }); expect(run).not.toHaveBeenCalled() })
  it('leave single characters to fields', () => {
    const field = document.createElement('textarea')
    document.body.append(field)
    press({ key: '/', on: field })
    expect(run).not.toHaveBeenCalled()
    press({ key: '/' })
    expect(run).toHaveBeenCalledTimes(1)
  })
  it('can be changed and switched off by the person', () => {
    const me = useMe()
    me.me = { person: { id: 'p1', name: '', job_number: '', role: '' }, csrf: '', can: [], home: '', lang: '', desk: { name: '', zone: '', rulebook: { id: '', title: '', version: '' } }, now: 0, seq: 0, prefs: { keys: { 'desk.next': null, 'desk.phrase': 'alt+p' } } }
    expect(keysOf(keyActs.get('desk.next')!)).toBeNull()
    expect(sayKeys(keysOf(keyActs.get('desk.phrase')!))).toBe('Alt P')
    press({ altKey: true, key: 'j', code: 'KeyJ' })
    expect(run).not.toHaveBeenCalled()
  })
})
