/**
 * Wraps each root field with a guard: callers without the required scope are rejected, and rejections and writes are
 * recorded in the audit log.
 */
import {
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import type { AuditEntry } from '../../access/audit.ts'
import type { GraphContext } from '../context.ts'
import { requiredScopes } from './required-scopes.ts'
import { requireScope } from './scopes.ts'
import { isOwnAbort } from './user-input-error.ts'
import type { WithWriteLimit } from './write-limit.ts'

type Args = Record<string, unknown>
type Context = GraphContext & WithWriteLimit
type Field = GraphQLField<unknown, Context, Args>
type Resolver = GraphQLFieldResolver<unknown, Context, Args, unknown>

/** Returns the same schema with guarded root fields. */
export function guard(schema: GraphQLSchema): GraphQLSchema {
  for (const field of fieldsOf(schema.getQueryType())) field.resolve = guarded(field.resolve)
  for (const field of fieldsOf(schema.getSubscriptionType())) field.subscribe = guarded(field.subscribe)
  for (const field of fieldsOf(schema.getMutationType())) field.resolve = guarded(limited(audited(field.resolve)))
  return schema
}

function guarded(resolve: Resolver | undefined): Resolver {
  return (root, args, context, info) => {
    const missing = [...requiredScopes(info)].find((right) => !context.viewer.scopes.has(right))
    return missing ? refuse(missing, args, context, info) : resolve?.(root, args, context, info)
  }
}

async function refuse(
  missing: Parameters<typeof requireScope>[1],
  args: Args,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  await context.audit.recordRefusal(entryOf(args, context, info), 'FORBIDDEN')
  requireScope(context.viewer, missing)
}

/** Runs before the audit: mutations beyond the caller's limit are counted as rejections and do not get a row each. */
function limited(resolve: Resolver): Resolver {
  return async (root, args, context, info) => {
    let leave: (() => void) | undefined
    try {
      leave = context.writeLimit?.enter(context.viewer.name)
    } catch (error) {
      await context.audit.recordRefusal(entryOf(args, context, info), codeOf(error, context.signal))
      throw error
    }
    try {
      return await resolve(root, args, context, info)
    } finally {
      leave?.()
    }
  }
}

/** The row is inserted before the work starts, so that a write is in the audit log even if its process dies. */
function audited(resolve: Resolver | undefined): Resolver {
  return async (root, args, context, info) => {
    const conclude = await context.audit.beginWrite(entryOf(args, context, info))
    try {
      const result = await resolve?.(root, args, context, info)
      await conclude(outcomeOf(result))
      return result
    } catch (error) {
      await conclude(codeOf(error, context.signal))
      throw error
    }
  }
}

function entryOf(args: Args, { viewer }: GraphContext, info: GraphQLResolveInfo): AuditEntry {
  const input = typeof args.input === 'object' && args.input !== null ? args.input : args
  const organization = 'organization' in input ? input.organization : undefined
  const field = info.parentType.getFields()[info.fieldName]?.extensions.nameWithoutPrefix ?? info.fieldName
  return {
    viewer: viewer.name,
    action: `${info.parentType.name}.${field}`,
    organization: typeof organization === 'string' ? organization.slice(0, 100).replaceAll('\0', '') : undefined,
  }
}

/** Returns the type of the union that a mutation returned, or `DONE` if it does not return a union. */
function outcomeOf(result: unknown): string {
  const named = typeof result === 'object' && result !== null && '__typename' in result
  return named ? String(result.__typename) : 'DONE'
}

/** `ABORTED`: the caller disconnected, or the server was shut down, before anything was sent. */
function codeOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof GraphQLError) return String(error.extensions.code ?? 'INTERNAL_SERVER_ERROR')
  return isOwnAbort(error, signal) ? 'ABORTED' : 'INTERNAL_SERVER_ERROR'
}

function fieldsOf(type: { getFields(): Record<string, GraphQLField<unknown, unknown>> } | null | undefined): Field[] {
  return Object.values(type?.getFields() ?? {}) as Field[]
}
