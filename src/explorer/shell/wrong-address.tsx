/** An address that asks for an organization or a moment that cannot be shown: nothing else is shown in its place. */
import { Button, Group } from '@mantine/core'
import { useAddress } from '../session/links.tsx'
import { useSession } from '../session/session.tsx'
import { Empty } from '../ui/states.tsx'
import { PageTitle } from './shell.tsx'

export function WrongAddress({ problem }: { problem: string }) {
  const { organizations = [], organization } = useSession()
  const { set } = useAddress()
  return (
    <>
      <PageTitle>Not found</PageTitle>
      <Empty>{problem}</Empty>
      <Group gap="xs">
        {organization ? (
          <Button onClick={() => set({ asOf: undefined })}>Back to now</Button>
        ) : (
          organizations.map(({ slug, name }) => (
            <Button key={slug} variant="default" onClick={() => set({ organization: slug })}>
              Show {name}
            </Button>
          ))
        )}
      </Group>
    </>
  )
}
