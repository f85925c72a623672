// Words. Each folder keeps its own catalogue `words.ts` ({ zh: {…}, en: {…} }); its keys are addressed as `<folder>.<key>`.
// shell and parts are there from the start, a page's words arrive with the page (loadWords, called by the router).
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'

export type Lang = 'zh' | 'en'
type Tree = { [key: string]: string | Tree }
export interface Words { zh: Tree; en: Tree }

const early = import.meta.glob<{ default: Words }>(['../shell/words.ts', '../parts/words.ts'], { eager: true })
const late = import.meta.glob<{ default: Words }>(['../*/words.ts', '!../shell/words.ts', '!../parts/words.ts'])

const folderOf = (path: string) => path.split('/')[1]!
const start: { zh: Tree; en: Tree } = { zh: {}, en: {} }
for (const [path, module] of Object.entries(early)) {
  start.zh[folderOf(path)] = module.default.zh
  start.en[folderOf(path)] = module.default.en
}

export function savedLang(): Lang {
  try {
    const saved = localStorage.getItem('lang')
    if (saved === 'zh' || saved === 'en') return saved
  } catch { /* storage may be closed */ }
  return typeof navigator !== 'undefined' && /^en\b/i.test(navigator.language) && !navigator.languages.some((l) => /^zh/i.test(l)) ? 'en' : 'zh'
}

export const i18n = createI18n({ legacy: false, locale: 'zh' as Lang, fallbackLocale: 'zh', messages: start as never, missingWarn: false, fallbackWarn: false })
const composer = i18n.global as unknown as { locale: { value: Lang }; t: (key: string, ...args: any[]) => string; te: (key: string) => boolean; mergeLocaleMessage: (l: Lang, m: Tree) => void }

/** The language in use; reactive. */
export const lang = computed<Lang>(() => composer.locale.value)
/** A word of the catalogue: t('desk.send'), t('desk.left', { n: 3 }). Reactive inside templates and computed values. */
export const t = (key: string, args?: Record<string, unknown> | unknown[]): string => (args ? composer.t(key, args as never) : composer.t(key))
export const has = (key: string): boolean => composer.te(key)

export function setLang(l: Lang) {
  composer.locale.value = l
  document.documentElement.lang = l === 'en' ? 'en' : 'zh-CN'
  try { localStorage.setItem('lang', l) } catch { /* storage may be closed */ }
}

const loaded = new Map<string, Promise<void>>()
/** Adds a folder's catalogue; safe to call again. */
export function loadWords(folder: string): Promise<void> {
  const path = `../${folder}/words.ts`
  if (!late[path]) return Promise.resolve()
  let p = loaded.get(folder)
  if (!p) {
    p = late[path]().then((m) => {
      composer.mergeLocaleMessage('zh', { [folder]: m.default.zh })
      composer.mergeLocaleMessage('en', { [folder]: m.default.en })
    })
    loaded.set(folder, p)
    p.catch(() => loaded.delete(folder))
  }
  return p
}
