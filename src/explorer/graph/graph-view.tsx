/** The picture of the graph around some nodes. Which nodes, and what is selected, is part of the address. */
import { Button, Chip, Group, NativeSelect, Text } from '@mantine/core'
import { useMemo, useRef } from 'react'
import { type EdgeKind, NeighborhoodDocument, PathsDocument, RolesDocument } from '../data/generated/graphql.ts'
import { useRead } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { Search } from '../shell/search.tsx'
import { PageTitle } from '../shell/shell.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { exportCsv, exportPng } from './export.ts'
import { GraphCanvas } from './graph-canvas.tsx'
import { Legend } from './legend.tsx'
import { edgeKey, graphOf } from './model.ts'
import { NodeList } from './node-list.tsx'
import { PathList } from './path-list.tsx'
import type { Picture } from './picture.ts'

const kinds: readonly { value: EdgeKind; label: string }[] = [
  { value: 'MEMBER_OF', label: 'Groups' },
  { value: 'HOLDS', label: 'Roles' },
  { value: 'OWNS', label: 'Aliases' },
  { value: 'SAME_PERSON', label: 'Same person' },
]
const usual: readonly EdgeKind[] = ['MEMBER_OF', 'HOLDS', 'OWNS']
/** The API looks up at most this number of nodes. */
const mostRoots = 50
const limits = ['100', '200', '500', '1000', '2000']

export function GraphView() {
  const { parameters, set } = useAddress()
  const picture = useRef<Picture>(null)
  const chosen = parameters.getAll('of')
  const roles = useRead(RolesDocument, {}, { enabled: chosen.length === 0 })
  const privileged = roles.data?.roles?.filter((role) => role.privileged).map(({ id }) => id) ?? []
  const roots = (chosen.length > 0 ? chosen : privileged).slice(0, mostRoots)
  const via = kinds
    .map(({ value }) => value)
    .filter((kind) => (parameters.getAll('via').length > 0 ? parameters.getAll('via') : usual).includes(kind))
  const depth = parameters.get('depth') === '2' ? 2 : 1
  const limit = limits.find((one) => one === parameters.get('limit')) ?? '200'
  const read = useRead(
    NeighborhoodDocument,
    { of: roots, depth, limit: Number(limit), via },
    { enabled: roots.length > 0 },
  )
  const selected = parameters.getAll('selected').slice(-2)
  const ends = pathEnds(selected, chosen)
  const paths = useRead(PathsDocument, { from: ends?.[0] ?? '', to: ends?.[1] ?? '' }, { enabled: ends !== undefined })

  const neighborhood = read.data?.neighborhood
  const found = ends ? paths.data?.paths?.paths : undefined
  const graph = useMemo(() => neighborhood && graphOf(neighborhood, found ?? []), [neighborhood, found])
  const path = useMemo(
    () => new Set((found ?? []).flatMap(({ edges }) => edges.map(({ source, target }) => edgeKey(source, target)))),
    [found],
  )
  const select = (id: string) =>
    set({ selected: selected.includes(id) ? selected.filter((one) => one !== id) : [...selected, id].slice(-2) })
  const expand = (id: string) => set({ of: roots.includes(id) ? roots.filter((one) => one !== id) : [...roots, id] })
  return (
    <>
      <PageTitle>Graph</PageTitle>
      <div className="graph-layout">
        <Panel
          title={chosen.length > 0 ? 'Neighborhood' : 'Who holds a privileged role'}
          query={read.query}
          actions={
            <>
              <Button size="xs" variant="default" onClick={() => picture.current?.fit()}>
                Fit
              </Button>
              <Button size="xs" variant="default" onClick={() => void exportPng(picture.current)}>
                Export PNG
              </Button>
              <Button size="xs" variant="default" disabled={!graph} onClick={() => graph && void exportCsv(graph)}>
                Export CSV
              </Button>
            </>
          }
        >
          <Group gap="sm" mb="sm" align="end">
            <NativeSelect
              label="Distance"
              value={String(depth)}
              data={[
                { value: '1', label: '1 step' },
                { value: '2', label: '2 steps' },
              ]}
              onChange={({ currentTarget: { value } }) => set({ depth: value === '1' ? undefined : value })}
            />
            <NativeSelect
              label="At most"
              value={limit}
              data={limits.map((value) => ({ value, label: `${Number(value).toLocaleString('en')} nodes` }))}
              onChange={({ currentTarget: { value } }) => set({ limit: value })}
            />
            <Chip.Group multiple value={via} onChange={(next) => set({ via: next })}>
              <Group gap={6}>
                {kinds.map(({ value, label }) => (
                  <Chip key={value} value={value} size="xs">
                    {label}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </Group>
          {read.error && <Failed error={read.error} retry={read.retry} />}
          {roles.error && <Failed error={roles.error} retry={roles.retry} />}
          {!graph && !read.error && (roots.length > 0 || roles.loading) && <Loading rows={8} />}
          {roles.data && roots.length === 0 && <Empty>No role is privileged. Search for a node to start from.</Empty>}
          {neighborhood === null && <Empty>None of these nodes exists at this moment.</Empty>}
          {graph && (
            <>
              <GraphCanvas
                graph={graph}
                selected={selected}
                path={path}
                picture={picture}
                onSelect={select}
                onExpand={expand}
              />
              <Legend graph={graph} />
              {neighborhood?.truncated && (
                <Text size="sm" mt="xs" role="status">
                  Some nodes or relationships are left out. Raise “At most”, or start from fewer nodes.
                </Text>
              )}
            </>
          )}
        </Panel>
        <div className="stack graph-side">
          <Panel title="Add to the picture">
            <Search
              label="Add a node"
              onChoose={({ id }) => set({ of: [...chosen, id], selected: [...selected, id].slice(-2) })}
            />
            <Text size="xs" c="dimmed" mt={6}>
              Select two nodes, by adding or by clicking them, to see how they are connected.
            </Text>
          </Panel>
          {ends && graph && <PathList read={paths} graph={graph} ends={ends} />}
          {graph && <NodeList graph={graph} roots={roots} selected={selected} onSelect={select} onExpand={expand} />}
        </div>
      </div>
    </>
  )
}

/** The two nodes whose shortest paths are shown: the selected ones, or the only two that the picture starts from. */
function pathEnds(selected: readonly string[], chosen: readonly string[]): [string, string] | undefined {
  const [from, to] = selected.length === 2 ? selected : selected.length === 0 && chosen.length === 2 ? chosen : []
  return from !== undefined && to !== undefined && from !== to ? [from, to] : undefined
}
