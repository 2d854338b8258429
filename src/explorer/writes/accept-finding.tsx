/** Accepts a finding until a date, with a reason that others can read. */
import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { AcceptFindingDocument } from '../data/generated/graphql.ts'
import { useWrite } from '../data/use-data.ts'
import { Failed } from '../ui/states.tsx'
import { FailureAlert } from './plan.tsx'

interface AcceptFindingProps {
  finding: { readonly id: string; readonly title: string }
  close: () => void
}

const dayMs = 86_400_000
const presets: readonly [label: string, days: number][] = [
  ['1 month', 30],
  ['3 months', 91],
  ['1 year', 365],
]

export function AcceptFinding({ finding, close }: AcceptFindingProps) {
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const accept = useWrite(AcceptFindingDocument)
  const result = accept.data?.acceptFinding
  // The end of the day in the time zone of the browser.
  const end = new Date(`${until}T23:59:59`)
  const ready = reason.trim() !== '' && !Number.isNaN(end.getTime())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    accept.mutate(
      { input: { id: finding.id, reason: reason.trim(), until: end.toISOString() } },
      { onSuccess: ({ acceptFinding }) => acceptFinding?.__typename === 'AcceptFindingSuccess' && close() },
    )
  }
  return (
    <Modal opened onClose={close} title="Accept a finding" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">
            {finding.title}. It is left out of the list and the counts until the date, or until it changes.
          </Text>
          <Textarea
            label="Reason"
            autosize
            minRows={2}
            maxLength={1_000}
            data-autofocus
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          <TextInput
            type="date"
            label="Until"
            value={until}
            min={dateIn(1)}
            max={dateIn(730)}
            onChange={({ currentTarget: { value } }) => setUntil(value)}
          />
          <Group gap={6}>
            {presets.map(([label, days]) => (
              <Button key={label} size="compact-xs" variant="default" onClick={() => setUntil(dateIn(days))}>
                {label}
              </Button>
            ))}
          </Group>
          {accept.error && <Failed error={accept.error} />}
          {result && result.__typename !== 'AcceptFindingSuccess' && <FailureAlert failure={result} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={accept.isPending}>
              Accept
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function dateIn(days: number): string {
  const date = new Date(Date.now() + days * dayMs)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
}
