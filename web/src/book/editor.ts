// The editor of one part of the rulebook: CodeMirror inside a shadow root, so that its style sheets are adopted there and the page's
// content security policy needs no exception. Words, completion and explanations come from the compiler's own tables; findings are
// underlined where they stand. Loaded only when somebody begins to write.
import { acceptCompletion, autocompletion, completionKeymap, type Completion, type CompletionContext } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { EditorSelection, EditorState, RangeSetBuilder } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, hoverTooltip, keymap, lineNumbers, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import { colour, langWords } from '@/rules/colour'
import { completions, explain, wordAt, type Explained } from './words-of'
import type { Name } from './state'
import type { Finding, Repair } from './source'

const marks = { kw: Decoration.mark({ class: 'g-kw' }), nu: Decoration.mark({ class: 'g-nu' }), st: Decoration.mark({ class: 'g-st' }), cm: Decoration.mark({ class: 'g-cm' }) }
const heading = Decoration.line({ class: 'g-head' }), prose = Decoration.line({ class: 'g-prose' }), fenceLine = Decoration.line({ class: 'g-fence' })

function draw(view: EditorView, kind: Kind): DecorationSet {
  const b = new RangeSetBuilder<Decoration>(), doc = view.state.doc
  if (kind === 'prose') return b.finish()
  let inside = kind === 'block'
  const last = view.visibleRanges.at(-1)?.to ?? 0, first = view.visibleRanges[0]?.from ?? 0
  for (let n = 1; n <= doc.lines; n++) {
    const line = doc.line(n)
    if (line.from > last) break
    const fence = kind === 'all' && /^\s*```/.test(line.text), seen = line.to >= first
    if (seen) {
      if (fence) b.add(line.from, line.from, fenceLine)
      else if (!inside && /^#{1,4}\s/.test(line.text)) b.add(line.from, line.from, heading)
      else if (!inside) b.add(line.from, line.from, prose)
      else { let at = line.from; for (const p of colour(line.text, langWords.value)) { if (p.kind) b.add(at, at + p.text.length, marks[p.kind]); at += p.text.length } }
    }
    if (fence) inside = !inside
  }
  return b.finish()
}
const painter = (kind: Kind) => ViewPlugin.fromClass(class {
  decorations: DecorationSet
  constructor(view: EditorView) { this.decorations = draw(view, kind) }
  update(u: ViewUpdate) { if (u.docChanged || u.viewportChanged) this.decorations = draw(u.view, kind) }
}, { decorations: (v) => v.decorations })

const look = (kind: Kind) => EditorView.theme({
  '&': { height: kind === 'all' ? '100%' : 'auto', fontSize: kind === 'prose' ? '15.5px' : '13px', backgroundColor: kind === 'all' ? 'var(--s)' : 'transparent', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: kind === 'prose' ? 'var(--serif)' : 'var(--mono)', lineHeight: kind === 'prose' ? '1.9' : '1.85', overflow: kind === 'all' ? 'auto' : 'visible' },
  '.cm-content': { caretColor: 'var(--ink)', padding: kind === 'all' ? '10px 0 40vh' : '0', minHeight: '1.85em' }, '.cm-line': { padding: kind === 'all' ? '0 18px 0 12px' : '0' },
  '&.cm-focused': { outline: 'none' }, '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' }, '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink3)', border: '0', fontSize: '11px' }, '.cm-lineNumbers .cm-gutterElement': { minWidth: '22px', padding: '0 10px 0 0' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb,var(--pine) 24%,transparent)' },
  '.g-kw': { color: 'var(--indigo)', fontWeight: '700' }, '.g-nu': { color: 'var(--amber)' }, '.g-st': { color: 'var(--pine)' }, '.g-cm, .g-fence': { color: 'var(--ink3)' }, '.g-head': { fontFamily: 'var(--serif)', fontSize: '16px', fontWeight: '600' }, '.g-prose': { fontFamily: 'var(--serif)', fontSize: '14.5px' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--red) 1.2px', textUnderlineOffset: '4px' }, '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber-f) 1.2px', textUnderlineOffset: '4px' }, '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--indigo) 1.2px', textUnderlineOffset: '4px' },
  '.cm-tooltip': { backgroundColor: 'var(--s)', border: '1px solid var(--ln)', borderRadius: '6px', boxShadow: 'var(--shadow)', fontFamily: 'var(--sans)', fontSize: '13px', maxWidth: '420px', zIndex: '5' }, '.cm-diagnostic': { padding: '8px 12px', borderLeftWidth: '3px', whiteSpace: 'normal' }, '.cm-diagnostic-error': { borderLeftColor: 'var(--red)' }, '.cm-diagnostic-warning': { borderLeftColor: 'var(--amber-f)' }, '.cm-diagnostic-info': { borderLeftColor: 'var(--indigo)' },
  '.cm-diagnosticAction': { backgroundColor: 'transparent', color: 'var(--indigo)', border: '1px solid var(--indigo)', borderRadius: '5px', padding: '2px 8px', margin: '6px 6px 0 0', cursor: 'pointer', font: '12px var(--sans)' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sans)', maxHeight: '260px' }, '.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '1.5' }, '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--pine)', color: 'var(--on)' }, '.cm-completionDetail': { color: 'inherit', opacity: '.7', fontStyle: 'normal', marginLeft: '10px' }, '.cm-completionIcon': { display: 'none' },
  '.g-tip': { padding: '8px 12px', lineHeight: '1.6' }, '.g-tip b': { color: 'var(--indigo)' }, '.g-tip small': { color: 'var(--ink3)', fontSize: '12px', marginLeft: '8px' },
})

export type Kind = 'prose' | 'block' | 'all'
export interface Editor { text: () => string; set: (text: string) => void; show: (findings: readonly Finding[], say: (f: Finding) => string, fix: (r: Repair) => void, label: (r: Repair) => string) => void; goto: (line: number, column?: number) => void; at: (offset: number) => void; word: () => Explained | null; focus: () => void; end: () => void }
export interface Open { kind: Kind; firstLine: number; change: (text: string) => void; save: () => void; next: () => void; find: () => void; up?: () => void; down?: () => void; explained?: (e: Explained | null) => void; names: () => readonly Name[]; english: () => boolean; readOnly?: boolean }

export function openEditor(host: HTMLElement, text: string, label: string, o: Open): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  root.replaceChildren()
  const parent = document.createElement('div')
  parent.className = 'ed'
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`:host{display:block${o.kind === 'all' ? ';height:100%' : ''}}.ed{height:100%}`)
  root.adoptedStyleSheets = [sheet]
  root.append(parent)
  let quiet = false
  const source = (c: CompletionContext) => {
    const before = c.matchBefore(/[\u4e00-\u9fffA-Za-z_.]+/)
    if (!before && !c.explicit) return null
    const list = completions(before?.text ?? '', langWords.value, o.names(), o.english())
    if (!list.length) return null
    const dot = before ? before.text.lastIndexOf('.') : -1
    return { from: before ? (list[0]!.part ? before.from + dot + 1 : before.from) : c.pos, options: list.map((x): Completion => ({ label: x.label, detail: x.detail, type: x.type, boost: x.boost })), validFor: /^[\u4e00-\u9fffA-Za-z_]*$/ }
  }
  const tip = hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos), w = wordAt(line.text, pos - line.from), e = w && explain(w.text, langWords.value, o.names(), o.english())
    if (!w || !e) return null
    return { pos: line.from + w.from, end: line.from + w.to, above: true, create: () => {
      const dom = document.createElement('div'), b = document.createElement('b'), small = document.createElement('small'), p = document.createElement('div')
      dom.className = 'g-tip'
      b.textContent = e.word
      small.textContent = e.kind
      p.textContent = e.text
      dom.append(b, small, p)
      return { dom }
    } }
  })
  const blocky = o.kind !== 'prose'
  const view = new EditorView({
    root, parent,
    state: EditorState.create({
      doc: text,
      extensions: [blocky ? lineNumbers({ formatNumber: (n) => String(n + o.firstLine - 1) }) : [], history(), drawSelection(), EditorView.lineWrapping, painter(o.kind), look(o.kind),
        blocky ? [autocompletion({ override: [source], icons: false, defaultKeymap: false, activateOnTypingDelay: 60 }), tip] : [],
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: () => { o.save(); return true } }, { key: 'F8', run: () => { o.next(); return true } }, { key: 'Mod-f', preventDefault: true, run: () => { o.find(); return true } },
          { key: 'ArrowUp', run: (v) => { if (!o.up || v.state.doc.lineAt(v.state.selection.main.head).number > 1) return false; o.up(); return true } },
          { key: 'ArrowDown', run: (v) => { if (!o.down || v.state.doc.lineAt(v.state.selection.main.head).number < v.state.doc.lines) return false; o.down(); return true } },
          ...(blocky ? [...completionKeymap, { key: 'Tab', run: acceptCompletion }] : []), ...(o.kind === 'all' ? [indentWithTab] : []), ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }), EditorState.readOnly.of(!!o.readOnly),
        EditorView.updateListener.of((u) => {
          if (u.docChanged && !quiet) o.change(u.state.doc.toString())
          if (u.selectionSet && o.explained && blocky) { const at = u.state.selection.main.head, line = u.state.doc.lineAt(at), w = wordAt(line.text, at - line.from); o.explained(w ? explain(w.text, langWords.value, o.names(), o.english()) : null) }
        })],
    }),
  })
  const place = (line: number, column: number) => { const l = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line - o.firstLine + 1))); let at = l.from; for (let n = 1; n < column && at < l.to; n++) at += l.text.codePointAt(at - l.from)! > 0xffff ? 2 : 1; return at }
  return {
    text: () => view.state.doc.toString(),
    // the least change, so that the caret of whoever is typing stays where it is
    set: (next) => {
      const now = view.state.doc.toString()
      if (next === now) return
      let from = 0, end = 0
      while (from < now.length && from < next.length && now[from] === next[from]) from++
      while (end < now.length - from && end < next.length - from && now[now.length - 1 - end] === next[next.length - 1 - end]) end++
      quiet = true
      view.dispatch({ changes: { from, to: now.length - end, insert: next.slice(from, next.length - end) } })
      quiet = false
    },
    show: (findings, say, fix, title) => {
      const last = o.firstLine + view.state.doc.lines
      const list: Diagnostic[] = findings.filter((f) => f.line >= o.firstLine && f.line < last).map((f) => {
        const from = place(f.line, f.column), l = view.state.doc.lineAt(from), to = f.end_column ? place(f.end_line ?? f.line, f.end_column) : Math.min(l.to, from + Math.max(1, (/^\S+/.exec(view.state.doc.sliceString(from, l.to))?.[0].length ?? 1)))
        return { from, to: Math.max(from, to), severity: f.severity === 'question' ? 'warning' : f.severity, message: say(f), actions: (f.repairs ?? []).filter((r) => r.exact).map((r) => ({ name: title(r), apply: () => fix(r) })) }
      })
      view.dispatch(setDiagnostics(view.state, list))
    },
    goto: (line, column = 1) => { const at = place(line, column); view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: 'center' }) }); view.focus() },
    at: (offset) => { view.dispatch({ selection: EditorSelection.cursor(Math.max(0, Math.min(view.state.doc.length, offset))) }); view.focus() },
    word: () => { const at = view.state.selection.main.head, line = view.state.doc.lineAt(at), w = wordAt(line.text, at - line.from); return w ? explain(w.text, langWords.value, o.names(), o.english()) : null },
    focus: () => view.focus(),
    end: () => view.destroy(),
  }
}
