// The editor of the rulebook: CodeMirror inside a shadow root, so that its style sheets are adopted there and the page's content
// security policy needs no exception. Colours are those of the handbook's blocks; findings are underlined where they stand.
import { history, defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands'
import { lintGutter, nextDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, RangeSetBuilder } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import { colour } from '@/rules/colour'
import type { Finding } from './source'

const marks = { kw: Decoration.mark({ class: 'g-kw' }), nu: Decoration.mark({ class: 'g-nu' }), st: Decoration.mark({ class: 'g-st' }), cm: Decoration.mark({ class: 'g-cm' }) }
const heading = Decoration.line({ class: 'g-head' }), prose = Decoration.line({ class: 'g-prose' }), fenceLine = Decoration.line({ class: 'g-fence' })

function draw(view: EditorView): DecorationSet {
  const b = new RangeSetBuilder<Decoration>(), doc = view.state.doc
  let inside = false, n = 1
  const last = view.visibleRanges.at(-1)?.to ?? 0, first = view.visibleRanges[0]?.from ?? 0
  for (; n <= doc.lines; n++) {
    const line = doc.line(n)
    if (line.from > last) break
    const fence = /^\s*```/.test(line.text), seen = line.to >= first
    if (seen) {
      if (fence) b.add(line.from, line.from, fenceLine)
      else if (!inside && /^#{1,4}\s/.test(line.text)) b.add(line.from, line.from, heading)
      else if (!inside) b.add(line.from, line.from, prose)
      else { let at = line.from; for (const p of colour(line.text)) { if (p.kind) b.add(at, at + p.text.length, marks[p.kind]); at += p.text.length } }
    }
    if (fence) inside = !inside
  }
  return b.finish()
}
const paint = ViewPlugin.fromClass(class {
  decorations: DecorationSet
  constructor(view: EditorView) { this.decorations = draw(view) }
  update(u: ViewUpdate) { if (u.docChanged || u.viewportChanged) this.decorations = draw(u.view) }
}, { decorations: (v) => v.decorations })

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--s)', color: 'var(--ink)' }, '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.85' }, '.cm-content': { caretColor: 'var(--ink)', padding: '10px 0 40vh' }, '.cm-line': { padding: '0 18px 0 12px' },
  '&.cm-focused': { outline: 'none' }, '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' }, '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--ink3)', border: '0', borderRight: '1px solid var(--ln)', fontSize: '11px' }, '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb,var(--s2) 50%,transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb,var(--pine) 24%,transparent)' }, '.cm-searchMatch': { backgroundColor: 'var(--amber-w)' }, '.cm-panels': { backgroundColor: 'var(--bg)', color: 'var(--ink)' },
  '.g-kw': { color: 'var(--indigo)', fontWeight: '700' }, '.g-nu': { color: 'var(--amber)' }, '.g-st': { color: 'var(--pine)' }, '.g-cm, .g-fence': { color: 'var(--ink3)' }, '.g-head': { fontFamily: 'var(--serif)', fontSize: '16px', fontWeight: '600' }, '.g-prose': { fontFamily: 'var(--serif)', fontSize: '14.5px' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--red) 1.2px', textUnderlineOffset: '4px' }, '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber-f) 1.2px', textUnderlineOffset: '4px' }, '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--indigo) 1.2px', textUnderlineOffset: '4px' },
  '.cm-tooltip': { backgroundColor: 'var(--s)', border: '1px solid var(--ln)', borderRadius: '6px', boxShadow: 'var(--shadow)', fontFamily: 'var(--sans)' }, '.cm-diagnostic': { padding: '8px 12px', borderLeftWidth: '3px' }, '.cm-diagnostic-error': { borderLeftColor: 'var(--red)' }, '.cm-diagnostic-warning': { borderLeftColor: 'var(--amber-f)' }, '.cm-diagnostic-info': { borderLeftColor: 'var(--indigo)' },
})

export interface Editor { text: () => string; set: (text: string) => void; show: (findings: readonly Finding[], say: (f: Finding) => string) => void; goto: (line: number, column?: number) => void; end: () => void }

export function openEditor(host: HTMLElement, text: string, label: string, o: { change: (text: string) => void; save: () => void; readOnly?: boolean }): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  root.replaceChildren()
  const parent = document.createElement('div')
  parent.className = 'ed'
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(':host{display:block;height:100%}.ed{height:100%}')
  root.adoptedStyleSheets = [sheet]
  root.append(parent)
  const view = new EditorView({
    root, parent,
    state: EditorState.create({
      doc: text,
      extensions: [lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), EditorView.lineWrapping, paint, look,
        keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => { o.save(); return true } }, { key: 'F8', run: nextDiagnostic }, indentWithTab, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }), EditorState.readOnly.of(!!o.readOnly), EditorView.updateListener.of((u) => { if (u.docChanged) o.change(u.state.doc.toString()) })],
    }),
  })
  const place = (line: number, column: number) => { const l = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line))); return Math.min(l.to, l.from + Math.max(0, column - 1)) }
  return {
    text: () => view.state.doc.toString(),
    set: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    show: (findings, say) => {
      const list: Diagnostic[] = findings.map((f) => { const from = place(f.line, f.column), l = view.state.doc.lineAt(from), to = f.end_column ? place(f.end_line ?? f.line, f.end_column) : Math.min(l.to, from + Math.max(1, (/^\S+/.exec(view.state.doc.sliceString(from, l.to))?.[0].length ?? 1))); return { from, to: Math.max(from, to), severity: f.severity === 'question' ? 'warning' : f.severity, message: say(f) } })
      view.dispatch(setDiagnostics(view.state, list))
    },
    goto: (line, column = 1) => { const at = place(line, column); view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'start', yMargin: 40 }) }); view.focus() },
    end: () => view.destroy(),
  }
}
