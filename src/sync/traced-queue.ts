import type { Tracing } from '../tracing/tracing.ts'
import type { Job } from './jobs.ts'
import type { JobQueue } from './queue.ts'

type Traced = Job & { readonly trace?: string | undefined }

/** Each job is a span below the job that pushed it, in whichever process that was: a pull is one trace. */
export function tracedQueue(queue: JobQueue, tracing: Tracing): JobQueue {
  return {
    ...queue,
    async push(...jobs) {
      const trace = tracing.current()
      await queue.push(...(trace === undefined ? jobs : jobs.map((job): Traced => ({ ...job, trace }))))
    },
    work(handle) {
      queue.work(({ trace, ...job }: Traced, signal) => {
        const { name, ...facts } = job
        const parent = typeof trace === 'string' ? trace : undefined
        return tracing.span(`job ${name}`, { kind: 'consumer', parent, facts }, () => handle(job, signal))
      })
    },
  }
}
