/** The documents match the code: links work, queries are valid, and the listed variables are the ones that are read. */
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { simulatorVariables, variables } from '../src/config/variables.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFile(join(root, path), 'utf8')
const documents = await pathsOf('*.md', 'docs/**/*.md')

test('documentation: the target of every relative link exists', async () => {
  const dead: string[] = []
  for (const document of documents) {
    for (const [, target = ''] of (await read(document)).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (!/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(document), target)))
        dead.push(`${document}: ${target}`)
    }
  }
  expect(documents.length).toBeGreaterThan(5)
  expect(dead).toEqual([])
})

test('documentation: every document that the code refers to exists', async () => {
  const dead: string[] = []
  const named: string[] = []
  for (const path of await pathsOf('src/**/*.ts', 'test/**/*.ts', 'bench/*.ts', '*.ts', '*.yml', '.env.example')) {
    for (const [target] of (await read(path)).matchAll(/\bdocs\/[\w/-]+\.(?:md|svg)\b/g)) {
      named.push(target)
      if (!existsSync(join(root, target))) dead.push(`${path}: ${target}`)
    }
  }
  expect(named).toContain('docs/decisions/0003-mirror-shape.md')
  expect(dead).toEqual([])
})

test('documentation: every file that the documents name by its base name exists', async () => {
  const bases = (await pathsOf('{src,test,bench,examples}/**/*.ts', '*.ts')).map((path) => basename(path))
  const existing = new Set(bases)
  const dead: string[] = []
  for (const document of await pathsOf('*.md', 'docs/*.md')) {
    for (const [, name = ''] of (await read(document)).matchAll(/`([\w-]+(?:\.test)?\.ts)`/g))
      if (!existing.has(name)) dead.push(`${document}: ${name}`)
  }
  expect(dead).toEqual([])
})

test('documentation: every query in the documents is valid in the schema', async () => {
  const schema = buildSchema(await read('schema.graphql'), { assumeValidSDL: true })
  let queries = 0
  for (const document of documents) {
    for (const [, query = ''] of (await read(document)).matchAll(/^```graphql\n(.*?)^```/gms)) {
      queries += 1
      expect({ document, query, errors: validate(schema, parse(query)) }).toEqual({ document, query, errors: [] })
    }
  }
  expect(queries).toBeGreaterThan(5)
})

test('documentation: decisions are numbered without gaps, and their titles match their file numbers', async () => {
  const decisions = (await pathsOf('docs/decisions/*.md')).sort()
  const numbers = decisions.map((path) => path.match(/\/(\d{4})-[a-z0-9-]+\.md$/)?.[1])
  expect(numbers).toEqual(decisions.map((_, i) => String(i + 1).padStart(4, '0')))
  for (const [i, path] of decisions.entries()) expect(await read(path)).toMatch(`# ${i + 1}. `)
})

describe('documented variables', async () => {
  const known = new Set(Object.keys(variables.shape))
  const section = (await read('docs/operations.md')).match(/^## Variables\n(.*?)^## /ms)?.[1] ?? ''
  const rows = section.split('\n').flatMap((line) => {
    const [, names = '', byDefault = '', meaning = ''] = line.startsWith('| `') ? line.split(/ ?\| ?/) : []
    return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, byDefault, meaning }))
  })

  test('documentation: docs/operations.md lists exactly the variables that the program reads', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual([...known].sort())
  })

  test.each(rows)('documentation: the default of $name in docs/operations.md is that of the schema', (row) => {
    const value = schemaOf(row.name).parse(undefined)
    const [documented] = row.byDefault.split(' (demo')
    if (value === undefined) expect(documented).toMatch(/^(–|the (embedded|queue) .*|see .*)$/)
    else expect(documented?.replaceAll('`', '')).toBe(String(value))
  })

  const limited = rows.flatMap(({ name, meaning }) => {
    const [, from, to] = /^([\d,]+) to ([\d,]+)\b/.exec(meaning) ?? []
    return from && to ? [{ name, from: Number(from.replaceAll(',', '')), to: Number(to.replaceAll(',', '')) }] : []
  })

  test.each(limited)('documentation: $name accepts $from to $to', ({ name, from, to }) => {
    const accepts = (value: number) => schemaOf(name).safeParse(String(value)).success
    expect([from - 1, from, to, to + 1].map(accepts)).toEqual([false, true, true, false])
  })

  test('documentation: docs/operations.md lists the variables of the simulator with their defaults', () => {
    const listed = [...section.matchAll(/`(SIMULATOR_\w+)`\s\((\d+)/g)].map(([, name, value]) => [name, Number(value)])
    expect(Object.fromEntries(listed)).toEqual(simulatorVariables.parse({}))
  })

  test('documentation: docker-compose.yml passes every variable of the API and the worker', async () => {
    const compose = await read('docker-compose.yml')
    const set = [...compose.matchAll(/^ {4,6}([A-Z_]+):/gm)].map(([, name]) => name ?? '')
    // The image sets the address and the folder; a file of organizations needs a volume.
    const own = ['HOST', 'PORT', 'DATA_DIR', 'ESSENTIALS_ORGANIZATIONS_FILE', 'DATABASE_URL_FILE', 'REDIS_URL_FILE']
    const missing = [...known].filter((name) => !set.includes(name) && !own.includes(name))
    expect(missing.filter((name) => !name.startsWith('SIMULATOR_'))).toEqual([])
  })

  test('documentation: docker-compose.yml sets only variables that the program reads', async () => {
    const compose = await read('docker-compose.yml')
    const set = [...compose.matchAll(/^ {4,6}([A-Z_]+):/gm)].map(([, name]) => name ?? '')
    expect(set.filter((name) => !known.has(name) && !name.startsWith('POSTGRES_'))).toEqual([])
    const asked = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name)
    const example = await read('.env.example')
    for (const name of asked) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
  })
})

function schemaOf(name: string): z.ZodType {
  return variables.shape[name as keyof typeof variables.shape]
}

async function pathsOf(...patterns: string[]): Promise<string[]> {
  return await Array.fromAsync(glob(patterns, { cwd: root }))
}

/** Wordings that readers stumble over, in place of the standard terms. */
const idioms =
  /\b((is|are|was|were|be) told|so many|where nothing is said|where there is none|by itself|borne|whom|whatever (comes|is|it)|came out|come out|is no more|stands so|to be had|shall|nobody|somebody|learnt|as it stands)\b/i

async function linesWithIdioms(patterns: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const pattern of patterns) {
    for await (const path of glob(pattern, { cwd: root })) {
      if (path.endsWith('documentation.test.ts') || path.includes('/generated/')) continue
      const lines = (await readFile(join(root, path), 'utf8')).split('\n')
      // The operating system has a user of this name.
      const own = lines.filter((line) => idioms.test(line) && !/\bpostgres\b.*\bnobody\b|\bNOBODY\b/.test(line))
      found.push(...own.map((line) => `${path}: ${line.trim()}`))
    }
  }
  return found
}

test('documentation: no document and no description uses a wording that readers stumble over', async () => {
  expect(await linesWithIdioms(['*.md', 'docs/**/*.md', '.github/**/*.md', 'schema.graphql'])).toEqual([])
})

test.each(['src', 'test'])('documentation: hardly any line of %s uses such a wording', async (folder) => {
  expect((await linesWithIdioms([`${folder}/**/*.ts`])).length).toBeLessThan(10)
})
