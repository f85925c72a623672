// The words shared by the pages of records. They are laid into the catalogue when the first such page arrives.
import { i18n, t } from '@/i18n'
import words from './words'
import './office.css'

const merge = i18n.global as unknown as { mergeLocaleMessage: (lang: string, words: object) => void }
/** Lays a folder's words into the catalogue before any part of that folder is drawn on another folder's page. */
export function addWords(folder: string, w: { zh: object; en: object }) {
  merge.mergeLocaleMessage('zh', { [folder]: w.zh })
  merge.mergeLocaleMessage('en', { [folder]: w.en })
}
addWords('office', words)
export { t }
