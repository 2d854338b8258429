/** Findings, as the rules left them in their table. */

import { theOrganization } from './organizations.ts'
import { type Order, type PageArgs, pageOf, placeOf, withNodes } from './page.ts'
import { column, type Fields, type Reading, type Resolver, rowOf } from './reading.ts'
import type { FindingRow } from './rows.ts'
import { globalId } from './text.ts'

const severities = ['INFO', 'LOW', 'MEDIUM', 'HIGH']

const titles: Readonly<Record<string, string>> = {
  ALIAS_COLLISION: 'Several accounts have the same alias',
  ALIAS_SHADOWS_USER: "An alias is another account's primary address",
  BILLED_FUNCTIONAL: 'An account that seems to belong to no person is billed',
  BROAD_ALLOW_LIST: 'A user allows the senders of a whole domain',
  CONVERSION_UNDONE: 'A functional account has been replaced by another kind of account',
  EMPTY_GROUP: 'A group has no members',
  INACTIVE_LOSES_MAIL: 'A deactivated account rejects the mail that is sent to it',
  MEMBER_COUNT_DRIFT: "The vendor's member count of a group differs from the mirror",
  NEW_ROLE: 'A role appeared that the organization has never had',
  PRIVILEGED_INACTIVE: 'A deactivated account still holds a privileged role',
  PRIVILEGED_OUTSIDE_GROUPS: 'A privileged account is in no group',
  RECREATED_AFTER_DELETE: 'A deleted account has been re-created',
  SAME_PERSON_TWICE: 'Several accounts have the same name',
  SCIM_MASS_REMOVAL: 'An identity provider asked to remove an unusual number of users',
  SCIM_PRIVILEGED_LEAVER: 'A privileged account should have been turned off',
  STALE_RELATIONS: 'Relations of users have not been read for a week',
  USER_WITHOUT_GROUPS: 'An account is in no group',
  WEBHOOK_DISABLED: 'A webhook was disabled because its receiver kept failing',
}

const order: Order<FindingRow> = {
  name: 'findings by SEVERITY DESC',
  terms: [
    { kind: 'number', descending: true, value: ({ severity }) => severity },
    { kind: 'number', descending: true, value: ({ id }) => id },
  ],
}

interface FindingArgs extends PageArgs {
  readonly organization?: string | null
  readonly rules?: readonly string[] | null
  readonly minSeverity?: string | null
  readonly includeResolved?: boolean | null
  readonly accepted?: boolean | null
}

const isAccepted = ({ accepted_until: until }: FindingRow) => until !== null && Date.parse(until) > Date.now()

export const findings: Resolver = (_, args: FindingArgs, reading: Reading) => {
  placeOf(args, order)
  const place = theOrganization(reading, args.organization)
  const found = reading.state.findings.filter(
    (one) =>
      one.organization_id === place?.id &&
      (args.rules == null || args.rules.includes(one.rule)) &&
      (args.minSeverity == null || one.severity >= severities.indexOf(args.minSeverity)) &&
      (args.includeResolved || one.resolved_at === null) &&
      (args.accepted == null || isAccepted(one) === args.accepted),
  )
  const run = reading.state.findingRuns.find((one) => one.organization_id === place?.id)
  return { ...withNodes(pageOf(found, order, args), (row) => row), asOf: run?.as_of }
}

export const findingFields: Fields = {
  id: ({ id }: FindingRow) => globalId('Finding', id),
  rule: column('rule'),
  severity: ({ severity }: FindingRow) => severities[severity],
  title: ({ rule }: FindingRow) => titles[rule],
  subjects: ({ subject_ids, subject_types }: FindingRow, _args, reading) =>
    subject_ids.map((id, i) => rowOf(reading, subject_types[i] ?? '', id)),
  evidence: column('evidence'),
  acceptance: (finding: FindingRow) => (isAccepted(finding) ? finding : null),
  firstSeenAt: column('first_seen_at'),
  resolvedAt: column('resolved_at'),
}

export const acceptanceFields: Fields = {
  reason: column('accepted_reason'),
  until: column('accepted_until'),
  at: column('accepted_at'),
  by: column('accepted_by'),
}
