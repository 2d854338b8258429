/** Edits a user: the changes are planned by a dry run, shown, and sent only after that. */
import { Button, Checkbox, Group, Modal, MultiSelect, NativeSelect, Stack, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { RolesDocument, UpdateUserDocument, type UserPatch, type UserStatus } from '../data/generated/graphql.ts'
import { useRead, useWrite } from '../data/use-data.ts'
import { useSession } from '../session/session.tsx'
import { Failed } from '../ui/states.tsx'
import { FailureAlert, PlanList } from './plan.tsx'

export interface EditablePerson {
  readonly primaryEmail: string
  readonly displayName: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly status: UserStatus | null
  readonly updatedAt: string | null
  readonly roles: readonly { name: string }[] | null
  readonly aliases: readonly { address: string }[] | null
}

export function EditPerson({ person, close }: { person: EditablePerson; close: () => void }) {
  const { organization } = useSession()
  const roles = useRead(RolesDocument, {})
  const before = {
    firstName: person.firstName ?? '',
    lastName: person.lastName ?? '',
    status: person.status ?? '',
    roles: person.roles?.map(({ name }) => name) ?? null,
    aliases: person.aliases?.map(({ address }) => address) ?? null,
  }
  const [edited, setEdited] = useState(before)
  const plan = useWrite(UpdateUserDocument, { reread: false })
  const apply = useWrite(UpdateUserDocument)
  // A retry of the same attempt is made once.
  const [key] = useState(() => crypto.randomUUID())
  const [reviewed, setReviewed] = useState(false)
  const patch = patchOf(before, edited)
  const isChanged = Object.keys(patch).length > 0
  const change = (part: Partial<typeof before>) => {
    setEdited({ ...edited, ...part })
    setReviewed(false)
    plan.reset()
  }
  const input = { organization, primaryEmail: person.primaryEmail, set: patch, expectedUpdatedAt: person.updatedAt }
  const planned = plan.data?.updateUser
  const applied = apply.data?.updateUser
  if (applied?.__typename === 'UpdateUserSuccess') {
    return (
      <Modal opened onClose={close} title="Saved" centered closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <span role="status">
            {applied.settled
              ? `Changed: ${applied.changed.join(', ') || 'nothing'}.`
              : 'The vendor accepted the change, but does not show it yet. The mirror keeps reading the user.'}
          </span>
          <Button onClick={close}>Close</Button>
        </Stack>
      </Modal>
    )
  }
  return (
    <Modal
      opened
      onClose={close}
      title={`Edit ${person.displayName}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Group grow align="start">
          <TextInput
            label="First name"
            value={edited.firstName}
            onChange={({ currentTarget: { value } }) => change({ firstName: value })}
          />
          <TextInput
            label="Last name"
            value={edited.lastName}
            onChange={({ currentTarget: { value } }) => change({ lastName: value })}
          />
        </Group>
        <NativeSelect
          label="Status"
          value={edited.status}
          data={[
            ...(before.status === '' ? [{ value: '', label: 'Unknown' }] : []),
            { value: 'ACTIVE', label: 'Active' },
            { value: 'INACTIVE', label: 'Inactive' },
          ]}
          onChange={({ currentTarget: { value } }) => change({ status: value as UserStatus })}
        />
        {edited.roles && (
          <MultiSelect
            label="Roles"
            description="Roles that the mirror has observed in this organization."
            data={[...new Set([...(roles.data?.roles?.map(({ name }) => name) ?? []), ...edited.roles])]}
            value={edited.roles}
            onChange={(value) => change({ roles: value })}
          />
        )}
        {edited.aliases && (
          <TagsInput
            label="Aliases"
            description="Type an address and press Enter."
            value={edited.aliases}
            onChange={(value) => change({ aliases: value })}
          />
        )}
        {plan.error && <Failed error={plan.error} />}
        {apply.error && <Failed error={apply.error} />}
        {planned?.__typename === 'UpdateUserSuccess' && <PlanList notes={planned.notes} plan={planned.plan} />}
        {planned && planned.__typename !== 'UpdateUserSuccess' && <FailureAlert failure={planned} />}
        {applied && <FailureAlert failure={applied} />}
        {planned?.__typename === 'UpdateUserSuccess' && planned.plan.length > 0 && (
          <Checkbox
            label={`Send this to the vendor for ${person.primaryEmail}`}
            checked={reviewed}
            onChange={({ currentTarget: { checked } }) => setReviewed(checked)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            variant="light"
            disabled={!isChanged}
            loading={plan.isPending}
            onClick={() => plan.mutate({ input: { ...input, dryRun: true } })}
          >
            Show the plan
          </Button>
          <Button
            disabled={!reviewed}
            loading={apply.isPending}
            onClick={() => apply.mutate({ input: { ...input, idempotencyKey: key } })}
          >
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

interface Values {
  readonly firstName: string
  readonly lastName: string
  readonly status: string
  readonly roles: readonly string[] | null
  readonly aliases: readonly string[] | null
}

/** Only what differs is sent. Lists are sent as additions and removals, so changes by others are kept. */
function patchOf(before: Values, after: Values): UserPatch {
  return {
    ...(after.firstName !== before.firstName ? { firstName: after.firstName.trim() || null } : {}),
    ...(after.lastName !== before.lastName ? { lastName: after.lastName.trim() || null } : {}),
    ...(after.status !== before.status ? { status: after.status as UserStatus } : {}),
    ...listPatch('roles', before.roles, after.roles),
    ...listPatch('aliases', before.aliases, after.aliases),
  }
}

function listPatch(name: 'roles' | 'aliases', before: readonly string[] | null, after: readonly string[] | null) {
  const add = (after ?? []).filter((value) => !before?.includes(value))
  const remove = (before ?? []).filter((value) => !after?.includes(value))
  return add.length + remove.length > 0 ? { [name]: { add, remove } } : {}
}
