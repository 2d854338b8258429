/** One statement for all streams that want to know the same at the same time. */

const underWay = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * What `read` gives, shared with everybody who asks for the same key until it is there, and `keptMs` longer. Whoever needs what was true
 * at some moment puts that moment into the key.
 */
export function sharedRead<Answer>(
  owner: object,
  key: string,
  read: () => Promise<Answer>,
  keptMs = 0,
): Promise<Answer> {
  const reads = underWay.get(owner) ?? new Map<string, Promise<unknown>>()
  underWay.set(owner, reads)
  const known = reads.get(key) as Promise<Answer> | undefined
  if (known) return known
  const begun = read()
  reads.set(key, begun)
  // A failure is for those who waited for it, and for nobody after them.
  begun.then(
    () => {
      if (keptMs === 0) reads.delete(key)
      else setTimeout(() => reads.delete(key), keptMs).unref()
    },
    () => reads.delete(key),
  )
  return begun
}
