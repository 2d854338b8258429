/**
 * The client `postgres`, with a defect of 3.4.9 mended as it is loaded (docs/decisions/0017-steady-postgres.md): what is still written to a
 * connection that was lost ends the process, or hangs the connection for good, or is carried out in a transaction that came after.
 */
import { createRequire, registerHooks } from 'node:module'
import type postgres from 'postgres'

type Repair = readonly [found: string, put: string]

const repairs: Readonly<Record<string, readonly Repair[]>> = {
  'connection.js': [
    // What waits to be written goes with the connection: else the next one never says a word.
    [
      'clearImmediate(nextWriteTimer)\n    socket.removeListener',
      'clearImmediate(nextWriteTimer)\n    nextWriteTimer = chunk = null\n    socket.removeListener',
    ],
    // What was asked after an error of the socket's is refused too, and of what was answered nothing is left to the next connection.
    ['!hadError && (query || sent.length) && error(', ';(query || sent.length) && error('],
    ['closedTime = performance.now()\n', 'query = errorResponse = null\n    closedTime = performance.now()\n'],
    [
      'function nextWrite(fn) {\n',
      "function nextWrite(fn) {\n    if (!socket) {\n      chunk = nextWriteTimer = null\n      error(Errors.connection('CONNECTION_CLOSED', options))\n      query = null\n      return true\n    }\n",
    ],
    // Nobody waits for this question of the connection's own; that the connection was lost is told to those who wait for it.
    ['return fetchArrayTypes()', 'return fetchArrayTypes().catch(() => {})'],
  ],
  'index.js': [
    // A transaction whose connection was lost asks no more, not even for its own rollback: the connection may be another's by then.
    ['connection.onclose = reject', 'connection.onclose = (reason) => reject(lost = reason)'],
    [', prepare = null\n\n    try {', ', prepare = null\n      , lost = null\n\n    try {'],
    ['(uncaughtError = e))\n', '(uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n'],
  ],
}

/** A text was not there, or not once: the library is another than that which was mended. */
class CannotMend extends Error {
  override readonly name = 'CannotMend'

  constructor(file: string, found: string) {
    super(`${file} of the library postgres does not say once: ${found}. Expected version 3.4.9`)
  }
}

function mended(file: string, text: string): string {
  return (repairs[file] ?? []).reduce((mending, [found, put]) => {
    const parts = mending.split(found)
    if (parts.length !== 2) throw new CannotMend(file, found)
    return parts.join(put)
  }, text)
}

/** Loads the library's CommonJS build, which nothing else loads, so that what others import stays as it is. */
function load(): typeof postgres {
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const file = /\/postgres\/cjs\/src\/(\w+\.js)$/.exec(url)?.[1]
      return file && file in repairs ? { ...loaded, source: mended(file, String(loaded.source)) } : loaded
    },
  })
  try {
    return createRequire(import.meta.url)('postgres') as typeof postgres
  } finally {
    hooks.deregister()
  }
}

export const steadyPostgres = load()
