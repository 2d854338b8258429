/** The results of the doctor's checks, and how they are shown. */

import { counted } from '../operator/output.ts'

export type Verdict = 'ok' | 'warning' | 'error'

export interface Check {
  /** What was checked, in one word. */
  readonly check: string
  readonly status: Verdict
  /** The slug, if the check is about one organization. */
  readonly organization?: string
  readonly message: string
  /** What to do. Absent if nothing has to be done. */
  readonly action?: string
}

type Rest = Pick<Check, 'organization'>

export function ok(check: string, message: string, rest: Rest = {}): Check {
  return { check, status: 'ok', ...rest, message }
}

export function warning(check: string, message: string, action: string, rest: Rest = {}): Check {
  return { check, status: 'warning', ...rest, message, action }
}

export function error(check: string, message: string, action: string, rest: Rest = {}): Check {
  return { check, status: 'error', ...rest, message, action }
}

/** The worst verdict. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const has = (status: Verdict) => checks.some((one) => one.status === status)
  return has('error') ? 'error' : has('warning') ? 'warning' : 'ok'
}

export function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ check }) => check.length))
  const lines = checks.flatMap(({ check, status, organization, message, action }) => {
    const about = organization === undefined ? '' : `${organization}: `
    const line = `${status.padEnd(7)}  ${check.padEnd(width)}  ${about}${message}\n`
    return action === undefined ? [line] : [line, `${' '.repeat(width + 11)}→ ${action}\n`]
  })
  const count = (status: Verdict) => checks.filter((one) => one.status === status).length
  return `${lines.join('')}\n${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${count('ok')} ok\n`
}

/** Why an operation failed, in one line, for the messages of checks. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const [line = ''] = (cause.message || code || cause.name).split('\n')
  return line.replace(/\.$/, '')
}
