import { glob, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '..', 'src')

/** The lines that define an index, each with the line above it. */
async function readIndexes(): Promise<{ name: string; above: string }[]> {
  const found: { name: string; above: string }[] = []
  for await (const path of glob('db/schema/*.ts', { cwd: source })) {
    const lines = (await readFile(join(source, path), 'utf8')).split('\n')
    for (const [i, line] of lines.entries()) {
      for (const [, name] of line.matchAll(/\b(?:index|uniqueIndex)\('(\w+)'\)/g)) {
        found.push({ name: name ?? '', above: lines[i - 1]?.trim() ?? '' })
      }
    }
  }
  return found
}

test('schema: a comment above each index names files of the queries that need it', async () => {
  const files = new Set<string>()
  for await (const path of glob('**/*.ts', { cwd: source })) files.add(basename(path))
  const indexes = await readIndexes()
  expect(indexes.length).toBeGreaterThan(50)
  const unexplained = indexes.filter(({ above }) => {
    const named = [...above.matchAll(/`([\w-]+\.ts)`/g)].map(([, file]) => file ?? '')
    return !above.startsWith('//') || named.length === 0 || named.some((file) => !files.has(file))
  })
  expect(unexplained).toEqual([])
})
