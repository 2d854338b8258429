/** Asks for a confirmation by typing a word: an address, a count, or the name of the action. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'

interface ConfirmProps {
  title: string
  /** What must be typed. */
  word: string
  action: string
  children: ReactNode
  confirm: () => void
  close: () => void
}

export function Confirm({ title, word, action, children, confirm, close }: ConfirmProps) {
  const [typed, setTyped] = useState('')
  const matches = typed.trim().toLowerCase() === word.toLowerCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (matches) confirm()
  }
  return (
    <Modal opened onClose={close} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{children}</Text>
          <TextInput
            label={
              <>
                Type <strong>{word}</strong> to confirm
              </>
            }
            value={typed}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={!matches}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
