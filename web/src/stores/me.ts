// Who is signed in and what the rulebook lets this person do.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, setCsrf } from '@/api/client'
import { ApiError } from '@/api/problem'
import { setZone } from '@/i18n/format'
import { setLang } from '@/i18n'
import type { Me, Prefs } from '@/api/types'
import { syncClock } from './clock'
import { setTheme } from './theme'

export const useMe = defineStore('me', () => {
  const me = ref<Me | null>(null)
  const known = ref(false)

  function take(next: Me) {
    me.value = next
    known.value = true
    setCsrf(next.csrf)
    setZone(next.desk?.zone ?? '')
    syncClock(next.now)
    if (next.prefs?.theme) setTheme(next.prefs.theme)
    if (next.prefs?.lang === 'zh' || next.prefs?.lang === 'en') setLang(next.prefs.lang)
  }
  /** Asks once; null when nobody is signed in. */
  async function load(again = false): Promise<Me | null> {
    if (known.value && !again) return me.value
    try {
      take(await api.get<Me>('/me'))
    } catch (e) {
      if (e instanceof ApiError && e.problem.status === 401) { me.value = null; known.value = true } else throw e
    }
    return me.value
  }
  async function login(job_number: string, password: string, code?: string) {
    await api.post('/login', { job_number, password, ...(code ? { code } : {}) })
    await load(true)
  }
  async function logout(everywhere = false) {
    await api.post(everywhere ? '/logout-everywhere' : '/logout')
    forget()
  }
  function forget() { me.value = null; known.value = true; setCsrf('') }

  /** True if a permission, or one that contains it, was granted: can('订单.备注') is true with 订单. */
  function can(path: string): boolean {
    return !!me.value?.can.some((c) => c === '*' || c === path || path.startsWith(c + '.') || c.startsWith(path + '.'))
  }
  const prefs = computed<Prefs>(() => me.value?.prefs ?? {})
  /** Preferences are saved behind the person's back; a failure is no reason to interrupt. */
  async function setPrefs(part: Partial<Prefs>) {
    if (!me.value) return
    me.value.prefs = { ...me.value.prefs, ...part }
    try { await api.put('/me/prefs', me.value.prefs) } catch { /* kept for this session */ }
  }
  return { me, known, prefs, load, login, logout, forget, can, setPrefs, take }
})
