/** The shortest paths between two nodes, in words. */
import { Group, Text } from '@mantine/core'
import type { PathsQuery } from '../data/generated/graphql.ts'
import type { Read } from '../data/use-data.ts'
import { NodeLink } from '../ui/node-link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty, Ready } from '../ui/states.tsx'
import type { Graph } from './model.ts'

interface PathListProps {
  read: Read<PathsQuery>
  graph: Graph
  ends: readonly [string, string]
}

export function PathList({ read, graph, ends }: PathListProps) {
  const [from, to] = ends.map((id) => graph.byId.get(id)?.label ?? 'the other node')
  return (
    <Panel title="Shortest paths" query={read.query}>
      <Text size="sm" mb="xs">
        Between <strong>{from}</strong> and <strong>{to}</strong>, through groups and aliases
      </Text>
      <Ready read={read} pick={(data) => data.paths} missing="One of the nodes does not exist at this moment.">
        {({ length, paths, truncated }) => (
          <>
            {length === null && <Empty>They are not connected within 6 steps.</Empty>}
            <ol className="timeline">
              {paths.map(({ nodes }) => (
                <li key={nodes.map(({ id }) => id).join(' ')}>
                  <Group gap={4}>
                    {nodes.map((node, i) => (
                      <Group key={node.id} gap={4} wrap="nowrap">
                        {i > 0 && <span aria-hidden="true">→</span>}
                        <NodeLink node={node} />
                      </Group>
                    ))}
                  </Group>
                </li>
              ))}
            </ol>
            {truncated && <Empty>There are more paths of this length.</Empty>}
          </>
        )}
      </Ready>
    </Panel>
  )
}
