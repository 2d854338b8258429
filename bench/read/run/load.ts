import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { end } from './child-process.ts'

export interface Load {
  /** The origin of the server. */
  readonly url: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: readonly string[]
  readonly connections: number
  readonly ms: number
}

export interface LoadResult {
  readonly latencies: Float64Array
  /** Until the last response, in milliseconds. */
  readonly elapsed: number
  /** Why the run was ended early. */
  readonly failure: string | null
}

export interface LoadGenerator extends AsyncDisposable {
  readonly pid: number
  run(load: Load): Promise<LoadResult>
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { serialization: 'advanced' })
  return {
    pid: child.pid ?? 0,
    async run(load) {
      child.send(load)
      const [result] = (await once(child, 'message')) as [LoadResult]
      return result
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}
