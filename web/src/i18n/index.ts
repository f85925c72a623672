// Words. Each folder keeps its own catalogue `words.ts` ({ zh: {…}, en: {…} }); its keys are addressed as `<folder>.<key>`.
// shell and parts are there from the start, a page's words arrive with the page (loadWords, called by the router).
//
// Own, because a message here is a text with {named} places and nothing more: the general library with its message compiler cost
// 15 kB of the 100 kB that the phone's start may weigh.
import { computed, ref, shallowReactive } from 'vue'

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

const locale = ref<Lang>('zh')
const trees: Record<Lang, Record<string, Tree>> = { zh: shallowReactive(start.zh as Record<string, Tree>), en: shallowReactive(start.en as Record<string, Tree>) }

function find(l: Lang, key: string): string | undefined {
  let at: string | Tree | undefined = trees[l]
  for (const part of key.split('.')) { if (typeof at !== 'object') return undefined; at = at[part] }
  return typeof at === 'string' ? at : undefined
}
/** The language in use; reactive. */
export const lang = computed<Lang>(() => locale.value)
const verbs: Record<string, string> = { are: 'is', were: 'was', have: 'has', wait: 'waits', differ: 'differs', come: 'comes', need: 'needs', 'still need': 'still needs' }
/** “{n} entries are open” of one is “1 entry is open”. English only: the words after a count ({n}, {p}, {stars}) are written as of many. */
export function ofOne(text: string, args: Record<string, unknown>): string {
  return text.replace(/\{(n|p|stars)\} (people|[a-z]+[a-z]s)\b(?: (still need|[a-z]+)\b)?/g, (whole, name: string, noun: string, next?: string) => {
    if (String(args[name]) !== '1' || /^(is|was|has|this|across|as|comes)$/.test(noun)) return whole
    const single = noun === 'people' ? 'person' : noun.replace(/ies$/, 'y').replace(/(ss|ch|sh|x)es$/, '$1').replace(/([^s])s$/, '$1')
    return `{${name}} ${single}${next ? ' ' + (verbs[next] ?? next) : ''}`
  })
}
/** A word of the catalogue: t('desk.send'), t('desk.left', { n: 3 }). Reactive inside templates and computed values. A missing key shows itself. */
export function t(key: string, args?: Record<string, unknown>): string {
  const text = find(locale.value, key) ?? find('zh', key) ?? key
  return args ? (locale.value === 'en' ? ofOne(text, args) : text).replace(/\{(\w+)\}/g, (whole, name: string) => (name in args ? String(args[name]) : whole)) : text
}
export const has = (key: string): boolean => (find(locale.value, key) ?? find('zh', key)) !== undefined
/** Puts a folder's words into the catalogue. */
export function addWords(folder: string, words: { zh: object; en: object }) { trees.zh[folder] = words.zh as Tree; trees.en[folder] = words.en as Tree }

export function setLang(l: Lang) {
  locale.value = l
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
    p = late[path]!().then((m) => {
      addWords(folder, m.default)
    })
    loaded.set(folder, p)
    p.catch(() => loaded.delete(folder))
  }
  return p
}
