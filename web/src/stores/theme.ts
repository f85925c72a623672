// Light, dark or as the system says. The choice stands in localStorage and in the person's preferences.
import { ref } from 'vue'

export type Theme = 'light' | 'dark' | 'system'
const media = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined
export const theme = ref<Theme>('system')
export const dark = ref(false)

function apply() {
  dark.value = theme.value === 'dark' || (theme.value === 'system' && !!media?.matches)
  document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
}
export function setTheme(next: Theme) {
  theme.value = next
  try { localStorage.setItem('theme', next) } catch { /* storage may be closed */ }
  apply()
}
export function startTheme() {
  let saved: string | null = null
  try { saved = localStorage.getItem('theme') } catch { /* storage may be closed */ }
  theme.value = saved === 'light' || saved === 'dark' ? saved : 'system'
  media?.addEventListener('change', apply)
  apply()
}
