/** An error in the form that may be logged. */
export interface ErrorDescription {
  type: string
  message: string
  code?: string
  stack?: string
  cause?: ErrorDescription
}

/**
 * Describes an error without quoting values. Drizzle's query errors list the parameters of the statement in message and
 * stack, and drivers attach them as properties. Only the properties listed here are therefore copied.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const cause = 'originalError' in error && error.originalError ? error.originalError : error.cause
  const code = 'code' in error && error.code !== undefined ? String(error.code) : undefined
  const message = withoutValues(error, code)
  return {
    type: error.name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack ? { stack: `${error.name}: ${message}${framesOf(error)}` } : {}),
    ...(cause && depth < 8 ? { cause: describeError(cause, depth + 1) } : {}),
  }
}

/** SQLSTATE class 22: Postgres quotes the value that it rejected. */
const dataException = /^22[0-9A-Z]{3}$/

function withoutValues({ name, message }: Error, code: string | undefined): string {
  // Statement parameters may hold any value. So may a text that is not JSON.
  const statement = before(message, '\nparams: ')
  if (code !== undefined && dataException.test(code)) return before(statement, ': "')
  return name === 'SyntaxError' ? before(before(statement, ' "'), " '") : statement
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at)
}

/** The stack begins with the message, and a line of the message may look like a frame. */
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  const lines = (at < 0 ? stack : stack.slice(at + message.length)).split('\n')
  const last = lines.findLastIndex((line) => !line.startsWith('    at '))
  return lines
    .slice(last + 1)
    .map((line) => `\n${line}`)
    .join('')
}
