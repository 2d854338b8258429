/** Errors of the SCIM protocol (RFC 7644, 3.12). */
import { schemas } from './schemas.ts'

export type ScimErrorType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany'
  | 'uniqueness'

interface ScimErrorOptions {
  readonly type?: ScimErrorType | undefined
  /** In seconds. */
  readonly retryAfter?: number | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Ends a request with a SCIM error. */
export class ScimError extends Error {
  override readonly name = 'ScimError'
  readonly status: number
  readonly type: ScimErrorType | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, detail: string, { type, retryAfter, headers = {} }: ScimErrorOptions = {}) {
    super(detail)
    this.status = status
    this.type = type
    this.headers = { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) }
  }
}

/** The body of an error. `status` is a string, as the RFC requires. */
export function errorBody(status: number, detail: string, type?: ScimErrorType): object {
  return { schemas: [schemas.error], status: String(status), ...(type && { scimType: type }), detail }
}

export function badValue(detail: string): ScimError {
  return new ScimError(400, detail, { type: 'invalidValue' })
}

export function badSyntax(detail: string): ScimError {
  return new ScimError(400, detail, { type: 'invalidSyntax' })
}

export function notFound(kind: string): ScimError {
  return new ScimError(404, `There is no ${kind} with this id`)
}
