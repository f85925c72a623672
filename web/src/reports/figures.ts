// Cells of a report: what is said, and what length a bar has. Ratios and points stay texts of the server; a float never counts.
export interface Column { name: string; key?: string; label?: string; type?: string; title?: string; title_en?: string }
export type Cell = string | number | null | undefined | { id?: string; name?: string; text?: string; fen?: number; link?: string | null }

/** A number for drawing only. "29.9%" → 29.9, "3/7" → 0.43, {fen} → fen. */
export function size(cell: Cell): number | null {
  if (cell === null || cell === undefined || cell === '') return null
  if (typeof cell === 'number') return cell
  if (typeof cell === 'object') return cell.fen ?? (cell.text ? size(cell.text) : null)
  const m = /^[−-]?[\d,]+(?:\.\d+)?/.exec(cell)
  if (!m) return null
  const frac = /^(\d+)\s*\/\s*(\d+)$/.exec(cell)
  if (frac) return Number(frac[2]) ? Number(frac[1]) / Number(frac[2]) : 0
  return Number(m[0].replace('−', '-').replace(/,/g, ''))
}
const textual = ['person', 'text', 'date', 'string', 'enum', '人员', '文', '日期']
export const isFigure = (c: Column, rows: Record<string, Cell>[]) => (!textual.includes(c.type ?? '') || rows.some((r) => typeof r[c.name] === 'string' && /%$/.test(r[c.name] as string))) && rows.some((r) => size(r[c.name]) !== null)

/** The column drawn as bars: the named one, else the last ratio, else the last figure. */
export function barColumn(columns: Column[], rows: Record<string, Cell>[], named?: string | null): string | null {
  if (named && columns.some((c) => c.name === named)) return named
  const figures = columns.filter((c) => isFigure(c, rows))
  return (figures.findLast((c) => c.type === 'ratio' || c.type === '比率') ?? figures.at(-1))?.name ?? null
}

/** Why a figure of a declared report could not be worked out, by column. */
export type Why = Record<string, { zh?: string; en?: string } | undefined>
/** The facts a detail column lists, by column. */
export type Drill = Record<string, { id: string; at: number; zh: string; en?: string }[] | undefined>

const number = /^[−-]?[\d,]+(?:\.\d+)?(?:\s*[^\d\s:/.,-]{1,3})?$|^\d+\s*\/\s*\d+$/
/** The columns of a declared report come as texts; one that holds only numbers is set and drawn as figures. */
export function declaredColumns(columns: Column[], rows: Record<string, Cell>[]): Column[] {
  return columns.map((c) => {
    const said = rows.map((r) => r[c.name]).filter((v) => v !== null && v !== undefined && v !== '')
    const figures = c.name !== 'key' && said.length > 0 && said.every((v) => typeof v === 'number' || (typeof v === 'string' && number.test(v)))
    return figures ? { ...c, type: said.every((v) => /%$/.test(String(v))) ? 'ratio' : 'count' } : c
  })
}
