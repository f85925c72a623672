// Answers carry English words beside the Chinese ones as `…_en`. In English every such word takes the place of its brother.
export function speak<T>(answer: T, english: boolean): T {
  if (!english || answer === null || typeof answer !== 'object') return answer
  if (Array.isArray(answer)) return answer.map((x) => speak(x, true)) as T
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(answer)) out[key] = speak(value, true)
  for (const key of Object.keys(out)) { const own = out[key + '_en']; if (typeof own === 'string' && own) out[key] = own }
  return out as T
}
