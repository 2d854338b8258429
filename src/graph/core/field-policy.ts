/**
 * What a field or a type declares about itself, in its `extensions`: the scope that it requires, and whether it supports
 * `@asOf`. Its cost is declared in the same way (cost.ts). The declarations survive renaming (type-prefix.ts).
 */
import type { Scope } from '../context.ts'

/**
 * For a root field, or for a type of the interface Node: it requires this scope instead of the default, which is `read`,
 * and `write` for mutations.
 */
export function requiresScope(scope: Scope): { scope: Scope } {
  return { scope }
}

/** For a type of the interface Node: the fields that a mutation shows with its own scope. By default all plain values. */
export function shownToWriters(...fields: readonly string[]): { shownToWriters: ReadonlySet<string> } {
  return { shownToWriters: new Set(['__typename', ...fields]) }
}

/** For a field: it describes the mirror itself, or work in progress, and does not support `@asOf`. */
export const noPast = { hasNoPast: true } as const

interface Extended {
  readonly extensions: Readonly<Record<string, unknown>>
}

export function scopeOf({ extensions }: Extended): Scope | undefined {
  return extensions.scope as Scope | undefined
}

export function fieldsShownToWriters({ extensions }: Extended): ReadonlySet<string> | undefined {
  return extensions.shownToWriters as ReadonlySet<string> | undefined
}

export function supportsAsOf({ extensions }: Extended): boolean {
  return extensions.hasNoPast !== true
}
