/** A change as a sentence, with links to what it is about. */
import { Group, Text } from '@mantine/core'
import type { ChangeFieldsFragment, ChangeKind } from '../data/generated/graphql.ts'
import { AppLink } from '../session/links.tsx'
import { NodeLink } from './node-link.tsx'
import { exactTime, Time } from './time.tsx'

export const changeLabels: Record<ChangeKind, string> = {
  USER_CREATED: 'Account created',
  USER_DELETED: 'Account deleted',
  USER_RECREATED: 'Account re-created',
  FIELD_CHANGED: 'Field changed',
  ALIAS_ADDED: 'Alias added',
  ALIAS_REMOVED: 'Alias removed',
  ROLE_GRANTED: 'Role granted',
  ROLE_REVOKED: 'Role revoked',
  MEMBER_ADDED: 'Joined a group',
  MEMBER_REMOVED: 'Left a group',
  GROUP_CREATED: 'Group created',
  GROUP_RENAMED: 'Group renamed',
  GROUP_DELETED: 'Group deleted',
}

const origins = { PULL: 'found by a pull', REFRESH: 'found by a refresh', WRITE: 'written through this API' } as const

interface ChangeItemProps {
  change: ChangeFieldsFragment
  /** Left out where the page is about the subject. */
  withSubject?: boolean
  isNew?: boolean
  /** The page to which a link leads, as it was before the change. */
  page?: string
}

export function ChangeItem({ change, withSubject = true, isNew = false, page }: ChangeItemProps) {
  const { kind, field, before, after, subject, object, notBefore, notAfter, origin, actor, baseline } = change
  return (
    <li className={isNew ? 'new-change' : undefined}>
      <Group gap={8} wrap="wrap">
        {withSubject && <NodeLink node={subject} />}
        <Text size="sm" fw={600}>
          {kind === 'FIELD_CHANGED' ? `${field} changed` : changeLabels[kind]}
        </Text>
        {object && <NodeLink node={object} />}
        {(kind === 'FIELD_CHANGED' || kind === 'GROUP_RENAMED') && (
          <Text size="sm" className="break">
            from {shown(before)} to {shown(after)}
          </Text>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        <Time value={notAfter} />
        {notBefore ? ` (between ${exactTime(notBefore)} and ${exactTime(notAfter)})` : ' or earlier'}, {origins[origin]}
        {actor ? `, requested by ${actor}` : ''}
        {baseline && ' · there before the first pull'}
        {page && notBefore && !baseline && (
          <>
            {' · '}
            <AppLink to={`${page}?asOf=${encodeURIComponent(notBefore)}`}>before this change</AppLink>
          </>
        )}
      </Text>
    </li>
  )
}

/** A value of a field. Objects are cut: the query behind the panel returns them in full. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  const text = typeof value === 'string' ? `“${value}”` : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 120)} …` : text
}
