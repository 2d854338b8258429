/** A link to the page of a node, with its kind as an icon and a word. */
import { Group, Text } from '@mantine/core'
import type { NodeSummaryFragment } from '../data/generated/graphql.ts'
import { AppLink } from '../session/links.tsx'
import { KindIcon } from './kind-icon.tsx'

export function nameOf(node: NodeSummaryFragment): string {
  if (node.__typename === 'User') return node.displayName
  return node.__typename === 'Alias' ? node.address : node.name
}

/** A second line that tells nodes with the same name apart. */
export function detailOf(node: NodeSummaryFragment): string {
  if (node.__typename === 'User') return node.primaryEmail
  if (node.__typename === 'Group') return `Group ${node.groupId}`
  if (node.__typename === 'Alias') return `Alias of ${node.user.displayName} · ${node.user.primaryEmail}`
  return node.__typename === 'Role' ? (node.privileged ? 'Privileged role' : 'Role') : `Organization ${node.slug}`
}

/** The page that shows the node. An alias leads to its user, a role to the users that hold it. */
export function pathOf(node: NodeSummaryFragment): string {
  if (node.__typename === 'User') return `/users/${encodeURIComponent(node.id)}`
  if (node.__typename === 'Group') return `/groups/${encodeURIComponent(node.id)}`
  if (node.__typename === 'Alias') return `/users/${encodeURIComponent(node.user.id)}`
  if (node.__typename === 'Role') return `/users?${new URLSearchParams({ role: node.name })}`
  return `/?organization=${encodeURIComponent(node.slug)}`
}

export function NodeLink({ node, withDetail = false }: { node: NodeSummaryFragment; withDetail?: boolean }) {
  return (
    <Group gap={6} wrap="nowrap" display="inline-flex" maw="100%">
      <KindIcon kind={node.__typename} />
      <span className="node-name">
        <AppLink to={pathOf(node)} size="sm">
          {nameOf(node)}
        </AppLink>
        {withDetail && (
          <Text size="xs" c="dimmed" className="break">
            {detailOf(node)}
          </Text>
        )}
      </span>
    </Group>
  )
}
