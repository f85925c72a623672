// Shapes of /api/v1 as the pages use them. Times are milliseconds since 1970 (…_ms durations too), money is whole fen.
// `npm run types` compares them with the description that a running program serves.

export type Id = string
export interface Page<T> { items: T[]; next: string | null }

export type Person = { id: Id; name: string; job_number: string; role: string; superior?: Id | null; superior_name?: string; base_wage_fen?: number; state?: string; presence?: Presence; pinyin?: string[]; joined_ms?: number } & Partial<Leave>
/** The leave that runs, else the next. */
export interface Leave { leave_from_ms: number | null; leave_until_ms: number | null }
export type Presence = 'online' | 'busy' | 'away' | 'offline'
export interface Desk { name: string; zone: string; rulebook: { id: string; title: string; version: string } }
export interface Prefs { theme?: 'light' | 'dark' | 'system'; lang?: 'zh' | 'en'; send?: 'enter' | 'ctrl-enter'; sound?: boolean; keys?: Record<string, string | null>; auto_reply?: string; [k: string]: unknown }
export interface Me { person: Person; csrf: string; can: string[]; home: string; lang: string; desk: Desk; now: number; /** the last event these answers know of */ seq: number; prefs: Prefs; presence?: Presence }
export interface Setup { needed: boolean; templates: { id: string; title: string; summary: string }[] }

export interface ClauseRef { id: string; no: string; title: string }
export type ClockState = 'running' | 'paused' | 'violated' | 'met' | 'late'
/** `clause` null: a target of the settings, where the rulebook is silent. */
export interface Clock { id: Id; clause: ClauseRef | null; bearer: Id; bearer_name?: string; object?: { conversation?: Id; order?: Id; case?: Id }; title: string; title_en?: string; started_ms: number; due_ms: number; state: ClockState; zero?: string; zero_en?: string; now?: number; prose?: string }

export interface Customer { id: Id; name: string; initial?: string; phone_masked?: string | null; email_masked?: string | null; address_masked?: string | null; note?: string | null; first_seen_ms?: number; visits?: number; orders?: number; spent_fen?: number; tags?: string[] }
export type Box = 'mine' | 'waiting' | 'colleagues' | 'snoozed' | 'closed' | 'open' | 'spam'
export type By = { type: 'customer' | 'agent' | 'auto' | 'system' | 'note' | 'whisper'; id?: Id | null; name?: string | null }
export interface FileRef { id: Id; name: string; type: string; size: number; w?: number; h?: number }
export interface Quote { id: Id; type: By['type']; name: string; text: string; recalled?: boolean; files?: FileRef[] }
/** What somebody did with a conversation, as a line of its thread. */
export interface Act { act: string; to?: Id; to_name?: string; former?: Id; former_name?: string; agent?: Id; agent_name?: string; reason?: string; text?: string; result?: string; cause?: string; into?: Id; until?: number; stars?: number }
/** The envelope of a letter that came in; addresses are masked but our own. */
export interface MailHead { channel: Id; class: 'message' | 'automatic' | 'bounce' | 'refused' | 'loop' | string; title: string; quoted: string; from_masked: string; to_masked?: string[]; cc_masked?: string[] }
/** What became of a message that went out as a letter. */
export interface Delivery { id: Id; channel?: Id; to_masked?: string; title?: string; cc_masked?: string[]; refused_masked?: string[]; again_masked?: string[]; again_reason?: string; again_reason_en?: string; state: 'queued' | 'sent' | 'failed' | 'bounced' | 'withdrawn'; attempts: number; reason: string; reason_en?: string; next_ms: number | null; at: number }
export interface Message { id: Id; seq: number; at: number; by: By; text: string; files?: FileRef[]; read?: boolean; clause?: ClauseRef | null; conversation?: Id; quote?: Quote; mentions?: { id: Id; name: string }[]; edited_ms?: number; recalled_ms?: number; act?: Act; mail?: MailHead; delivery?: Delivery }
export interface Offer { to: Id; to_name: string; by: Id; by_name: string; until_ms: number; reason: string; text: string }
export interface Draft { text: string; note: boolean; files?: FileRef[]; revision: number; at: number }
/** A talk of the customer as it stands over its messages in the thread. */
export interface TalkHead { id: Id; channel: string; state: string; started_ms: number; closed_ms: number | null; agent: Id; agent_name: string; rating: number | null; deal: boolean | null }
/** What somebody who has gone left behind, until a colleague takes it. */
export interface Handover { id: Id; person: Id; person_name: string; reason: string; opened_ms: number; to: Id | null; to_name: string | null; until_ms: number | null; mine: boolean; conversations: { id: Id; customer: string; channel: string; last: string; wait_since_ms: number | null }[] }
export interface Tag { name: string; group: string; colour: string; used: number }
export interface Notice { id: Id; type: string; at: number; text: string; text_en?: string; object?: { conversation?: Id; case?: Id; order?: Id } | null; place?: number | null; by_name?: string | null; clause?: ClauseRef | null }
export interface ConversationRow {
  id: Id; customer: Customer; channel: string; state: 'waiting' | 'open' | 'closed'; agent: Id | null; agent_name?: string | null
  last: { text: string; by: string | By; at: number; type?: string } | null; unread: number; group: 'must' | 'idle' | 'accept' | 'snoozed'
  snooze_ms?: number | null; woken_ms?: number | null; offer_to?: Id | null
  wait_since_ms: number | null; clock: Clock | null; tags: string[]; started_ms: number; closed_ms?: number | null
}
/** What was accepted; `instead_of` when a colleague was faster and the next one came in its place. */
export interface Accepted { id: Id; agent: Id; instead_of?: { id: Id; agent: string | null } }
export interface ConversationCounts { must: number; idle: number; waiting: number; mine: number; snoozed?: number }
export interface ConversationList extends Page<ConversationRow> { counts?: ConversationCounts; offers?: ConversationRow[]; defaults?: boolean }
export interface Conversation extends ConversationRow { messages: Message[]; orders: Order[]; cases: CaseRow[]; read_by_customer_seq?: number; clocks?: Clock[]; close_reason?: string | null; deal?: boolean | null; no_deal_reason?: string | null; rating?: number | null; read_by_agent_seq?: number; previous?: Id | null; draft?: Draft | null; offer?: Offer | null; spam?: boolean; merged_into?: Id | null; siblings?: { id: Id; channel: string; agent: Id; agent_name: string; started_ms: number; last_text: string }[]; earlier?: { head: TalkHead; messages: Message[] }[] }
export type PhraseScope = 'rulebook' | 'personal' | 'team' | 'desk'
export interface Phrase { id: Id; keys: string; text: string; scope?: PhraseScope; team?: string; group?: string; pinyin?: string; files?: FileRef[]; used?: number; mine?: number; mine_ms?: number; from_rulebook?: boolean }
export interface PhraseGroup { id: Id; name: string; scope: PhraseScope; team?: string; may_change: boolean; clause?: ClauseRef | null; phrases: Phrase[] }
export interface PhraseVariable { key: string; names: string[]; zh: string; en: string }
export interface PhraseList { items: PhraseGroup[]; variables: PhraseVariable[]; may_change: boolean }

export interface OrderNote { at_ms?: number; at?: number; person?: Id; by?: Id; name?: string; by_name?: string; text: string; flag?: string | null }
export interface Order {
  no: string; customer: Id | { id: Id; name: string } | null; buyer?: string; state: string; state_zh?: string; amount_fen: number; created_ms: number | null; paid_ms: number | null; shipped_ms?: number | null; completed_ms?: number | null; closed_ms?: number | null; fetched_ms?: number | null
  goods: { name: string; qty: number; price_fen?: number }[]; seller_note: string | null; flag: string | null; agent: Id | null; agent_name?: string | null; special: string | null; notes?: OrderNote[]; fetched: boolean; quantity?: number; noted?: number; refunded_fen?: number
}
/** What the gate said: permit (with acts that come with it), or consult (somebody must approve first). A refusal is a Problem. */
export interface Decision { verdict: 'permit' | 'consult' | string; reasons?: { zh?: string; en?: string; clause?: Id | ClauseRef | null }[]; acts?: { type?: string; zh?: string; en?: string; text?: string; fen?: number; to?: string; clause?: Id | ClauseRef | null }[]; approval?: Id; stages?: { role?: string; name?: string; who?: string }[] }

export interface DayDuty { id: Id; title: string; clause?: ClauseRef | null; due_ms: number; state: 'pending' | 'met' | 'late' | 'violated'; evidence: string[]; object?: string | null; done_ms?: number | null; title_en?: string; by_hand?: boolean; goal?: string; need?: number; done?: number; zero?: string }
export interface Band { from: number; to: number; segments: { from: number; to: number; type: 'work' | 'rest' | 'away' | 'overtime' }[]; marks: { at: number; title: string; done: boolean }[] }
export interface Today { shift: { name: string; start_ms: number; end_ms: number; date?: string; worked?: boolean | number; extended?: boolean } | null; clocked_in_ms: number | null; clocked_out_ms?: number | null; away_ms_today: number; away_limit_ms?: number | null; away_once_ms?: number | null; meal_limit_ms?: number | null; away_meal?: boolean; cap?: number; away_since_ms?: number | null; left_since_ms?: number | null; duties: DayDuty[]; band: Band | null; leave_from_ms?: number | null; leave_until_ms?: number | null }

export interface CaseField { name: string; type: string; required: boolean; many?: boolean; enum?: string[]; hint?: string; min_chars?: number; computed?: boolean; condition?: string | null }
export interface CaseStep { from?: string; to: string; who: string | string[]; due?: string | null; label?: string }
export interface CaseType { id: string; title: string; fields: CaseField[]; steps: CaseStep[]; states?: string[]; first?: string; who_opens?: string[]; may_open?: boolean; subject?: string; clause?: ClauseRef | null }
export interface CaseRow { id: Id; number: string; type: string; type_title?: string; state: string; title: string; person?: Id | null; person_name?: string | null; customer?: Id | null; opened_ms: number; moved_ms?: number; clock?: Clock | null; closed?: boolean }
export interface CaseMove { to: string; label: string; allowed: boolean; why_not?: string | null }
export interface CaseDetail extends CaseRow { fields: Record<string, unknown>; moves: CaseMove[]; history: { at: number; by?: Id; by_name?: string; from?: string | null; to: string; text?: string | null; fields?: Record<string, unknown> }[] }

export type SealState = 'proposed' | 'confirmed' | 'appealed' | 'waived' | 'withdrawn' | 'limited' | 'open'
export interface Slip { id: Id; at: number; type: 'fine' | 'reward' | 'pay' | 'compensate' | 'charge' | 'score' | 'discipline' | 'suggest' | 'remind' | string; seal: SealState; title: string; detail: string; clause: ClauseRef; fen: number; fen_min?: number; fen_max?: number; decided_by?: string | null; points?: string | null; ordinal?: number | null; appeal_until_ms?: number | null; person?: Id; person_name?: string; object?: { conversation?: Id; case?: Id; order?: Id } | null }
export interface Ledger { month: string; sealed: boolean; person: Person; totals: { reward_fen: number; fine_confirmed_fen: number; fine_open_fen: number; pay_fen: number; points?: { name: string; start: string; left: string }[] }; slips: Slip[]; preview: { base_fen: number; lines: { label: string; fen: number }[]; gross_fen: number; deducted_fen: number; limit_fen: number; not_deducted_fen: number; net_fen: number; clause: ClauseRef | null } | null; days: { date: string; worked?: boolean; type?: string; marks?: number; [k: string]: unknown }[] }
export interface Why { slip: Slip; clause: ClauseRef & { prose: string; version: string; in_force_from: string | number; figures: { name: string; value: string }[] }; evidence: { at: number; kind: string; text: string; text_en?: string; counts: 'start' | 'stop' | 'counted' | 'not_counted'; link?: string | null }[]; arithmetic: { text: string; value: string; text_en?: string; value_en?: string }[]; next: { at: number | null; text: string; text_en?: string; state: string }[]; avoid: string | null; avoid_en?: string | null }

export interface Approval { id: Id; title: string; what?: string; detail?: string; who_asks?: string; asked_by_name?: string; at: number; clause?: ClauseRef | null; why_you?: string; effect?: string; clock?: Clock | null; due_ms?: number | null; kind?: string; ladder?: LadderStep[]; at_fen?: number | null; quote?: string | null; case?: Id | null }
export interface LadderStep { upto_fen: number | null; who: string; me?: boolean; note?: string }
/** clause null: a default target of the settings. */
export interface FloorClock extends Clock { customer_name?: string }
export interface Floor { sentence: { on: number; customers: number; waiting: number; longest_ms: number }; people: { id: Id; name: string; presence: Presence; load: number; cap: number; worst_clock: Clock | null; band: Band | null; first_reply: { met: number; total: number }; leave_from_ms?: number | null; leave_until_ms?: number | null }[]; clocks: FloorClock[]; proposed: Slip[]; approvals: Approval[]; cases: CaseRow[]; tide: { at: number; customers: number; hands: number; breaches: number }[] }

export type FeedFrame =
  | { hello: { now: number; seq: number } }
  | { seq: number; kind: string; at: number; by: Id | null; data: Record<string, any> }
  | { seq: number; consequence: Slip }
  | { seq: number; clock: Clock }
  | { typing: { conversation: Id; by: string; text?: string } }
  | { here: { conversation: Id; people: Id[] } }
  | { reload: true }
  | { now: number; seq?: number }
