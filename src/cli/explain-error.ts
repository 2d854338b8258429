import { TooManyConnectionsError } from '../db/connection/connection-budget.ts'
import { CannotMigrate, DatabaseUnusable } from '../db/database-errors.ts'
import { EmbeddedPostgresFailed, EmbeddedPostgresInUse, EmbeddedPostgresUnavailable } from '../embedded/errors.ts'
import { CannotListen } from '../server/http/listen.ts'
import { AuditInterruptedError, AuditUsageError } from './audit.ts'
import { DemoUsageError } from './demo/demo-arguments.ts'
import { OperatorError, OperatorUsageError } from './operator/output.ts'
import { RecordError } from './record/run-record.ts'
import { TokenUsageError } from './token.ts'
import { WebhookUsageError } from './webhook.ts'

const plain = [
  AuditInterruptedError,
  AuditUsageError,
  CannotListen,
  CannotMigrate,
  DatabaseUnusable,
  EmbeddedPostgresFailed,
  EmbeddedPostgresInUse,
  EmbeddedPostgresUnavailable,
  DemoUsageError,
  OperatorError,
  OperatorUsageError,
  RecordError,
  TokenUsageError,
  TooManyConnectionsError,
  WebhookUsageError,
]

/** Errors that state the problem and the solution need no stack. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (plain.some((kind) => error instanceof kind)) return error.message
  if ('code' in error && typeof error.code === 'string') return `${error.message || error.name} (${error.code})`
  return error.stack ?? error.message
}
