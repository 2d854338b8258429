import { fork } from 'node:child_process'
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
    run: (load) =>
      new Promise((resolve, reject) => {
        const exited = () => reject(new Error('The load generator has ended.'))
        child.once('exit', exited)
        child.once('message', (result) => {
          child.off('exit', exited)
          resolve(result as LoadResult)
        })
        child.send(load)
      }),
    [Symbol.asyncDispose]: () => end(child),
  }
}

/** The most requests per second that the generator reaches, against a server that answers with a constant. */
export async function ceilingOf(load: LoadGenerator, url: string): Promise<number> {
  const target = { url, path: '/', headers: {}, bodies: ['{}'], connections: 16 }
  await load.run({ ...target, ms: 1_500 })
  const { latencies, elapsed } = await load.run({ ...target, ms: 1_500 })
  return (latencies.length / elapsed) * 1_000
}
