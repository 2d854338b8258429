/** The users that share the most with a user, and what they share. */
import { Text } from '@mantine/core'
import { RelatedPeopleDocument } from '../../data/generated/graphql.ts'
import { useRead } from '../../data/use-data.ts'
import { AppLink } from '../../session/links.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Ready } from '../../ui/states.tsx'

interface Shared {
  readonly sharedGroups: readonly { name: string }[]
  readonly sharedRoles: readonly { name: string }[]
  readonly sharedAddresses: readonly string[]
}

export function Related({ id }: { id: string }) {
  const read = useRead(RelatedPeopleDocument, { id })
  return (
    <Panel title="Related users" query={read.query}>
      <Ready
        read={read}
        pick={({ node }) => (node?.__typename === 'User' ? node.related : null)}
        missing="Unknown: some relations of this user have not been read from the vendor yet."
      >
        {(related) => (
          <>
            {related.length === 0 && <Empty>No other user shares a group, a role or an address.</Empty>}
            <ul className="timeline">
              {related.map(({ user, ...shared }) => (
                <li key={user.id}>
                  <AppLink to={`/users/${encodeURIComponent(user.id)}`}>{user.displayName}</AppLink>{' '}
                  <Text span size="xs" c="dimmed">
                    {user.primaryEmail}
                  </Text>
                  <Text size="xs">{describe(shared)}</Text>
                </li>
              ))}
            </ul>
          </>
        )}
      </Ready>
    </Panel>
  )
}

function describe({ sharedGroups, sharedRoles, sharedAddresses }: Shared): string {
  const parts = [
    listed(
      'group',
      sharedGroups.map(({ name }) => name),
    ),
    listed(
      'role',
      sharedRoles.map(({ name }) => name),
    ),
    listed('address', sharedAddresses),
  ]
  return `Shares ${parts.filter(Boolean).join('; ')}`
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const plural = what.endsWith('s') ? 'es' : 's'
  const more = names.length > 4 ? ` and ${names.length - 4} more` : ''
  return `${names.length === 1 ? what : what + plural} ${names.slice(0, 4).join(', ')}${more}`
}
