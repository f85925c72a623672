// The book on the desk: its text while it is worked on, the draft on the server, the findings, and who else is at it. What was typed is
// kept in the browser until the server has it; what others saved is joined in by clause, and a clause that both changed in one place is
// shown with both texts, never overwritten.
import { computed, onScopeDispose, reactive, watch } from 'vue'
import { api } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import { useMe } from '@/stores/me'
import { changedClauses, exampleRepairs, findingOf, type Finding } from './source'
import type { Figure } from './figures'
import { merge3, withSection, type Conflict } from './merge'

export interface Editor { person: string; name: string; clause: string; at: number }
export interface ClauseMark { clause: string; revision: number; by: string; by_name: string; at: number }
export interface Past { at: number; why: string; base_version: string; by_name: string }
interface Draft { exists: boolean; revision: number; base_version: string; base_source: string; source: string; changed_by_name: string | null; changed_ms: number | null; clauses: ClauseMark[]; editors: Editor[]; past: Past[] }
export interface Examples { passed: number; failed: number; not_run: number; items: { line: number; column: number; length: number; clause: string; expected: string; got: string; got_en: string }[] }
export interface Name { kind: string; name: string; detail: string; clause: string; line: number }
export interface Outline { id: string; no: string; title: string; level: number; line: number; state: 'running' | 'told' | 'not_in_force' }
export interface Checked { diagnostics: Parameters<typeof findingOf>[0][]; errors: number; warnings: number; questions: number; ok: boolean; examples: Examples | null; clauses: number; rules: number; version: string | null; title: string | null; outline: Outline[]; names: Name[]; figures: Figure[] }
interface Kept { revision: number; base: string; text: string; conflicts: Conflict[] }

const SAVE_MS = 800, CHECK_MS = 450, HERE_MS = 4000

export function openBook() {
  const me = useMe(), place = `draft:book:${me.me?.desk.name ?? ''}`
  const s = reactive({
    ready: false, problem: null as Problem | null,
    text: '', base: '', baseVersion: '', exists: false, revision: 0, synced: '', changedBy: null as string | null, changedMs: null as number | null,
    saving: false, savedAt: 0, saveProblem: null as Problem | null, restored: false,
    checking: false, checked: null as Checked | null, findings: [] as Finding[], checkProblem: null as Problem | null,
    baseFigures: [] as Figure[], editors: [] as Editor[], marks: [] as ClauseMark[], past: [] as Past[], conflicts: [] as Conflict[], taken: 0, clause: '',
  })
  let saveTimer: ReturnType<typeof setTimeout> | undefined, checkTimer: ReturnType<typeof setTimeout> | undefined, hereTimer: ReturnType<typeof setTimeout> | undefined
  let turn = 0, gone = false, again = false

  const changed = computed(() => changedClauses(s.base, s.text))
  const unsaved = computed(() => s.text !== s.synced)
  const errors = computed(() => s.findings.filter((f) => f.severity === 'error').length)
  const warnings = computed(() => s.findings.filter((f) => f.severity === 'warning' || f.severity === 'question').length)
  const failing = computed(() => s.checked?.examples?.failed ?? 0)
  const others = computed(() => s.editors.filter((e) => e.person !== me.me?.person.id))

  function keep() {
    try {
      if (s.text === s.synced && !s.conflicts.length) localStorage.removeItem(place)
      else localStorage.setItem(place, JSON.stringify({ revision: s.revision, base: s.synced, text: s.text, conflicts: s.conflicts } satisfies Kept))
    } catch { /* storage may be full: the text stands in the page and goes to the server */ }
  }
  function kept(): Kept | null {
    try { const k = JSON.parse(localStorage.getItem(place) ?? 'null') as Kept | null; return k && typeof k.text === 'string' && typeof k.base === 'string' ? k : null } catch { return null }
  }
  function hear(conflicts: Conflict[]) {
    for (const c of conflicts) { const at = s.conflicts.findIndex((x) => x.clause === c.clause); if (at >= 0) s.conflicts[at] = { ...c, mine: s.conflicts[at]!.mine ?? c.mine }; else s.conflicts.push(c) }
  }

  async function load() {
    s.problem = null
    try {
      const d = await api.get<Draft>('/rulebook/draft')
      if (gone) return
      Object.assign(s, { exists: d.exists, revision: d.revision, base: d.base_source, baseVersion: d.base_version, synced: d.source, text: d.source, editors: d.editors, marks: d.clauses, past: d.past, changedBy: d.changed_by_name, changedMs: d.changed_ms, savedAt: d.changed_ms ?? 0 })
      const k = kept()
      s.conflicts = k?.conflicts ?? []
      if (k && k.text !== d.source && k.text !== k.base) {
        const m = merge3(k.base, k.text, d.source)
        s.text = m.source
        hear(m.conflicts)
        s.restored = m.source !== d.source
        if (s.restored) later()
      }
      s.ready = true
      void check()
      void figuresOfBase()
    } catch (e) { if (!gone) s.problem = asProblem(e) }
  }
  async function figuresOfBase() {
    try { const r = await api.post<Checked>('/rulebook/check', { source: s.base }); if (!gone) s.baseFigures = r.figures ?? [] } catch { /* old values are only shown */ }
  }

  async function check() {
    const mine = ++turn
    s.checking = true
    try {
      const r = await api.post<Checked>('/rulebook/check', { source: s.text })
      if (mine !== turn || gone) return
      s.checked = r
      s.checkProblem = null
      const bad = (r.examples?.items ?? []).map((x): Finding => ({ line: x.line, column: x.column, end_column: undefined, severity: 'question', code: 'example', clause: x.clause, repairs: exampleRepairs(s.text, x), zh: `例子照现在的规则算出来不一样。例子写：${x.expected}。算出来：${x.got || '无'}。以哪个为准？`, en: `The example comes out differently now. It says: ${x.expected}. It comes to: ${x.got_en || 'none'}. Which one holds?` }))
      s.findings = [...(r.diagnostics ?? []).map(findingOf), ...bad].sort((a, b) => a.line - b.line || a.column - b.column)
    } catch (e) { if (mine === turn && !gone) s.checkProblem = asProblem(e) } finally { if (mine === turn) s.checking = false }
  }

  function change(next: string) {
    if (next === s.text) return
    s.text = next
    keep()
    later()
    clearTimeout(checkTimer)
    checkTimer = setTimeout(() => void check(), CHECK_MS)
  }
  function later(ms = SAVE_MS) { clearTimeout(saveTimer); saveTimer = setTimeout(() => void save(), ms) }

  /** Takes a newer text of the server under what is typed here. */
  function under(server: string, base: string) {
    const m = merge3(base, s.text, server)
    hear(m.conflicts)
    if (m.source === s.text) return
    s.text = m.source
    s.taken++
    clearTimeout(checkTimer)
    checkTimer = setTimeout(() => void check(), CHECK_MS)
  }

  async function save(): Promise<boolean> {
    clearTimeout(saveTimer)
    if (s.saving) { again = true; return false }
    if (s.text === s.synced) return true
    s.saving = true
    const sent = s.text, base = s.synced
    try {
      const r = await api.put<{ revision: number; source: string | null; taken: number; conflicts: Conflict[]; at: number; clauses: ClauseMark[] }>('/rulebook/draft', { revision: s.revision, source: sent, base })
      if (gone) return true
      const server = r.source ?? sent
      Object.assign(s, { revision: r.revision, synced: server, exists: true, savedAt: r.at, saveProblem: null, marks: r.clauses, restored: false })
      hear(r.conflicts)
      if (server !== s.text) under(server, sent)
      keep()
      return true
    } catch (e) {
      if (!gone) { s.saveProblem = asProblem(e); later(5000) }
      return false
    } finally {
      s.saving = false
      if (!gone && (again || s.text !== s.synced) && !s.saveProblem) { again = false; later() }
    }
  }

  async function here() {
    clearTimeout(hereTimer)
    if (gone) return
    try {
      if (s.ready && document.visibilityState !== 'hidden' && !s.saving) {
        const asked = s.revision
        const r = await api.post<{ exists: boolean; revision: number; source: string | null; editors: Editor[]; clauses: ClauseMark[] | null }>('/rulebook/draft/here', { revision: asked, clause: s.clause })
        if (gone) return
        s.editors = r.editors
        if (s.saving || s.revision !== asked) { /* a save went by meanwhile: this answer is older than what is here */
        } else if (r.source !== null && r.revision !== s.revision) {
          const base = s.synced
          s.synced = r.source
          s.revision = r.revision
          s.exists = true
          if (r.clauses) s.marks = r.clauses
          under(r.source, base)
          keep()
          if (s.text !== s.synced) later()
        } else if (!r.exists && s.exists) {
          // somebody published or put away the draft: what is typed here stands on the new base
          s.exists = false
          s.revision = 0
          void rebase()
        }
      }
    } catch { /* the strip on top says that the line is down */ }
    if (!gone) hereTimer = setTimeout(() => void here(), HERE_MS)
  }
  async function rebase() {
    const d = await api.get<Draft>('/rulebook/draft').catch(() => null)
    if (!d || gone) return
    const mine = s.text, base = s.synced
    Object.assign(s, { exists: d.exists, revision: d.revision, base: d.base_source, baseVersion: d.base_version, synced: d.source, past: d.past, marks: d.clauses })
    s.text = mine === base ? d.source : merge3(base, mine, d.source).source
    keep()
    void check()
    void figuresOfBase()
  }

  /** Of a clause that two people changed: mine, theirs, or both one behind the other. */
  function settle(c: Conflict, choice: 'mine' | 'theirs' | 'both') {
    s.conflicts = s.conflicts.filter((x) => x !== c)
    if (choice === 'mine') change(withSection(s.text, c.clause, c.mine))
    else if (choice === 'both' && c.mine !== null) change(withSection(s.text, c.clause, `${(c.theirs ?? '').replace(/\n*$/, '\n')}\n${c.mine.replace(/^#{1,6}[^\n]*\n/, '')}`))
    else keep()
  }
  async function discard() {
    await api.post('/rulebook/draft/discard', { revision: s.revision })
    try { localStorage.removeItem(place) } catch { /* nothing kept */ }
    s.conflicts = []
    await load()
  }
  async function start(from: { version?: string; past?: number }) {
    await save()
    await api.post('/rulebook/draft/start', { revision: s.revision, ...from })
    try { localStorage.removeItem(place) } catch { /* nothing kept */ }
    s.conflicts = []
    await load()
  }
  async function format() {
    const sent = s.text, r = await api.post<{ source: string; changed: boolean }>('/rulebook/format', { source: sent })
    if (r.changed) change(s.text === sent ? r.source : merge3(sent, s.text, r.source).source)
    return r.changed
  }

  const leave = () => { keep(); if (s.ready && s.text !== s.synced) void save() }
  addEventListener('pagehide', leave)
  const online = () => { s.saveProblem = null; if (s.text !== s.synced) void save(); void check() }
  addEventListener('online', online)
  watch(() => s.clause, () => { if (s.ready) { clearTimeout(hereTimer); hereTimer = setTimeout(() => void here(), 600) } })
  onScopeDispose(() => {
    leave()
    gone = true
    clearTimeout(saveTimer); clearTimeout(checkTimer); clearTimeout(hereTimer)
    removeEventListener('pagehide', leave)
    removeEventListener('online', online)
    if (s.ready) void api.post('/rulebook/draft/here', { revision: s.revision, clause: '', leaving: true }).catch(() => undefined)
  })
  void load().then(() => void here())
  return reactive({ s, changed, unsaved, errors, warnings, failing, others, load, check, change, save, settle, discard, start, format, rebase })
}
export type Book = ReturnType<typeof openBook>
