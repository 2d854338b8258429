/** Whether the process lives, and whether it can answer: for those who start, watch and route to it. No token is asked for. */
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { describeError } from './describe-error.ts'
import { sendJson } from './respond.ts'
import { isUnavailable } from './unavailable.ts'

/** Resolves where the process can answer. Otherwise throws why, in plain words that anyone may read. */
export type Ready = () => Promise<void>

export interface Health {
  live(response: ServerResponse): void
  ready(response: ServerResponse): Promise<void>
}

export function createHealth(options: { ready: Ready; logger: Logger; readyTimeoutMs: number }): Health {
  // Those who probe at the same time share one answer, so that probing costs the database nothing worth speaking of.
  let underWay: Promise<string | undefined> | undefined
  return {
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

/** A driver's error carries a code, and its message may name hosts and users: that stays in the log. */
function reasonOf(error: unknown): string {
  if (isUnavailable(error)) return 'The database cannot be reached.'
  if (error instanceof Error && !('code' in error) && !error.cause) return error.message
  return 'The database does not answer as it should; the log tells more.'
}
