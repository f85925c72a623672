// A channel as the server tells it, and what a new mailbox starts with.
export type State = 'connected' | 'trouble' | 'new' | 'off'
export interface Server { host: string; port: number; security: 'tls' | 'starttls' | 'none'; user: string }
export interface Settings { in: Server; out: Server; folder: string; from_name: string; signature: string; token: 'subject' | 'address' | 'none'; auto_answer: string; receipt: string; most_mb: number; poll_s: number; unverified: boolean; separate_password: boolean; loop_most: number; loop_except: string }
export interface Side { state: State; reason: string; since_ms: number | null }
export interface Channel { id: string; class: 'web' | 'mail'; name: string; address?: string; enabled: boolean; state: State; settings?: Settings; has_password?: boolean; in?: Side; out?: Side; queued?: number; failed?: number; received?: number; received_ms?: number | null; created_ms?: number }
export interface Letter { seq: number; class: string; from_masked: string; title: string; reason: string; at: number; conversation: string | null }
export interface Verdict { ok: boolean; problem?: { zh: string; en: string } }
export const blank = (): Settings => ({ in: { host: '', port: 993, security: 'tls', user: '' }, out: { host: '', port: 465, security: 'tls', user: '' }, folder: 'INBOX', from_name: '{客服} · {店铺}', signature: '', token: 'subject', auto_answer: '', receipt: '', most_mb: 25, poll_s: 20, unverified: false, separate_password: false, loop_most: 20, loop_except: '' })
export const ports = { in: { tls: 993, starttls: 143, none: 143 }, out: { tls: 465, starttls: 587, none: 587 } } as const
