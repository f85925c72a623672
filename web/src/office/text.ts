// The words shared by the pages of records. They are laid into the catalogue when the first such page arrives.
import { i18n, t } from '@/i18n'
import words from './words'
import './office.css'

const merge = i18n.global as unknown as { mergeLocaleMessage: (lang: string, words: object) => void }
merge.mergeLocaleMessage('zh', { office: words.zh })
merge.mergeLocaleMessage('en', { office: words.en })
export { t }
