// Options of the charts. Colours are the page's tokens, read when drawn, so that light and dark agree with the rest; tooltips are drawn
// in the canvas (richText), because the content security policy lets nothing write style into the page.
export interface Ink { ink: string; ink2: string; ink3: string; ln: string; s: string; s2: string; pine: string; pineW: string; indigo: string; amber: string; red: string }
export function inkOf(el: Element): Ink {
  const css = getComputedStyle(el), v = (n: string) => css.getPropertyValue(n).trim()
  return { ink: v('--ink'), ink2: v('--ink2'), ink3: v('--ink3'), ln: v('--ln'), s: v('--s'), s2: v('--s2'), pine: v('--pine'), pineW: v('--pine-w'), indigo: v('--indigo'), amber: v('--amber-f'), red: v('--red') }
}
export type Option = Record<string, unknown>
export type Draw = (ink: Ink, narrow: boolean) => Option

const font = { fontFamily: 'inherit', fontSize: 12 }
export const tooltip = (ink: Ink, more: Option = {}): Option => ({ renderMode: 'richText', confine: true, backgroundColor: ink.s, borderColor: ink.ln, textStyle: { ...font, color: ink.ink }, ...more })
export const category = (ink: Ink, data: string[], more: Option = {}): Option => ({ type: 'category', data, axisLine: { lineStyle: { color: ink.ln } }, axisTick: { show: false }, axisLabel: { ...font, color: ink.ink3, hideOverlap: true }, ...more })
export const value = (ink: Ink, more: Option = {}): Option => ({ type: 'value', splitLine: { lineStyle: { color: ink.ln } }, axisLabel: { ...font, color: ink.ink3 }, minInterval: 1, ...more })
export const base = (ink: Ink): Option => ({ animation: false, textStyle: { ...font, color: ink.ink }, aria: { enabled: false } })
export const legend = (ink: Ink): Option => ({ top: 0, right: 0, itemWidth: 14, itemHeight: 8, icon: 'rect', textStyle: { ...font, color: ink.ink2 } })
