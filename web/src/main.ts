import { createApp, ref, watchEffect } from 'vue'
import { createPinia } from 'pinia'
import { localeContextKey } from 'element-plus/es/hooks/use-locale/index.mjs'
import './style/tokens.css'
import './style/base.css'
import './style/element.css'
import { lang, savedLang, setLang } from './i18n'
import { onSignedOut } from './api/client'
import { router } from './router'
import { startTheme } from './stores/theme'
import { useMe } from './stores/me'
import { watchUpdates } from './stores/update'
import App from './App.vue'

// Under Trusted Types only our own worker's address and the empty string pass.
const types = (window as unknown as { trustedTypes?: { createPolicy: (n: string, p: object) => unknown } }).trustedTypes
try {
  types?.createPolicy('default', { createHTML: (s: string) => (s === '' ? s : null), createScriptURL: (s: string) => (/^(\/|http)[^?#]*\/?sw\.js$/.test(s) ? s : null) })
} catch { /* another policy of that name stands already */ }

startTheme()
setLang(savedLang())

const app = createApp(App)
app.use(createPinia())

// Element Plus speaks the language in use; its tables of words are fetched when first needed.
const elementWords = ref<any>(undefined)
app.provide(localeContextKey, elementWords)
watchEffect(async () => {
  const wanted = lang.value
  const words = wanted === 'en' ? await import('element-plus/es/locale/lang/en.mjs') : await import('element-plus/es/locale/lang/zh-cn.mjs')
  if (wanted === lang.value) elementWords.value = words.default
})

onSignedOut(() => {
  const me = useMe()
  if (!me.me) return
  me.forget()
  const to = router.currentRoute.value
  if (!to.meta.open) void router.replace({ name: 'login', query: { to: to.fullPath, why: 'ended' } })
})
app.use(router)
// the page in the address is fetched while the session is still being asked for
const wanted = router.resolve(location.pathname)
const load = wanted.matched[0]?.components?.default
if (typeof load === 'function') void (load as () => Promise<unknown>)()
if (!wanted.meta.bare) void import('./shell/AppShell.vue')
app.mount('#app')

if (import.meta.env.PROD && 'serviceWorker' in navigator) addEventListener('load', () => { navigator.serviceWorker.register('/sw.js').then(watchUpdates).catch(() => {}) })
