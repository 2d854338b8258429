/** The timeline of a user: the latest changes first. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { type ChangeFieldsFragment, PersonChangesDocument } from '../../data/generated/graphql.ts'
import { useRead } from '../../data/use-data.ts'
import { ChangeItem } from '../../ui/change-text.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Ready } from '../../ui/states.tsx'

export function History({ id }: { id: string }) {
  const [earlier, setEarlier] = useState<{ before: string; shown: readonly ChangeFieldsFragment[] }>()
  const read = useRead(PersonChangesDocument, { id, before: earlier?.before })
  return (
    <Panel title="History" query={read.query}>
      <Ready read={read} pick={({ node }) => (node?.__typename === 'User' ? node.changes : null)}>
        {({ nodes, pageInfo }) => {
          const page = read.stale ? [] : nodes.toReversed()
          const shown = [...(earlier?.shown ?? []), ...page]
          return (
            <>
              {shown.length === 0 && <Empty>No changes are recorded.</Empty>}
              <ul className="timeline">
                {shown.map((change) => (
                  <ChangeItem
                    key={change.id}
                    change={change}
                    withSubject={change.subject.__typename !== 'User'}
                    page={`/users/${encodeURIComponent(id)}`}
                  />
                ))}
              </ul>
              {pageInfo.hasPreviousPage && pageInfo.startCursor && (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => setEarlier({ before: pageInfo.startCursor ?? '', shown })}
                >
                  Earlier changes
                </Button>
              )}
            </>
          )
        }}
      </Ready>
    </Panel>
  )
}
