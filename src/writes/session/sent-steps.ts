import type { Journal, StepFacts } from './journal.ts'

/** A step that was sent, and whose outcome is not known yet. */
export interface OpenWrite {
  readonly kind: 'CREATE' | 'CHANGE' | 'DELETE'
  /** The account that the mirror had before the creation, or the account to delete. */
  readonly userId: number | null
}

/** The steps that a write has sent, now or before a crash, and what is known about their outcomes. */
export class SentSteps {
  readonly #journal: Journal
  readonly #sent: Set<string>
  /** The steps that this process knows to have been carried out. */
  readonly #done = new Set<string>()
  /** The steps whose outcome is unknown, sent by this process or an earlier one. */
  readonly #open = new Map<string, StepFacts>()

  constructor(journal: Journal) {
    this.#journal = journal
    this.#sent = new Set(journal.sentBefore)
    for (const name of journal.sentBefore) {
      const before = journal.before(name)
      if (before && !before.done) this.#open.set(name, before.facts)
    }
  }

  /** Whether a changing request was sent, now or before a crash. */
  get any(): boolean {
    return this.#sent.size > 0
  }

  /** Whether a creation or a deletion of the account was sent. */
  get account(): boolean {
    return this.#sent.has('create') || this.#sent.has('delete')
  }

  /** Whether this write is known to have created the account, and sent no deletion. */
  get hasCreatedAccount(): boolean {
    return (this.#done.has('create') || (this.before('create')?.done ?? false)) && !this.#sent.has('delete')
  }

  /** Undefined if the outcomes of all sent steps are known. Until then, a failure is not a final answer. */
  get openWrite(): OpenWrite | undefined {
    if (this.#open.size === 0) return undefined
    for (const [name, kind] of [['delete', 'DELETE'] as const, ['create', 'CREATE'] as const]) {
      const facts = this.#open.get(name)
      if (facts) return { kind, userId: facts.userId ?? null }
    }
    return { kind: 'CHANGE', userId: null }
  }

  /** See `Journal.before`. */
  before(step: string): ReturnType<Journal['before']> {
    return this.#journal.before(step)
  }

  /** Resolves once the step is stored, so that it may be sent. */
  async sending(step: string, facts: StepFacts): Promise<void> {
    await this.#journal.sending(step, facts)
    this.#sent.add(step)
    this.#open.set(step, facts)
  }

  async done(step: string, facts?: StepFacts): Promise<void> {
    await this.#journal.done(step, facts)
    this.#done.add(step)
    this.#open.delete(step)
  }

  /** Records that the vendor refused the step because the requested state already existed. */
  async alreadyDone(step: string): Promise<void> {
    await this.#journal.done(step)
    this.#open.delete(step)
  }

  /** Records that the vendor refused the step, so a later attempt has nothing to settle. */
  async refused(step: string): Promise<void> {
    await this.#journal.withdraw(step)
    this.#open.delete(step)
  }

  /** Records that the step was certainly not carried out: as if it had never been sent. */
  async withdraw(step: string): Promise<void> {
    await this.#journal.withdraw(step)
    this.#sent.delete(step)
    this.#open.delete(step)
  }

  /** Records that the vendor accepted the step without an effect. A later attempt may send it again. */
  async forgetStep(step: string): Promise<void> {
    this.#done.delete(step)
    await this.#journal.withdraw(step)
  }

  /**
   * Records that the vendor accepted the step and shows nothing of it, possibly because it is late. The next attempt
   * settles it by reading before it sends it again.
   */
  async doubt(step: string): Promise<void> {
    this.#done.delete(step)
    await this.#journal.doubt(step)
  }
}
