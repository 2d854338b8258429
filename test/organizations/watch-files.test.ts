/** When the files of the organizations are read again, and what is logged about them. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config/env.ts'
import type { ClientDirectory, OrganizationSettings } from '../../src/organizations/client-directory.ts'
import { watchOrganizationFiles } from '../../src/organizations/watch-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'organizations-'))
})
afterAll(() => rm(folder, { recursive: true }))

const secret = 'Planted-Secret'
const textOf = (...slugs: string[]) =>
  JSON.stringify(slugs.map((slug) => ({ slug, name: slug, apiKey: `key-${slug}`, apiSecret: secret })))

interface Watched extends AsyncDisposable {
  /** The slugs of each change. */
  readonly applied: string[][]
  readonly lines: string[]
  check(): Promise<void>
  /** Two checks: a change takes effect once it has settled. */
  settle(): Promise<void>
  reread(): Promise<void>
  /** Lets the next changes fail. */
  fail(error: Error | undefined): void
}

function watch(path: string, environment: Record<string, string> = {}): Watched {
  const applied: string[][] = []
  const lines: string[] = []
  let failure: Error | undefined
  let last = ''
  const directory: ClientDirectory = {
    clientOf: () => undefined,
    organizationsOf: () => undefined,
    async apply(organizations: readonly OrganizationSettings[]) {
      if (failure) throw failure
      const text = JSON.stringify(organizations)
      if (text !== last) applied.push(organizations.map((one) => `${one.slug} ${one.api === 'v2' ? one.apiKey : ''}`))
      last = text
    },
    refresh: async () => {},
    continueRetiring: async () => {},
    close: async () => {},
  }
  const logger = pino({ base: null }, { write: (line: string) => lines.push(line) })
  const variables = path === '' ? environment : { ESSENTIALS_ORGANIZATIONS_FILE: path }
  const { organizationFiles } = readConfig(variables, 'vendor')
  if (!organizationFiles) throw new Error('expected files')
  const watched = watchOrganizationFiles(organizationFiles, directory, logger, null)
  return {
    applied,
    lines,
    check: () => watched.check(),
    async settle() {
      await watched.check()
      await watched.check()
    },
    reread: () => watched.reread(),
    fail(error) {
      failure = error
    },
    [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose](),
  }
}

test('organization files: a file that is written, or replaced by a rename, is read once', async () => {
  const path = join(folder, 'renamed.json')
  await writeFile(path, textOf('a'))
  await using watched = watch(path)
  await watched.settle()
  await writeFile(path, textOf('a', 'b'))
  await watched.settle()
  await watched.settle()
  // Of the same length.
  await writeFile(`${path}.new`, textOf('a', 'c'))
  await rename(`${path}.new`, path)
  await watched.settle()
  expect(watched.applied).toEqual([['a key-a'], ['a key-a', 'b key-b'], ['a key-a', 'c key-c']])
  expect(watched.lines).toEqual([])
})

test('organization files: a change that has not settled is not read yet', async () => {
  const path = join(folder, 'unsettled.json')
  await writeFile(path, textOf('a'))
  await using watched = watch(path)
  await watched.settle()
  await writeFile(path, '[')
  await watched.check()
  await writeFile(path, textOf('a', 'b'))
  await watched.check()
  expect(watched.applied).toEqual([['a key-a']])
  await watched.check()
  expect(watched.applied).toEqual([['a key-a'], ['a key-a', 'b key-b']])
  expect(watched.lines).toEqual([])
})

test('organization files: the switch of a symbolic link, as Kubernetes makes it, is a change', async () => {
  const mount = join(folder, 'mount')
  for (const [name, text] of [
    ['..1', textOf('a')],
    ['..2', textOf('b')],
  ] as const) {
    await mkdir(join(mount, name), { recursive: true })
    await writeFile(join(mount, name, 'organizations.json'), text)
  }
  await symlink('..1', join(mount, '..data'))
  await symlink('..data/organizations.json', join(mount, 'organizations.json'))
  await using watched = watch(join(mount, 'organizations.json'))
  await watched.settle()
  await symlink('..2', join(mount, '..next'))
  await rename(join(mount, '..next'), join(mount, '..data'))
  await watched.settle()
  expect(watched.applied).toEqual([['a key-a'], ['b key-b']])
})

test('organization files: an invalid file changes nothing, and is logged once without any of its content', async () => {
  const path = join(folder, 'invalid.json')
  await writeFile(path, textOf('a'))
  await using watched = watch(path)
  await watched.settle()
  const invalid = [
    '',
    `[{"slug": "a", "apiSecret": "${secret}`,
    `${secret}`,
    '[]',
    '{}',
    JSON.stringify([{ slug: 'a', name: 'a', apiKey: '', apiSecret: secret }]),
  ]
  for (const text of invalid) {
    await writeFile(path, text)
    await watched.settle()
    await watched.settle()
  }
  await rm(path)
  await watched.settle()
  expect(watched.applied).toEqual([['a key-a']])
  const log = watched.lines.join('')
  expect(log).not.toContain('Planted')
  expect(log).toMatch(/The organizations stay as they are.* is not JSON/)
  expect(log).toMatch(/at least one organization/)
  expect(log).toMatch(/cannot be read \(ENOENT\)/)
  // Neighbours with the same problem are one line.
  expect(watched.lines.length).toBe(4)
  await writeFile(path, textOf('a', 'b'))
  await watched.settle()
  expect(watched.applied.at(-1)).toEqual(['a key-a', 'b key-b'])
})

test('organization files: a change that could not be applied is applied later, and a request to read it is immediate', async () => {
  const path = join(folder, 'failing.json')
  await writeFile(path, textOf('a'))
  await using watched = watch(path)
  await watched.settle()
  watched.fail(new Error('the database is away'))
  await writeFile(path, textOf('b'))
  await watched.settle()
  await watched.settle()
  expect(watched.lines.filter((line) => line.includes('the database is away'))).toHaveLength(1)
  watched.fail(undefined)
  await watched.settle()
  expect(watched.applied.at(-1)).toEqual(['b key-b'])
  await writeFile(path, textOf('c'))
  await watched.reread()
  expect(watched.applied.at(-1)).toEqual(['c key-c'])
})

test('organization files: the files of the key of the only organization are read again, too', async () => {
  const [key, own] = [join(folder, 'key'), join(folder, 'secret')]
  await writeFile(key, 'first\n')
  await writeFile(own, secret)
  await using watched = watch('', { ESSENTIALS_API_KEY_FILE: key, ESSENTIALS_API_SECRET_FILE: own })
  await watched.settle()
  await writeFile(key, 'second\n')
  await watched.settle()
  expect(watched.applied).toEqual([['default first'], ['default second']])
})
