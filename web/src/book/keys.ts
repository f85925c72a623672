// What the page hands to its panes.
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type { Book } from './state'
import type { Trial } from './trial'

export const bookKey: InjectionKey<Book> = Symbol('book')
export const trialKey: InjectionKey<Trial> = Symbol('trial')
export const useBook = () => inject(bookKey)!
export const useOwnTrial = () => inject(trialKey)!
