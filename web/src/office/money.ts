/** Fen from what a person types: "12", "12.5", "1,200.00", full-width figures. Null when it is no sum or finer than a fen. */
export function fenOf(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s,，元¥￥]/g, '')
  const m = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain)
  return m ? Number(m[1]) * 100 + Number((m[2] ?? '').padEnd(2, '0')) : null
}
/** "12.50", for an input box. */
export const fenText = (fen: number | null | undefined) => (fen === null || fen === undefined ? '' : `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`)
