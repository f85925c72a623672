// The tide of customers against hands, as SVG paths. Both are drawn to one scale: a hand line below the water
// means more customers than the people on can carry.
export interface TidePoint { at: number; customers: number; hands: number; breaches?: number; forecast?: boolean }
export interface Box { width: number; height: number; top: number; from: number; to: number; most: number }

export const boxOf = (points: readonly TidePoint[], width: number, height: number, top = 8): Box => ({
  width, height, top,
  from: points[0]?.at ?? 0,
  to: points.at(-1)?.at ?? 1,
  most: Math.max(4, ...points.map((p) => Math.max(p.customers, p.hands))),
})

export const xOf = (box: Box, at: number) =>
  box.to === box.from ? 0 : Math.round(((at - box.from) / (box.to - box.from)) * box.width * 10) / 10
export const yOf = (box: Box, n: number) =>
  Math.round((box.top + (1 - n / box.most) * (box.height - box.top)) * 10) / 10

// A line through the points with level tangents at turning points, so that the curve never rises above a count
// that was really measured.
export const curve = (box: Box, points: readonly TidePoint[]) => {
  if (!points.length) return ''
  const p = points.map((q) => [xOf(box, q.at), yOf(box, q.customers)] as const)
  const slope = (i: number) => (p[i + 1]![1] - p[i]![1]) / Math.max(1e-6, p[i + 1]![0] - p[i]![0])
  const tangent = p.map((_, i) => {
    if (i === 0 || i === p.length - 1) return 0
    const a = slope(i - 1), b = slope(i)
    return a * b <= 0 ? 0 : (2 * a * b) / (a + b)
  })
  let d = `M${p[0]![0]} ${p[0]![1]}`
  for (let i = 1; i < p.length; i++) {
    const h = (p[i]![0] - p[i - 1]![0]) / 3
    const c1 = [p[i - 1]![0] + h, p[i - 1]![1] + tangent[i - 1]! * h], c2 = [p[i]![0] - h, p[i]![1] - tangent[i]! * h]
    d += ` C${[...c1, ...c2].map((v) => Math.round(v * 10) / 10).join(' ')} ${p[i]![0]} ${p[i]![1]}`
  }
  return d
}

export const area = (box: Box, points: readonly TidePoint[]) => {
  const d = curve(box, points)
  return d && `${d} L${xOf(box, points.at(-1)!.at)} ${box.height} L${xOf(box, points[0]!.at)} ${box.height}Z`
}

export const steps = (box: Box, points: readonly TidePoint[]) => {
  let d = '', last = NaN
  for (const p of points) {
    if (p.hands === last) continue
    d += d ? `H${xOf(box, p.at)}V${yOf(box, p.hands)}` : `M${xOf(box, p.at)} ${yOf(box, p.hands)}`
    last = p.hands
  }
  return d && `${d}H${box.width}`
}

export interface Flood { from: number; to: number; mostOver: number; at: number; hands: number; breaches: number; forecast: boolean }

// Stretches in which customers are more than hands, each with its worst moment.
export const floods = (points: readonly TidePoint[]): Flood[] => {
  const out: Flood[] = []
  let open: Flood | null = null
  for (const p of points) {
    const over = p.customers - p.hands
    if (over > 0) {
      if (!open || open.forecast !== !!p.forecast) {
        open = { from: p.at, to: p.at, mostOver: 0, at: p.at, hands: p.hands, breaches: 0, forecast: !!p.forecast }
        out.push(open)
      }
      open.to = p.at
      open.breaches += p.breaches ?? 0
      if (over > open.mostOver) { open.mostOver = over; open.at = p.at; open.hands = p.hands }
    } else open = null
  }
  return out
}

// Whole-hour ticks that leave room for their labels.
export const ticks = (box: Box, hourOf: (ms: number) => number, leastPx = 90) => {
  const HOUR = 3_600_000
  const hours = (box.to - box.from) / HOUR
  const step = [1, 2, 3, 4, 6, 12].find((s) => (box.width / Math.max(hours, 1)) * s >= leastPx) ?? 24
  const out: { at: number; hour: number; x: number }[] = []
  for (let at = Math.ceil(box.from / HOUR) * HOUR; at <= box.to; at += HOUR) {
    const hour = hourOf(at)
    if (hour % step === 0) out.push({ at, hour, x: xOf(box, at) })
  }
  return out
}
