/** The filter of the list of users, as it is written in the address. */
import type { Lifecycle, UserFilter, UserOrderField, UserStatus, UserType } from '../../data/generated/graphql.ts'
import type { KnownFilters } from '../../ui/words.ts'

export const userSorts: readonly UserOrderField[] = ['PRIMARY_EMAIL', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT']

/** The parameters of the address that filter. A facet sets one of them. */
export const filterNames = [
  'text',
  'status',
  'type',
  'role',
  'domain',
  'group',
  'privileged',
  'groups',
  'lifecycle',
] as const
export type FilterName = (typeof filterNames)[number]

const statuses: readonly UserStatus[] = ['ACTIVE', 'INACTIVE']
const types: readonly UserType[] = ['USER', 'ALIAS']
const lifecycles: readonly Lifecycle[] = ['LIVE', 'DELETED', 'ANY']

/** The values of the filters that have a fixed set of them. */
export const knownFilters: KnownFilters = {
  status: statuses,
  type: types,
  lifecycle: lifecycles,
  privileged: ['yes', 'no'],
  groups: ['yes', 'no'],
}

/** More words hardly narrow the list, and each costs three comparisons. */
const mostWords = 8

/** Each word of the text must be in the name or the address: "aaron bauer" is in no single field. */
export function filterOf(parameters: URLSearchParams): UserFilter | undefined {
  const get = (name: FilterName) => parameters.get(name)?.trim() || undefined
  const parts: UserFilter[] = []
  const text = get('text')
  for (const contains of text?.split(/\s+/).slice(0, mostWords) ?? []) {
    parts.push({ or: [{ primaryEmail: { contains } }, { firstName: { contains } }, { lastName: { contains } }] })
  }
  const status = statuses.find((one) => one === get('status'))
  if (status) parts.push({ status })
  const type = types.find((one) => one === get('type'))
  if (type) parts.push({ type })
  const [role, domain, group] = [get('role'), get('domain'), get('group')]
  if (role) parts.push({ role: { eq: role } })
  if (domain) parts.push({ domain: { eq: domain } })
  if (group) parts.push({ group: { groupId: { eq: group } } })
  const [privileged, groups] = [get('privileged'), get('groups')]
  if (privileged === 'yes' || privileged === 'no') parts.push({ privileged: privileged === 'yes' })
  if (groups === 'yes' || groups === 'no') parts.push({ hasGroups: groups === 'yes' })
  return parts.length > 0 ? { and: parts } : undefined
}

export function lifecycleOf(parameters: URLSearchParams): Lifecycle {
  return lifecycles.find((one) => one === parameters.get('lifecycle')) ?? 'LIVE'
}
