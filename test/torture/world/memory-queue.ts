import { idOf, type Job } from '../../../src/sync/jobs.ts'
import type { JobQueue } from '../../../src/sync/queue.ts'

type Handle = (job: Job, signal: AbortSignal) => Promise<void>

/** The queue without a store. A job whose id waits or runs is not added. The schedule decides when a job runs. */
export class MemoryQueue implements JobQueue {
  readonly waiting = new Map<string, Job>()
  readonly running = new Map<string, Job>()
  #handle: Handle = async () => {}

  async push(...jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) if (!this.running.has(idOf(job))) this.waiting.set(idOf(job), job)
  }

  async schedule(): Promise<number> {
    return 0
  }

  work(handle: Handle): void {
    this.#handle = handle
  }

  async close(): Promise<void> {}

  /** Rejects if the job does. */
  async run(job: Job, signal: AbortSignal): Promise<void> {
    const id = idOf(job)
    this.waiting.delete(id)
    this.running.set(id, job)
    try {
      await this.#handle(job, signal)
    } finally {
      this.running.delete(id)
    }
  }
}
