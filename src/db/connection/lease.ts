import { LeaseEndedError } from './errors.ts'
import type { Rows, SendOptions, Session } from './session.ts'

type OnEnd = (milliseconds: number, text: string, isFailed: boolean) => void

/** A caller's hold on a session. Its statements run one after another. After the lease has ended, none is sent. */
export class Lease {
  hasEnded = false
  inTransaction = false
  readonly session: Session
  readonly #onStatement: ((statement: string) => void) | undefined
  readonly #onEnd: OnEnd | undefined
  #last: Promise<unknown> = Promise.resolve()
  #brokenBy: unknown

  constructor(session: Session, onStatement?: (statement: string) => void, onEnd?: OnEnd) {
    this.session = session
    this.#onStatement = onStatement
    this.#onEnd = onEnd
  }

  send(text: string, parameters?: readonly unknown[], options?: SendOptions): Promise<Rows> {
    const answer = this.#last.then(async () => {
      if (!this.inTransaction && !this.hasEnded) {
        await this.session.clean()
        await this.session.planGenerically(options?.generic ?? false)
      }
      if (this.hasEnded)
        throw new LeaseEndedError('The statement was not sent: the caller left, or the transaction is over')
      this.#onStatement?.(text)
      const from = performance.now()
      let isFailed = true
      try {
        const rows = await this.session.send(text, parameters, options)
        isFailed = false
        return rows
      } catch (error) {
        // After a statement breaks a transaction, Postgres reports only that it is broken. The first error has the
        // cause.
        if (this.#brokenBy !== undefined && isTransactionBroken(error)) throw this.#brokenBy
        if (this.inTransaction) this.#brokenBy ??= error
        throw error
      } finally {
        this.#onEnd?.(performance.now() - from, text, isFailed)
      }
    })
    this.#last = answer.catch(() => {})
    return answer
  }
}

function isTransactionBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25P02'
}
