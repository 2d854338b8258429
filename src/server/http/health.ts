/** Liveness and readiness of the process, for supervisors, monitoring and load balancers. No token is required. */
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { isUnavailable } from '../graphql/database-errors.ts'
import { describeError } from '../graphql/describe-error.ts'
import { sendJson } from './respond.ts'

/** Resolves if the process can answer requests. Otherwise throws the reason, in words that anyone may read. */
export type Ready = () => Promise<void>

export interface Health {
  live(response: ServerResponse): void
  ready(response: ServerResponse): Promise<void>
  /** Answers that the process is about to stop. */
  stopping(response: ServerResponse): void
}

export function createHealth(options: { ready: Ready; logger: Logger; readyTimeoutMs: number }): Health {
  // Concurrent probes share one check, so that probing costs the database almost nothing.
  let underWay: Promise<string | undefined> | undefined
  return {
    stopping: (response) =>
      sendJson(response, 503, { status: 'unavailable', reason: 'The server is stopping. Use another one.' }),
    live: (response) => sendJson(response, 200, { status: 'live' }),
    ready: async (response) => {
      underWay ??= whyNotReady(options).finally(() => {
        underWay = undefined
      })
      const reason = await underWay
      if (reason === undefined) sendJson(response, 200, { status: 'ready' })
      else sendJson(response, 503, { status: 'unavailable', reason })
    },
  }
}

async function whyNotReady(options: { ready: Ready; logger: Logger; readyTimeoutMs: number }) {
  const late = Promise.withResolvers<string>()
  const timer = setTimeout(
    () => late.resolve(`No answer from the database within ${options.readyTimeoutMs / 1000} s.`),
    options.readyTimeoutMs,
  )
  try {
    return await Promise.race([options.ready().then(() => undefined), late.promise])
  } catch (error) {
    options.logger.warn({ error: describeError(error) }, 'not ready')
    return reasonOf(error)
  } finally {
    clearTimeout(timer)
  }
}

/** A driver's error has a code, and its message may name hosts and users. These details stay in the log. */
function reasonOf(error: unknown): string {
  if (isUnavailable(error)) return 'The database cannot be reached.'
  if (error instanceof Error && !('code' in error) && !error.cause) return error.message
  return 'The database returned an unexpected error; see the log.'
}
