/** Counts by value beside the list of users. A click filters by the value, and a second one removes the filter. */
import { Stack, Text } from '@mantine/core'
import { type Lifecycle, UserFacetsDocument, type UserFilter } from '../../data/generated/graphql.ts'
import { useRead } from '../../data/use-data.ts'
import { useAddress } from '../../session/links.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Ready } from '../../ui/states.tsx'
import type { FilterName } from './filter.ts'

interface Facet {
  readonly value: string
  readonly label: string
  readonly count: number
}

export function Facets({ filter, lifecycle }: { filter: UserFilter | undefined; lifecycle: Lifecycle }) {
  const read = useRead(UserFacetsDocument, { filter, lifecycle })
  return (
    <Panel title="Counts" query={read.query} folds>
      <Ready read={read} pick={(data) => data.users?.facets} rows={16}>
        {(facets) => (
          <Stack gap="sm">
            <Values title="Status" name="status" values={facets.byStatus} />
            <Values title="Role" name="role" values={facets.byRole} />
            <Values title="Group" name="group" values={facets.byGroup} />
            <Values title="Domain" name="domain" values={facets.byDomain} />
            <Values title="Type" name="type" values={facets.byType} />
          </Stack>
        )}
      </Ready>
    </Panel>
  )
}

function Values({ title, name, values }: { title: string; name: FilterName; values: readonly Facet[] }) {
  const { parameters, set } = useAddress()
  const chosen = parameters.get(name)
  return (
    <section aria-label={title}>
      <Text size="xs" fw={700} c="dimmed">
        {title}
      </Text>
      {values.length === 0 && <Empty>None</Empty>}
      {values.map(({ value, label, count }) => (
        <button
          key={value}
          type="button"
          className="facet-button"
          aria-pressed={chosen === value}
          onClick={() => set({ [name]: chosen === value ? undefined : value, after: undefined, before: undefined })}
        >
          <span className="break">{label}</span>
          <span className="facet-count">{count.toLocaleString('en')}</span>
        </button>
      ))}
    </section>
  )
}
