import { LeaseEndedError } from './errors.ts'
import type { Rows, SendOptions, Session } from './session.ts'

/** What a caller holds. Its statements wait for each other; none is sent once the lease has ended. */
export class Lease {
  hasEnded = false
  inTransaction = false
  readonly session: Session
  readonly #onStatement: ((statement: string) => void) | undefined
  #last: Promise<unknown> = Promise.resolve()
  #brokenBy: unknown

  constructor(session: Session, onStatement?: (statement: string) => void) {
    this.session = session
    this.#onStatement = onStatement
  }

  send(text: string, parameters?: readonly unknown[], options?: SendOptions): Promise<Rows> {
    const answer = this.#last.then(async () => {
      if (!this.inTransaction && !this.hasEnded) await this.session.clean()
      if (this.hasEnded)
        throw new LeaseEndedError('The statement was not sent: its caller left, or its transaction is over')
      this.#onStatement?.(text)
      try {
        return await this.session.send(text, parameters, options)
      } catch (error) {
        // Of a transaction that a statement has broken, Postgres only says that it is broken: why is in the first error.
        if (this.#brokenBy !== undefined && isTransactionBroken(error)) throw this.#brokenBy
        if (this.inTransaction) this.#brokenBy ??= error
        throw error
      }
    })
    this.#last = answer.catch(() => {})
    return answer
  }
}

function isTransactionBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25P02'
}
