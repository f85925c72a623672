// Searching the handbook: every word must occur in number, title, prose or block; full-width and half-width figures are the same.
export interface Searchable { no: string; title: string; id: string; html: string; rule?: string | null }

export const plainText = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/&nbsp;/g, ' ').replace(/\s+/g, ' ').trim()
const fold = (s: string) => s.normalize('NFKC').toLowerCase().replace(/\s+/g, '')

export function found<T extends Searchable>(clauses: readonly T[], query: string): T[] {
  const words = query.trim().split(/\s+/).map(fold).filter(Boolean)
  if (!words.length) return [...clauses]
  return clauses.filter((c) => { const text = fold(`${c.no} ${c.title} ${c.id} ${plainText(c.html)} ${c.rule ?? ''}`); return words.every((w) => text.includes(w)) })
}

export interface Piece { text: string; kind: '' | 'kw' | 'nu' | 'st' | 'cm' }
const words = '自|起|于|内|前|须|逾期|罚款|奖励|提醒|催办|上报|建议|计薪|扣款|赔偿|封顶|未做|计至|届前|凡|则|按|次序|每|结|合计|申请|拒|准|经|若|其余|因|并|由|单据|字段|流程|当事|可开|检查表|参数|自定|岗位|上级|班次|排班|制度|版本|公布|施行|时区|行业|例|设|得|无|禁止|告知|阅读|报表|量|账户|收|公开|用途|管|密级|外发|所称|指|其中|且|或|非|有|不超过|不低于|超出|不结转|凭|完成|收费|同|至|次日|延至|连上|轮休|抽'
const lexer = new RegExp(`(“[^”]*”|"[^"]*")|((?:--|//)[^\\n]*|#[\\w.\\-\\u4e00-\\u9fff]+)|(\\d+(?:\\.\\d+)?%?(?:秒|分钟|分|小时|天|日|元|个工作日|次|会话|字)?)|(?<![\\u4e00-\\u9fff])(${words})(?![\\u4e00-\\u9fff])`, 'g')

/** The lines that run, and those that are only examples (例 …, with what is indented below them). */
export function parted(source: string): { rules: string[]; examples: string[] } {
  const rules: string[] = [], examples: string[] = []
  let inside = false
  for (const line of source.replace(/\n+$/, '').split('\n')) {
    if (/^\S/.test(line)) inside = /^(例|example)(\s|$)/.test(line)
    ;(inside ? examples : rules).push(line)
  }
  return { rules, examples }
}

/** A rule block cut into keywords, figures and quotations, for colouring only. */
export function colour(line: string): Piece[] {
  const out: Piece[] = []
  let at = 0
  for (const m of line.matchAll(lexer)) {
    if (m.index > at) out.push({ text: line.slice(at, m.index), kind: '' })
    out.push({ text: m[0], kind: m[1] ? 'st' : m[2] ? 'cm' : m[3] ? 'nu' : 'kw' })
    at = m.index + m[0].length
  }
  if (at < line.length) out.push({ text: line.slice(at), kind: '' })
  return out
}
