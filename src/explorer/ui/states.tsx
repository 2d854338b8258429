/** The faces of a panel without data: loading, empty, failed, forbidden, offline. */
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RequestError } from '../data/request.ts'
import type { Read } from '../data/use-data.ts'
import { useAddress } from '../session/links.tsx'
import { exactTime } from './time.tsx'

interface ReadyProps<Result, Part> {
  read: Read<Result>
  /** The part that the panel shows; null or undefined if the API has none. */
  pick: (data: Result) => Part | null | undefined
  /** Shown if there is no such part. */
  missing?: ReactNode
  rows?: number
  children: (part: Part) => ReactNode
}

/** Renders the children once the data is there, and the state of the request before. */
export function Ready<Result, Part>({ read, pick, missing, rows = 4, children }: ReadyProps<Result, Part>) {
  if (read.error && !read.data) return <Failed error={read.error} retry={read.retry} />
  if (read.data === undefined) return <Loading rows={rows} />
  const part = pick(read.data)
  if (part === null || part === undefined) return <Empty>{missing ?? 'Not found.'}</Empty>
  return (
    <>
      {read.error && <Failed error={read.error} retry={read.retry} />}
      {/* Rows of other filters must not be taken for those of the current ones. */}
      <div className={read.stale ? 'stale' : undefined} aria-busy={read.stale || undefined}>
        {children(part)}
      </div>
    </>
  )
}

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <Stack gap="xs" aria-busy="true">
      <span className="visually-hidden" role="status">
        Loading
      </span>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the placeholders have no identity.
        <Skeleton key={i} height={20} radius="sm" width={`${95 - ((i * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" size="sm" py="xs">
      {children}
    </Text>
  )
}

/** A value that has not been read from the vendor yet. It is not the same as an empty one. */
export function Unknown({ what }: { what: string }) {
  return (
    <Text size="sm" py={4} className="unknown">
      Unknown: {what} not been read from the vendor yet.
    </Text>
  )
}

const faces = {
  offline: { title: 'Offline', color: 'orange' },
  forbidden: { title: 'Not allowed', color: 'yellow' },
  'signed-out': { title: 'Signed out', color: 'red' },
  failed: { title: 'This could not be loaded', color: 'red' },
} as const

export function Failed({ error, retry }: { error: RequestError; retry?: () => void }) {
  const { title, color } = faces[error.kind]
  return (
    <Alert color={color} title={title} role="alert" mb="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{adviceFor(error)}</Text>
        {error.earliest && <EarliestMoment moment={error.earliest} />}
        {retry && !error.earliest && error.kind !== 'forbidden' && (
          <Button size="xs" variant="default" onClick={retry}>
            Retry
          </Button>
        )}
      </Group>
    </Alert>
  )
}

function EarliestMoment({ moment }: { moment: string }) {
  const { set } = useAddress()
  return (
    <Button size="xs" variant="default" onClick={() => set({ asOf: moment, after: undefined, before: undefined })}>
      Show the earliest moment
    </Button>
  )
}

function adviceFor({ kind, message, earliest }: RequestError): string {
  if (kind === 'forbidden') return `Your token lacks a scope. ${message}`
  if (earliest) return `This moment is outside the retained history, which begins on ${exactTime(earliest)}.`
  return message
}
