/** Shares one statement among all streams that need the same data at the same time. */

interface Shared {
  readonly answer: Promise<unknown>
  readonly abandoned: AbortController
  waiting: number
}

interface SharedReadOptions {
  /** The caller's own signal: when it is aborted, the caller stops waiting and receives the signal's reason. */
  readonly signal: AbortSignal
  /** How long the answer is kept for later callers, in ms. */
  readonly keptMs?: number
}

/** The shared reads of one process. */
export class SharedReads {
  readonly #underWay = new Map<string, Shared>()

  /**
   * Returns the result of `read`, which is shared by all callers with the same key until it resolves, and for `keptMs`
   * after that. If the answer must be of a certain moment, the key must include that moment. The signal of the read is
   * aborted when no caller waits for it any more.
   */
  async read<Answer>(
    key: string,
    read: (signal: AbortSignal) => Promise<Answer>,
    { signal, keptMs = 0 }: SharedReadOptions,
  ): Promise<Answer> {
    signal.throwIfAborted()
    const shared = this.#underWay.get(key) ?? begin(this.#underWay, key, read, keptMs)
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
  // A failure is only for the callers that waited for it. An aborted read is for no one.
  abandoned.signal.addEventListener('abort', () => isThere || forget())
  shared.answer.then(() => {
    isThere = true
    if (keptMs === 0) forget()
    else setTimeout(forget, keptMs).unref()
  }, forget)
  return shared
}

/** Returns the result, or undefined if the caller has disconnected. */
export async function unlessLeft<Answer>(signal: AbortSignal, reading: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await reading
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}
