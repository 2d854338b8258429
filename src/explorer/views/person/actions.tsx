/** What can be done with a user. Only what the token may do is offered. */
import { Button, Text } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { RefreshPersonDocument } from '../../data/generated/graphql.ts'
import { useWrite } from '../../data/use-data.ts'
import { useSession } from '../../session/session.tsx'
import type { PersonData } from './facts.tsx'

const EditPerson = lazy(async () => ({ default: (await import('../../writes/edit-person.tsx')).EditPerson }))

export function PersonActions({ person }: { person: PersonData }) {
  const { asOf, mayWrite } = useSession()
  const refresh = useWrite(RefreshPersonDocument)
  const [editing, setEditing] = useState(false)
  if (asOf) return null
  const result = refresh.data?.refreshUser
  return (
    <>
      {refresh.error && (
        <Text size="xs" c="red" role="alert">
          {refresh.error.message}
        </Text>
      )}
      {result && (
        <Text size="xs" role="status">
          {result.__typename === 'RefreshUserSuccess'
            ? result.changed.length === 0
              ? 'Up to date.'
              : `Changed: ${result.changed.join(', ')}.`
            : result.message}
        </Text>
      )}
      <Button
        size="xs"
        variant="default"
        loading={refresh.isPending}
        onClick={() => refresh.mutate({ primaryEmail: person.primaryEmail })}
      >
        Refresh from vendor
      </Button>
      {mayWrite && (
        <Button size="xs" onClick={() => setEditing(true)}>
          Edit
        </Button>
      )}
      {editing && (
        <Suspense fallback={null}>
          <EditPerson person={person} close={() => setEditing(false)} />
        </Suspense>
      )}
    </>
  )
}
