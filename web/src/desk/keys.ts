// The keys of an open conversation. The workbench names them before one is open, so that the list of keys holds them from the start.
import { t } from '@/i18n'
import type { KeyAct } from '@/shell/keys'

const talk = { phrase: ['/', 'phrase'], note: ['alt+n', 'note'], transfer: ['alt+t', 'transfer'], case: ['alt+c', 'case'], end: ['alt+e', 'end'], quote: ['alt+q', 'quote'], aside: ['alt+s', 'snooze'], takeover: ['alt+o', ''], why: ['alt+w', 'why'] } as const
/** One act of a conversation, as the list of keys says it. */
export const talkKey = (name: keyof typeof talk, act: Pick<KeyAct, 'run' | 'when'>): KeyAct => ({ id: 'desk.' + name, keys: talk[name][0], get label() { const word = talk[name][1]; return t(word ? 'desk.keys.' + word : 'desk.take.go') }, ...act })
export const talkKeys = () => (Object.keys(talk) as (keyof typeof talk)[]).map((name) => talkKey(name, { run: () => {} }))
