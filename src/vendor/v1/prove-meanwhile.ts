/**
 * A list may take minutes, during which the vendor might refuse it: other background requests with the same credentials
 * would wait, so that they are not refused, too. Once a later request is accepted, the list is out of doubt.
 */
import type { ListSink } from '../adapter.ts'
import type { CallOptions, Connection } from '../http/connection.ts'
import { sendCall } from '../http/execute-request.ts'
import { me } from './endpoints.ts'

/** At 60 requests a minute, 20 lists a minute and as many proofs leave a third to other requests. */
const usualDelayMs = 3_000
/** A proof that is not sent by then is not needed as much as the requests that are. */
const longestWaitMs = 10_000

/** Runs the list. If it does not begin to arrive within the delay, sends one cheap request beside it. */
export async function proveMeanwhile<T>(
  connection: Connection,
  sink: ListSink,
  options: CallOptions,
  delayMs = usualDelayMs,
  list: (sink: ListSink, options: CallOptions) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let proof: Promise<unknown> | undefined
  let isSent = false
  const prove = () => {
    const call: CallOptions = {
      priority: 'interactive',
      maxWaitMs: longestWaitMs,
      signal: ended.signal,
      beforeSending: async () => {
        isSent = true
      },
    }
    // Its refusal is recorded like any other. Another failure proves nothing.
    proof ??= sendCall(connection, me(), call).catch(() => undefined)
  }
  const beforeSending = async () => {
    await options.beforeSending?.()
    clearTimeout(timer)
    timer = setTimeout(prove, delayMs)
  }
  const begin = async (sentAt: string) => {
    clearTimeout(timer)
    await sink.begin(sentAt)
  }
  try {
    return await list({ begin, add: sink.add }, { ...options, beforeSending })
  } finally {
    clearTimeout(timer)
    // One that was sent is waited for: what the vendor says of the credentials must not be lost.
    if (!isSent) ended.abort()
    await proof
  }
}
