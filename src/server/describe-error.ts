/** An error as the log may hold it. */
export interface ErrorDescription {
  type: string
  message: string
  code?: string
  stack?: string
  cause?: ErrorDescription
}

/**
 * All that helps to find the fault, and no values: Drizzle's query errors list the statement's parameters in message and
 * stack, and drivers hang them on as properties, so only what is named here is taken.
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

/** SQLSTATE class 22: Postgres quotes the value that it could not take. */
const dataException = /^22[0-9A-Z]{3}$/

function withoutValues({ name, message }: Error, code: string | undefined): string {
  // A parameter may hold anything, and so may a text that is no JSON.
  const statement = before(message, '\nparams: ')
  if (code !== undefined && dataException.test(code)) return before(statement, ': "')
  return name === 'SyntaxError' ? before(before(statement, ' "'), " '") : statement
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at)
}

/** The stack begins with the message, in which a line may look like a frame. */
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  const lines = (at < 0 ? stack : stack.slice(at + message.length)).split('\n')
  const last = lines.findLastIndex((line) => !line.startsWith('    at '))
  return lines
    .slice(last + 1)
    .map((line) => `\n${line}`)
    .join('')
}
