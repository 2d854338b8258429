import { type DocumentNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import { openDocumentCache } from '../../../src/server/graphql/graphql-handler.ts'

const document: DocumentNode = parse('{ ask }')
const textOf = (name: string, length: number) => name.padEnd(length, ' ')

test('document cache: the total length of the cached documents is limited, and the least recently used goes first', () => {
  const cache = openDocumentCache()
  cache.set(textOf('first', 20_000), document)
  cache.set(textOf('used', 20_000), document)
  for (let i = 0; i < 24; i++) {
    cache.set(textOf(`other ${i}`, 20_000), document)
    expect(cache.get(textOf('used', 20_000))).toBe(document)
  }
  expect(cache.calculatedSize).toBeLessThanOrEqual(500_000)
  expect(cache.get(textOf('first', 20_000))).toBeUndefined()
})

test('document cache: a document that would evict many others is not cached', () => {
  const cache = openDocumentCache()
  cache.set(textOf('short', 100), document)
  for (let i = 0; i < 20; i++) cache.set(textOf(`long ${i}`, 60_000), document)
  expect(cache.calculatedSize).toBe(100)
})
