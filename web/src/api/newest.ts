// Answers may come in another order than they were asked for: of several to one question only the one asked last counts.

/** const ask = newest() … const counts = ask('mine'); const r = await read(); if (!counts()) return */
export function newest(): (question?: string) => () => boolean {
  const last = new Map<string, number>()
  return (question = '') => {
    const mine = (last.get(question) ?? 0) + 1
    last.set(question, mine)
    return () => last.get(question) === mine
  }
}
