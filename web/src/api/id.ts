/** A random id for idempotency keys. crypto.randomUUID exists only over HTTPS; a shop's own network is often plain HTTP. */
export function newId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('')
}
