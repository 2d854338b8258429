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
  return {
    type: error.name,
    message: withoutParameters(error.message),
    ...('code' in error && error.code !== undefined ? { code: String(error.code) } : {}),
    ...(error.stack ? { stack: withoutParameters(error.stack) } : {}),
    ...(cause && depth < 8 ? { cause: describeError(cause, depth + 1) } : {}),
  }
}

/** Cuts from "params:" up to the stack's first frame, or to the end. */
function withoutParameters(text: string): string {
  return text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$(?![\s\S]))/g, '')
}
