/** Moves through the pages of a connection, forwards and backwards. The position is part of the address. */
import { Button, Group, Text } from '@mantine/core'
import { useAddress } from '../session/links.tsx'

interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

const pageSize = 50

/** The arguments of the page that the address names. */
export function pageArguments(parameters: URLSearchParams) {
  const before = parameters.get('before')
  if (before) return { last: pageSize, before }
  return { first: pageSize, after: parameters.get('after') }
}

export function Pager({ pageInfo, total, shown }: { pageInfo: PageInfo; total: number; shown: number }) {
  const { set } = useAddress()
  const move = (values: Record<string, string | undefined>) => {
    set({ after: undefined, before: undefined, ...values })
    window.scrollTo({ top: 0 })
  }
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" c="dimmed" role="status">
        {shown === total ? `${total.toLocaleString('en')} in all` : `${shown} of ${total.toLocaleString('en')}`}
      </Text>
      {(hasNextPage || hasPreviousPage) && (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={!hasPreviousPage}
            onClick={() => move({ before: startCursor ?? undefined })}
          >
            Previous page
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!hasNextPage}
            onClick={() => move({ after: endCursor ?? undefined })}
          >
            Next page
          </Button>
        </Group>
      )}
    </Group>
  )
}
