/** One statement for all streams that want to know the same at the same time. */

interface Shared {
  readonly answer: Promise<unknown>
  readonly abandoned: AbortController
  waiting: number
}

const underWay = new WeakMap<object, Map<string, Shared>>()

interface SharedReadOptions {
  /** The caller's own: it stops waiting when this is aborted, with the signal's reason. */
  readonly signal: AbortSignal
  /** How long the answer is kept for those who come later. */
  readonly keptMs?: number
}

/**
 * What `read` gives, shared by all who ask for the same key until it is there, and `keptMs` longer. If an answer must be of a certain
 * moment, the key has to hold that moment. The read's signal is aborted once no caller waits for it any more.
 */
export async function sharedRead<Answer>(
  owner: object,
  key: string,
  read: (signal: AbortSignal) => Promise<Answer>,
  { signal, keptMs = 0 }: SharedReadOptions,
): Promise<Answer> {
  signal.throwIfAborted()
  const reads = underWay.get(owner) ?? new Map<string, Shared>()
  underWay.set(owner, reads)
  const shared = reads.get(key) ?? begin(reads, key, read, keptMs)
  const left = Promise.withResolvers<never>()
  const leave = () => left.reject(signal.reason)
  signal.addEventListener('abort', leave)
  shared.waiting += 1
  try {
    return (await Promise.race([shared.answer, left.promise])) as Answer
  } finally {
    signal.removeEventListener('abort', leave)
    shared.waiting -= 1
    if (shared.waiting === 0) shared.abandoned.abort()
  }
}

function begin(
  reads: Map<string, Shared>,
  key: string,
  read: (signal: AbortSignal) => Promise<unknown>,
  keptMs: number,
): Shared {
  const abandoned = new AbortController()
  let isThere = false
  const forget = () => {
    if (reads.get(key) === shared) reads.delete(key)
  }
  const shared: Shared = { answer: read(abandoned.signal), abandoned, waiting: 0 }
  reads.set(key, shared)
  // A failure is for the callers who waited for it, and a read that is broken off for nobody.
  abandoned.signal.addEventListener('abort', () => isThere || forget())
  shared.answer.then(() => {
    isThere = true
    if (keptMs === 0) forget()
    else setTimeout(forget, keptMs).unref()
  }, forget)
  return shared
}

/** What a stream reads: undefined once its caller has left. */
export async function unlessLeft<Answer>(signal: AbortSignal, reading: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await reading
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}
