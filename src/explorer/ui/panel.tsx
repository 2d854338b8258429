/** A titled part of a page, with the query behind it. */
import { Badge, Button, Card, Group, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import type { ShownQuery } from '../data/use-data.ts'
import { useCarry } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'

interface PanelProps {
  title: string
  query?: ShownQuery | undefined
  actions?: ReactNode
  /** On a narrow screen, what is in the panel is shown by a button, so that what follows is in sight. */
  folds?: boolean
  children: ReactNode
}

export function Panel({ title, query, actions, folds = false, children }: PanelProps) {
  const { asOf } = useSession()
  // The width at which a side panel is beside the list (`.with-side`).
  const wide = useMediaQuery('(min-width: 900px)', true, { getInitialValueInEffect: false })
  const [unfolded, setUnfolded] = useState(false)
  const folding = folds && !wide
  const shown = !folding || unfolded
  return (
    <Card component="section" aria-label={title} withBorder radius="md" padding="md">
      <Group justify="space-between" mb={shown ? 'sm' : 0} gap="xs">
        <Group gap="xs">
          <Title order={2} size="h4">
            {title}
          </Title>
          {asOf && query?.now && (
            <Badge variant="light" color="gray">
              Now
            </Badge>
          )}
        </Group>
        <Group gap="xs">
          {folding && (
            <Button size="xs" variant="default" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
              {unfolded ? 'Hide' : 'Show'}
            </Button>
          )}
          {actions}
          {query && <ShowQuery query={query} />}
        </Group>
      </Group>
      {shown && children}
    </Card>
  )
}

/** Opens the query in the query editor. The fragment of an address is not sent to the server. */
function ShowQuery({ query }: { query: ShownQuery }) {
  const carry = useCarry()
  return (
    <Button
      onClick={() => location.assign(`${carry('/editor')}#${fragmentOf(query)}`)}
      size="xs"
      variant="default"
      title="Open the query behind this in the query editor"
    >
      Show query
    </Button>
  )
}

function fragmentOf({ text, variables }: ShownQuery): string {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined))
  return String(new URLSearchParams({ query: text, variables: JSON.stringify(given, null, 2) }))
}
