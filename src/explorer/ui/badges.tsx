/** Small labels for states. Each has text, so that color is never the only sign. */
import { Badge, type BadgeProps, Text } from '@mantine/core'
import type {
  ItemState,
  MirrorState,
  OperationState,
  PolicyState,
  PullState,
  Severity,
  UserStatus,
} from '../data/generated/graphql.ts'
import { Time } from './time.tsx'

const words = (value: string) => value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ')

function Label({ color, children }: { color: string; children: string }) {
  const props: BadgeProps = { variant: 'light', radius: 'sm', size: 'md', tt: 'none', className: `label ${color}` }
  return (
    <Badge color={color} {...props}>
      {children}
    </Badge>
  )
}

export function StatusBadge({ status, deletedAt }: { status: UserStatus | null; deletedAt?: string | null }) {
  if (deletedAt) return <Label color="red">Deleted</Label>
  if (status === null) return <Label color="gray">Status unknown</Label>
  return status === 'ACTIVE' ? <Label color="teal">Active</Label> : <Label color="gray">Inactive</Label>
}

export function RoleBadge({ name, privileged }: { name: string; privileged: boolean }) {
  return <Label color={privileged ? 'grape' : 'gray'}>{name}</Label>
}

const severities: Record<Severity, string> = { HIGH: 'red', MEDIUM: 'orange', LOW: 'blue', INFO: 'gray' }

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Label color={severities[severity]}>{words(severity)}</Label>
}

/** `by`: when the vendor enforces the policy at the latest. */
export function PolicyBadge({ state, by }: { state: PolicyState; by: string }) {
  return state === 'PENDING' ? (
    <>
      <Label color="orange">Policy pending</Label>
      <Text size="xs" c="dimmed">
        effective <Time value={by} /> at the latest
      </Text>
    </>
  ) : (
    <Label color="teal">Policy effective</Label>
  )
}

const states: Record<MirrorState | PullState | OperationState | ItemState, string> = {
  CURRENT: 'teal',
  COMPLETE: 'teal',
  SUCCEEDED: 'teal',
  RUNNING: 'blue',
  QUEUED: 'blue',
  STALE: 'orange',
  PARTLY_FAILED: 'orange',
  QUARANTINED: 'orange',
  EMPTY: 'gray',
  DISCARDED: 'gray',
  CANCELLED: 'gray',
  SKIPPED: 'gray',
  FAILED: 'red',
}

export function StateBadge({ state }: { state: keyof typeof states }) {
  return <Label color={states[state]}>{words(state)}</Label>
}
