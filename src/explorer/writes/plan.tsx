/** The result of a dry run: the requests that would be sent, or why they would be rejected. */
import { Alert, List, Stack, Text } from '@mantine/core'
import type { FailureFieldsFragment, PlanFragment } from '../data/generated/graphql.ts'
import { counted } from '../ui/words.ts'

export interface Planned {
  readonly notes: readonly string[]
  readonly plan: readonly PlanFragment[]
}

export function PlanList({ notes, plan }: Planned) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} role="status">
        {plan.length === 0
          ? 'Nothing needs to change: no request would be sent.'
          : `${counted(plan.length, 'request')} would change something at the vendor:`}
      </Text>
      {plan.slice(0, 20).map(({ method, path, body }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the requests are ordered, and may be equal.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre key={i} className="plan mono" tabIndex={0}>
          {method} {decoded(path)}
          {body === null || body === undefined ? '' : `\n${JSON.stringify(body, null, 2)}`}
        </pre>
      ))}
      {plan.length > 20 && <Text size="sm">and {plan.length - 20} more</Text>}
      <Notes notes={notes} />
    </Stack>
  )
}

const mostNotes = 20

export function Notes({ notes }: { notes: readonly string[] }) {
  return (
    <>
      {notes.slice(0, mostNotes).map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      {notes.length > mostNotes && <Text size="sm">and {counted(notes.length - mostNotes, 'more note')}</Text>}
    </>
  )
}

interface FailureAlertProps {
  failure: FailureFieldsFragment
  /** What an issue is about, in the terms of the page. By default, its path in the input. */
  textOf?: (issue: { path: readonly string[]; message: string }) => string
}

const withPath: NonNullable<FailureAlertProps['textOf']> = ({ path, message }) => `${path.join('.')}: ${message}`

export function FailureAlert({ failure, textOf = withPath }: FailureAlertProps) {
  const issues = 'issues' in failure ? failure.issues : []
  return (
    <Alert color="red" title="This cannot be carried out" role="alert">
      <Text size="sm">{failure.message}</Text>
      <List size="sm">
        {issues.slice(0, mostNotes).map((issue) => (
          <List.Item key={`${issue.path.join('.')} ${issue.message}`}>{textOf(issue)}</List.Item>
        ))}
      </List>
      {issues.length > mostNotes && <Text size="sm">and {counted(issues.length - mostNotes, 'more problem')}</Text>}
    </Alert>
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
