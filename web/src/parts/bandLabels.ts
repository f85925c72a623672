// Which labels of a day band have room: of those that would touch another label, or the clock of now, only the mark stays. In pixels,
// because a narrow band holds fewer words than a wide one.
export interface Mark { at: number; title: string } // at: per cent of the band
export interface Placed { show: boolean; end: boolean; stem: boolean } // end: the words stand before the mark, not after it

const MARK = 12, GAP = 4, CLOCK = 44, END = 88
/** Width of words at 12 px: Chinese letters are square, others about half of it. */
export const widthOf = (text: string) => [...text].reduce((a, c) => a + (c.charCodeAt(0) > 0x2e7f ? 12 : 7), 0)

export function labels(marks: Mark[], width: number, now: number | null): Placed[] {
  const px = (at: number) => (at / 100) * width, taken: [number, number][] = []
  if (now !== null) { const x = Math.max(CLOCK / 2, Math.min(width - CLOCK / 2, px(now))); taken.push([x - CLOCK / 2, x + CLOCK / 2]) }
  const all = marks.map((m) => { const x = px(m.at), w = MARK + widthOf(m.title), end = m.at > END || x + w > width; return { m, end, box: (end ? [x + 8 - w, x + 8] : [x, x + w]) as [number, number] } })
  const free = (b: [number, number]) => b[0] >= -MARK && taken.every((t) => b[1] + GAP <= t[0] || b[0] >= t[1] + GAP)
  const shown = all.map(({ box }) => { const show = free(box); if (show) taken.push(box); return show })
  // where the words of another stand, of a mark without words only the stem is drawn
  return all.map(({ m, end }, i) => { const x = px(m.at); return { show: shown[i]!, end, stem: !shown[i] && taken.some((t) => x + 8 > t[0] && x < t[1]) } })
}
