// The words shared by the pages of records. They are laid into the catalogue when the first such page arrives.
import { addWords, t } from '@/i18n'
import words from './words'
import './office.css'

addWords('office', words)
export { addWords, t }
