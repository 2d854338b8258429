/** A titled part of a page, with the query behind it. */
import { Button, Card, Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ShownQuery } from '../data/use-data.ts'

interface PanelProps {
  title: string
  query?: ShownQuery | undefined
  actions?: ReactNode
  children: ReactNode
}

export function Panel({ title, query, actions, children }: PanelProps) {
  return (
    <Card component="section" aria-label={title} withBorder radius="md" padding="md">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Group gap="xs">
          {actions}
          {query && <ShowQuery query={query} />}
        </Group>
      </Group>
      {children}
    </Card>
  )
}

/** Opens the query in the query editor. The fragment of an address is not sent to the server. */
function ShowQuery({ query }: { query: ShownQuery }) {
  return (
    <Button
      onClick={() => location.assign(editorAddress(query))}
      size="xs"
      variant="default"
      title="Open the query behind this in the query editor"
    >
      Show query
    </Button>
  )
}

function editorAddress({ text, variables }: ShownQuery): string {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined))
  return `/editor#${new URLSearchParams({ query: text, variables: JSON.stringify(given, null, 2) })}`
}
