/** The list beside the picture. It says the same as the picture, and works without seeing it. */
import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { KindIcon } from '../ui/kind-icon.tsx'
import { NodeLink } from '../ui/node-link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Empty } from '../ui/states.tsx'
import { counted } from '../ui/words.ts'
import { type Graph, relationsOf } from './model.ts'

interface NodeListProps {
  graph: Graph
  roots: readonly string[]
  selected: readonly string[]
  onSelect: (id: string) => void
  onExpand: (id: string) => void
}

const kindOrder = ['User', 'Group', 'Role', 'Alias', 'Organization']
const mostShown = 300

export function NodeList({ graph, roots, selected, onSelect, onExpand }: NodeListProps) {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const matching = graph.nodes
    .filter(({ label, detail }) => `${label} ${detail}`.toLowerCase().includes(wanted))
    .toSorted(
      (a, b) =>
        kindOrder.indexOf(a.node.__typename) - kindOrder.indexOf(b.node.__typename) || a.label.localeCompare(b.label),
    )
  return (
    <>
      {selected.map((id) => (
        <Selected key={id} graph={graph} id={id} isRoot={roots.includes(id)} onSelect={onSelect} onExpand={onExpand} />
      ))}
      <Panel title="Nodes in the picture">
        <TextInput
          size="xs"
          mb="xs"
          label="Filter the list"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {matching.length === 0 && <Empty>No node matches.</Empty>}
        <ul className="node-list">
          {matching.slice(0, mostShown).map(({ id, node, label, detail }) => (
            <li key={id}>
              <button
                type="button"
                className="node-button"
                aria-pressed={selected.includes(id)}
                onClick={() => onSelect(id)}
              >
                <KindIcon kind={node.__typename} />
                <span className="node-name">
                  {label}{' '}
                  <Text span size="xs" c="dimmed">
                    {detail}
                  </Text>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {matching.length > mostShown && (
          <Empty>{`${counted(matching.length - mostShown, 'more node')}. Filter the list.`}</Empty>
        )}
      </Panel>
    </>
  )
}

interface SelectedProps extends Pick<NodeListProps, 'graph' | 'onSelect' | 'onExpand'> {
  id: string
  isRoot: boolean
}

function Selected({ graph, id, isRoot, onSelect, onExpand }: SelectedProps) {
  const node = graph.byId.get(id)
  if (!node) return null
  const relations = relationsOf(graph, id)
  return (
    <Panel title={node.label}>
      <NodeLink node={node.node} withDetail />
      <Group gap="xs" my="xs">
        <Button size="xs" variant="default" onClick={() => onExpand(id)}>
          {isRoot ? 'Collapse' : 'Expand'}
        </Button>
        <Button size="xs" variant="subtle" onClick={() => onSelect(id)}>
          Clear selection
        </Button>
      </Group>
      {relations.length === 0 && <Empty>No relationships in the picture.</Empty>}
      <ul className="node-list">
        {relations.slice(0, mostShown).map(({ key, text, other }) => (
          <li key={key}>
            <Text span size="xs" c="dimmed">
              {text}
            </Text>{' '}
            <NodeLink node={other.node} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
