/** The parser of imports and the search for cycles, which the test of the architecture relies on. */
import { expect, test } from 'vitest'
import { findCycle, importsOf } from './support/imports.ts'

test('imports: the parser resolves every form of import', () => {
  const text = `
    import './a.ts'
    import { b } from '../mirror/b.ts'
    import type { C } from './deep/c.ts'
    import { type D } from './d.ts'
    import { type E, e } from './e.ts'
    export { f } from './f.ts'
    export * from './g.ts'
    import { sql } from 'drizzle-orm/pg-core'
    import { h } from '@pothos/core/types'
    const i = await import('./i.ts')
    type J = import('./j.ts').J`
  const seen = importsOf('sync/x.ts', text).map(({ to, typeOnly }) => `${to}${typeOnly ? ' (types)' : ''}`)
  expect(seen.sort()).toEqual(
    [
      'sync/a.ts',
      'mirror/b.ts',
      'sync/deep/c.ts (types)',
      'sync/d.ts (types)',
      'sync/e.ts',
      'sync/f.ts',
      'sync/g.ts',
      'drizzle-orm',
      '@pothos/core',
      'sync/i.ts',
      'sync/j.ts (types)',
    ].sort(),
  )
  expect(() => importsOf('sync/x.ts', 'await import(name)')).toThrow('sync/x.ts imports what is not a literal')
})

test('imports: a cycle is detected and reported as a path', () => {
  const edge = (from: string, to: string) => ({ from, to })
  expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('a', 'c'), edge('c', 'd')])).toBeUndefined()
  expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('c', 'd'), edge('d', 'b')])).toEqual(['b', 'c', 'd', 'b'])
  expect(findCycle([edge('a', 'a')])).toEqual(['a', 'a'])
})
