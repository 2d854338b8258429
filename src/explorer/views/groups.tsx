/** The list of groups. */
import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { ExportButton } from '../csv/export.tsx'
import { type GroupFilter, GroupsDocument, type GroupsQuery } from '../data/generated/graphql.ts'
import { send } from '../data/request.ts'
import { useRead } from '../data/use-data.ts'
import { AppLink, useAddress } from '../session/links.tsx'
import { useOffersGroups, useSession } from '../session/session.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { type Column, DataTable, sortOf } from '../ui/data-table.tsx'
import { Pager, pageArguments } from '../ui/pager.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import { UnknownFilters } from '../ui/unknown-filters.tsx'

type Row = NonNullable<GroupsQuery['groups']>['nodes'][number]

const columns: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Name',
    sort: 'NAME',
    cell: ({ id, name }) => <AppLink to={`/groups/${encodeURIComponent(id)}`}>{name}</AppLink>,
  },
  { key: 'id', label: 'Id', cell: ({ groupId }) => groupId },
  { key: 'members', label: 'Members in the mirror', cell: ({ members }) => members.totalCount },
  {
    key: 'count',
    label: 'Members by the vendor',
    sort: 'MEMBER_COUNT',
    cell: ({ memberCount }) => memberCount ?? 'unknown',
  },
]

export function GroupsView() {
  const { parameters, set } = useAddress()
  const offersGroups = useOffersGroups()
  const { token, organization, asOf } = useSession()
  const [typed, setTyped] = useState(parameters.get('text') ?? '')
  const page = { after: undefined, before: undefined }
  const apply = useDebouncedCallback((text: string) => set({ text, ...page }, { replace: true }), 250)
  const filter = filterOf(parameters)
  const orderBy = sortOf(parameters, ['NAME', 'MEMBER_COUNT'] as const)
  const read = useRead(GroupsDocument, { filter, orderBy, ...pageArguments(parameters) })
  const rows = async () => {
    const all: Row[] = []
    let after: string | null = null
    do {
      const variables: object = { filter, orderBy, organization, first: 500, after }
      const { groups }: GroupsQuery = await send(GroupsDocument, variables, { token, asOf })
      all.push(...(groups?.nodes ?? []))
      after = groups?.pageInfo.hasNextPage ? groups.pageInfo.endCursor : null
    } while (after !== null)
    return all.map(({ name, groupId, memberCount, members }) => ({
      name,
      id: groupId,
      'members in the mirror': members.totalCount,
      'members by the vendor': memberCount,
    }))
  }
  return (
    <>
      <PageTitle>Groups</PageTitle>
      <Panel title="Matching groups" query={read.query} actions={<ExportButton name="groups.csv" rows={rows} />}>
        <Group mb="sm" gap="sm" align="end">
          <TextInput
            label="Name contains"
            value={typed}
            onChange={({ currentTarget: { value } }) => {
              setTyped(value)
              apply(value)
            }}
          />
          <NativeSelect
            label="Members"
            value={parameters.get('empty') ?? ''}
            data={[
              { value: '', label: 'Any number' },
              { value: 'yes', label: 'None' },
              { value: 'no', label: 'One or more' },
            ]}
            onChange={({ currentTarget: { value } }) => set({ empty: value, ...page })}
          />
        </Group>
        <UnknownFilters known={{ empty: ['yes', 'no'] }} />
        <Ready read={read} pick={(data) => data.groups} rows={12}>
          {(groups) =>
            groups.totalCount === 0 ? (
              <Empty>
                {offersGroups ? 'No group matches.' : 'The connection to the vendor does not offer groups.'}
              </Empty>
            ) : (
              <>
                <DataTable label="Groups" rows={groups.nodes} keyOf={({ id }) => id} columns={columns} />
                <Pager pageInfo={groups.pageInfo} total={groups.totalCount} shown={groups.nodes.length} />
              </>
            )
          }
        </Ready>
      </Panel>
    </>
  )
}

function filterOf(parameters: URLSearchParams): GroupFilter | undefined {
  const text = parameters.get('text')?.trim()
  const empty = ['yes', 'no'].find((one) => one === parameters.get('empty'))
  if (!text && !empty) return undefined
  return {
    ...(text ? { name: { contains: text } } : {}),
    ...(empty ? { empty: empty === 'yes' } : {}),
  }
}
