/**
 * The list of landed migrations with their hashes, in the format of `sha256sum --check`. It is append-only: its order
 * is the order in which migrations landed, and in which a database that followed every commit applied them.
 */
import { readMigrations } from '../../src/db/migrations/migrate.ts'

export const landedPath = 'test/migrations/landed.sha256'

export interface Landed {
  readonly name: string
  readonly hash: string
}

export function parseLanded(text: string): Landed[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, hash, name] = /^([0-9a-f]{64}) {2}drizzle\/([^/]+)\/migration\.sql$/.exec(line) ?? []
      if (!hash || !name)
        throw new Error(`${landedPath}: "${line}" is not a hash, two spaces and the path of a migration.`)
      return { name, hash }
    })
}

export function formatLanded(landed: readonly Landed[]): string {
  return landed.map(({ name, hash }) => `${hash}  drizzle/${name}/migration.sql\n`).join('')
}

/**
 * The problems of the folder of migrations, one sentence each, compared with the list and with the list of the change's
 * base commit.
 */
export function problemsOf(folder: string, landed: readonly Landed[], before: readonly Landed[] = []): string[] {
  const found = new Map(readMigrations(folder).map(({ name, hash }) => [name, hash]))
  const listed = new Set(landed.map(({ name }) => name))
  const isUnchanged = before.every(({ name, hash }, i) => landed[i]?.name === name && landed[i]?.hash === hash)
  return [
    ...landed.flatMap(({ name, hash }) => {
      if (!found.has(name)) return [`drizzle/${name} is gone, but a migration that landed is never removed or renamed.`]
      if (found.get(name) === hash) return []
      return [
        `drizzle/${name}/migration.sql was edited. A migration that landed is frozen: restore it and append a new one. ` +
          'If it has not landed, run `npm run migrations:record`.',
      ]
    }),
    ...[...found.keys()].flatMap((name) =>
      listed.has(name) ? [] : [`drizzle/${name} is not listed in ${landedPath}: run \`npm run migrations:record\`.`],
    ),
    ...(isUnchanged ? [] : [`${landedPath} is only appended to, but its earlier lines differ: restore them.`]),
  ]
}

/** The list with the missing migrations at its end, and with the current hashes of those that have not landed. */
export function recorded(folder: string, landed: readonly Landed[], before: readonly Landed[]): Landed[] {
  const found = readMigrations(folder)
  const frozen = new Set(before.map(({ name }) => name))
  const kept = landed.flatMap((one) => {
    const migration = found.find(({ name }) => name === one.name)
    if (frozen.has(one.name)) return [one]
    return migration ? [{ name: one.name, hash: migration.hash }] : []
  })
  const listed = new Set(kept.map(({ name }) => name))
  return [...kept, ...found.filter(({ name }) => !listed.has(name)).map(({ name, hash }) => ({ name, hash }))]
}
