/** Puts the whole application to a past moment, which is part of the address. */
import { Alert, Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useAddress } from '../session/links.tsx'
import { momentOf, timeFormats } from '../session/relative-time.ts'
import { useSession } from '../session/session.tsx'
import { exactTime, relativeTime } from '../ui/time.tsx'

const presets: readonly [string, number][] = [
  ['5 minutes ago', 300],
  ['1 hour ago', 3_600],
  ['1 day ago', 86_400],
  ['1 week ago', 604_800],
  ['30 days ago', 2_592_000],
]

export function AsOf() {
  const { asOf } = useSession()
  const { set } = useAddress()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [ago, setAgo] = useState('')
  const isWrong = ago !== '' && momentOf(ago, Date.now()) === undefined
  const choose = (moment: string | undefined) => {
    set({ asOf: moment, after: undefined, before: undefined })
    setOpen(false)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // The input is in the time zone of the browser.
    const moment = new Date(typed)
    if (!Number.isNaN(moment.getTime())) choose(moment.toISOString())
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus shadow="md" width={340}>
      <Popover.Target>
        <Button
          variant={asOf ? 'filled' : 'default'}
          color={asOf ? '#9a3412' : undefined}
          onClick={() => setOpen(!open)}
          px="sm"
        >
          As of
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">Show everything as it was at a past moment.</Text>
          <Group gap={6}>
            {presets.map(([label, seconds]) => (
              <Button
                key={label}
                size="compact-xs"
                variant="default"
                onClick={() => choose(new Date(Date.now() - seconds * 1_000).toISOString())}
              >
                {label}
              </Button>
            ))}
          </Group>
          <form onSubmit={submit}>
            <Group align="end" gap="xs" wrap="nowrap">
              <TextInput
                type="datetime-local"
                label="Moment"
                value={typed}
                step={1}
                flex={1}
                miw={0}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
              <Button type="submit" disabled={!typed}>
                Show
              </Button>
            </Group>
          </form>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              choose(momentOf(ago, Date.now()))
            }}
          >
            <Group align="end" gap="xs" wrap="nowrap">
              <TextInput
                label="Or typed"
                placeholder="-7d"
                flex={1}
                value={ago}
                error={isWrong ? `Expected a time ${timeFormats}` : undefined}
                onChange={(event) => setAgo(event.currentTarget.value)}
              />
              <Button type="submit" variant="default" disabled={!ago || isWrong}>
                Go
              </Button>
            </Group>
          </form>
          {asOf && (
            <Button variant="light" onClick={() => choose(undefined)}>
              Back to now
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Says on every page that the data is not of now. */
export function PastBanner() {
  const { asOf } = useSession()
  const { set } = useAddress()
  if (!asOf) return null
  return (
    <Alert color="orange" variant="filled" mb="md" className="past-banner" role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          You are looking at the past: {exactTime(asOf)} ({relativeTime(asOf)}). Nothing can be changed here.
        </Text>
        <Button size="xs" color="dark" onClick={() => set({ asOf: undefined, after: undefined, before: undefined })}>
          Back to now
        </Button>
      </Group>
    </Alert>
  )
}
