// Handbook text as nodes. The text is parsed into an inert document (no script runs, nothing is fetched) and cleaned before it is shown.
interface Policy { createHTML: (s: string) => string }
let policy: Policy | undefined
function parse(html: string): Document {
  const types = (globalThis as unknown as { trustedTypes?: { createPolicy: (n: string, p: Policy) => Policy } }).trustedTypes
  if (!policy && types) try { policy = types.createPolicy('guiju', { createHTML: (s) => s }) } catch { /* not allowed by the page's policy: the plain way */ }
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html')
}
const forbidden = 'script,style,iframe,object,embed,form,link,meta,base'
/** Clean nodes of a piece of handbook HTML; `without` names more elements to leave out. */
export function cleanNodes(html: string, without = ''): ChildNode[] {
  const doc = parse(html)
  doc.querySelectorAll(without ? `${forbidden},${without}` : forbidden).forEach((e) => e.remove())
  doc.querySelectorAll('*').forEach((e) => [...e.attributes].forEach((a) => { if (/^on|^style$|^srcdoc$/i.test(a.name) || /^\s*(javascript|data|vbscript):/i.test(a.value)) e.removeAttribute(a.name) }))
  return [...doc.body.childNodes]
}
/** The words alone. */
export const plainText = (html: string, without = '') => cleanNodes(html, without).map((n) => n.textContent ?? '').join(' ').replace(/\s+/g, ' ').trim()
