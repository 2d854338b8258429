/** The table of docs/scaling.md lists each table of the schema, by its use of the organization. */
import { readFile } from 'node:fs/promises'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import * as schema from '../src/db/schema/tables.ts'

type Use = 'in the primary key' | 'a column outside the key' | 'absent'

function useOf(table: PgTable): Use {
  const { columns, primaryKeys } = getTableConfig(table)
  const isOrganization = ({ name }: { readonly name: string }) => name === 'organization_id'
  const keyed = [...columns.filter(({ primary }) => primary), ...primaryKeys.flatMap((key) => key.columns)]
  if (keyed.some(isOrganization)) return 'in the primary key'
  return columns.some(isOrganization) ? 'a column outside the key' : 'absent'
}

test('docs/scaling.md: the table says for each table of the schema whether the organization is in its key', async () => {
  const text = await readFile(new URL('../docs/scaling.md', import.meta.url), 'utf8')
  const [, section = ''] = text.split('| `organization_id` | Tables |')
  const documented = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const [, use = '', names = ''] = line.split('|')
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => `${name}: ${use.trim().split(':')[0]}`)
    })
  const tables = Object.values(schema).filter((one) => one instanceof PgTable)
  expect(documented.sort()).toEqual(tables.map((table) => `${getTableConfig(table).name}: ${useOf(table)}`).sort())
})
