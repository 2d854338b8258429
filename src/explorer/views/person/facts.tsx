/** The values of an account, and how fresh they are. */
import type { ReactNode } from 'react'
import type { PersonQuery } from '../../data/generated/graphql.ts'
import { StatusBadge } from '../../ui/badges.tsx'
import { Time } from '../../ui/time.tsx'

export type PersonData = Extract<NonNullable<PersonQuery['node']>, { __typename: 'User' }>

export function Facts({ person }: { person: PersonData }) {
  const { freshness, spamPolicy, organization } = person
  const facts: [string, ReactNode][] = [
    ['Primary address', <strong key="address">{person.primaryEmail}</strong>],
    ['Status', <StatusBadge key="status" status={person.status} deletedAt={person.deletedAt} />],
    ['First name', person.firstName ?? 'none reported'],
    ['Last name', person.lastName ?? 'none reported'],
    ['Type', person.type ?? 'unknown'],
    ['Organization', organization.name],
    ['Mailbox size', person.mailboxSize === null ? 'none reported' : `${person.mailboxSize} MB`],
    ['Created', <Time key="created" value={person.createdAt} missing="not reported by the vendor" />],
    ['Updated', <Time key="updated" value={person.updatedAt} missing="not reported by the vendor" />],
    ['Profile read', <Time key="profile" value={freshness.profileAt} />],
    [
      'Roles, aliases and groups read',
      <Time key="relations" value={freshness.relationsAt} missing="not all of them have been read yet" />,
    ],
  ]
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
      {spamPolicy !== null && spamPolicy !== undefined && (
        <details>
          <summary>Spam policy</summary>
          <pre className="plan mono">{JSON.stringify(spamPolicy, null, 2)}</pre>
        </details>
      )}
    </>
  )
}
