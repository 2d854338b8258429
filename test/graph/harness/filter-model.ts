/** A model of the user filter in JavaScript. */

export interface Person {
  primaryEmail: string
  firstName: string | null
  lastName: string | null
  type: 'USER' | 'ALIAS'
  status: 'ACTIVE' | 'INACTIVE' | null
  createdAt: string | null
  updatedAt: string | null
  /** null if never read. */
  roles: string[] | null
  aliases: string[] | null
  groups: { groupId: string; name: string }[] | null
  /** The user is also in a group that the vendor reported only by a name that matches no single group. */
  isNamedOnly?: boolean
}

/** null if unknown. */
type Truth = boolean | null
interface StringFilter {
  eq?: string | null
  in?: string[] | null
  startsWith?: string | null
  endsWith?: string | null
  contains?: string | null
}
export interface Filter {
  and?: Filter[] | null
  or?: Filter[] | null
  not?: Filter | null
  primaryEmail?: StringFilter | null
  firstName?: StringFilter | null
  lastName?: StringFilter | null
  domain?: StringFilter | null
  alias?: StringFilter | null
  role?: StringFilter | null
  type?: string | null
  status?: string | null
  group?: { groupId?: StringFilter | null; name?: StringFilter | null } | null
  privileged?: boolean | null
  hasGroups?: boolean | null
  hasAliases?: boolean | null
  relationsKnown?: boolean | null
  createdAt?: { gte?: string | null; lt?: string | null } | null
  updatedAt?: { gte?: string | null; lt?: string | null } | null
}

const all = (truths: Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true)
const some = (truths: Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false)
const no = (truth: Truth): Truth => (truth === null ? null : !truth)
const given = <T>(asked: T | null | undefined, truth: (asked: T) => Truth): Truth[] =>
  asked == null ? [] : [truth(asked)]

function matches(value: string | null, filter: StringFilter): Truth {
  const known = (test: (low: string) => boolean): Truth => (value === null ? null : test(value.toLowerCase()))
  return all([
    ...given(filter.eq, (text) => known((low) => low === text.toLowerCase())),
    ...given(filter.in, (list) => known((low) => list.some((text) => low === text.toLowerCase()))),
    ...given(filter.startsWith, (text) => known((low) => low.startsWith(text.toLowerCase()))),
    ...given(filter.endsWith, (text) => known((low) => low.endsWith(text.toLowerCase()))),
    ...given(filter.contains, (text) => known((low) => low.includes(text.toLowerCase()))),
  ])
}

function within(value: string | null, { gte, lt }: { gte?: string | null; lt?: string | null }): Truth {
  return all([
    ...given(gte, (time) => (value === null ? null : value >= time)),
    ...given(lt, (time) => (value === null ? null : value < time)),
  ])
}

/** Whether the person matches the filter. */
export function holds(person: Person, filter: Filter): Truth {
  const known = <T>(list: T[] | null, truth: (list: T[]) => Truth): Truth => (list === null ? null : truth(list))
  return all([
    ...(filter.and ?? []).map((inner) => holds(person, inner)),
    ...given(filter.or, (inner) => some(inner.map((one) => holds(person, one)))),
    ...given(filter.not, (inner) => no(holds(person, inner))),
    ...given(filter.primaryEmail, (text) => matches(person.primaryEmail, text)),
    ...given(filter.firstName, (text) => matches(person.firstName, text)),
    ...given(filter.lastName, (text) => matches(person.lastName, text)),
    ...given(filter.domain, (text) => matches(person.primaryEmail.split('@').at(-1) ?? null, text)),
    ...given(filter.type, (type) => person.type === type),
    ...given(filter.status, (status) => (person.status === null ? null : person.status === status)),
    ...given(filter.createdAt, (span) => within(person.createdAt, span)),
    ...given(filter.updatedAt, (span) => within(person.updatedAt, span)),
    ...given(filter.alias, (text) => known(person.aliases, (list) => list.some((one) => matches(one, text) === true))),
    ...given(filter.role, (text) => known(person.roles, (list) => list.some((one) => matches(one, text) === true))),
    ...given(filter.group, ({ groupId, name }) =>
      known(person.groups, (list) => {
        const isIn = list.some(
          (one) => matches(one.groupId, groupId ?? {}) === true && matches(one.name, name ?? {}) === true,
        )
        return isIn || (person.isNamedOnly ? null : false)
      }),
    ),
    ...given(filter.privileged, (want) => known(person.roles, (list) => list.some((one) => one !== 'USER') === want)),
    ...given(filter.hasGroups, (want) =>
      known(person.groups, (list) => (list.length > 0 || person.isNamedOnly === true) === want),
    ),
    ...given(filter.hasAliases, (want) => known(person.aliases, (list) => list.length > 0 === want)),
    ...given(
      filter.relationsKnown,
      (want) => (person.roles !== null && person.aliases !== null && person.groups !== null) === want,
    ),
  ])
}
