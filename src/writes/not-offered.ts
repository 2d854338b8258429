/** Refuses what the connection of the organization cannot do, before anything is sent. */
import { addressKey } from '../addresses/address-key.ts'
import type { Sql } from '../db/database.ts'
import type { Capabilities, EssentialsClient } from '../vendor/adapter.ts'
import type { WireUser } from '../vendor/wire/wire.ts'
import { type InputIssue, invalidInput, WriteFailedError } from './failure.ts'
import type { CreateUserInput, UpdateUserInput } from './inputs.ts'

type Path = readonly string[]

/** The kind of account that receives mail, cannot sign in and is not billed. */
export const functionalRole = 'FUNCTIONAL_ACCOUNT'

export const notOffered = 'not offered by this connection'

/** The issues of a new user. No capabilities: this process has no client, and the worker's refuses the input. */
export function notOfferedInCreation(offered: Capabilities | undefined, input: CreateUserInput): InputIssue[] {
  if (!offered) return []
  const { mailboxSize, spamPolicy, type, groups, roles, sendWelcomeEmail } = input
  return [
    ...unless(offered.mailSettings, ['mailboxSize'], mailboxSize != null),
    ...unless(offered.mailSettings, ['spamPolicy'], spamPolicy != null),
    ...unless(offered.mailSettings, ['type'], type === 'ALIAS'),
    ...unless(offered.accountKinds, ['sendWelcomeEmail'], sendWelcomeEmail === true),
    ...unless(offered.groups, ['groups'], (groups?.length ?? 0) > 0),
    ...(offered.accountKinds && roles != null && roles.length !== 1 ? [oneRole(['roles'])] : []),
  ]
}

export function notOfferedInUpdate(offered: Capabilities | undefined, input: UpdateUserInput): InputIssue[] {
  if (!offered) return []
  const { mailboxSize, spamPolicy, roles, status } = input.set
  const isOneRole = roles === undefined || roles?.set?.length === 1
  return [
    ...unless(offered.mailSettings, ['set', 'mailboxSize'], mailboxSize !== undefined),
    ...unless(offered.mailSettings, ['set', 'spamPolicy'], spamPolicy !== undefined),
    ...unless(offered.timestamps, ['expectedUpdatedAt'], input.expectedUpdatedAt != null),
    ...(offered.accountKinds && !isOneRole ? [oneRole(['set', 'roles'])] : []),
    ...(offered.accountKinds && status === null
      ? [{ path: ['set', 'status'], message: `Clearing the status is ${notOffered}; set ACTIVE or INACTIVE` }]
      : []),
  ]
}

function unless(isOffered: boolean, path: Path, isAsked: boolean): InputIssue[] {
  return isOffered || !isAsked ? [] : [{ path, message: `${path.at(-1)} is ${notOffered}` }]
}

function oneRole(path: Path): InputIssue {
  const message = `Several roles, or none, are ${notOffered}: an account has exactly one role, so replace it with set`
  return { path, message }
}

/** Kinds of account are compared in upper case. */
export function withKinds<Input extends Pick<CreateUserInput, 'roles'>>(
  offered: Kinds['capabilities'] | undefined,
  input: Input,
): Input {
  if (!offered?.accountKinds || !input.roles) return input
  return { ...input, roles: input.roles.map((role) => role.toUpperCase()) }
}

export function withKindsInUpdate(offered: Capabilities | undefined, input: UpdateUserInput): UpdateUserInput {
  const { set, ...rest } = input
  if (!offered?.accountKinds || !set.roles?.set) return input
  return { ...rest, set: { ...set, roles: { set: set.roles.set.map((role) => role.toUpperCase()) } } }
}

/** What decides which roles need the right to administer. */
export interface Kinds {
  readonly capabilities: Pick<Capabilities, 'accountKinds'>
  readonly ordinaryRoles: readonly string[]
}

/** For a process without a client of the organization, whose operations another process carries out. */
export async function readKinds(sql: Sql, organizationId: number): Promise<Kinds> {
  const [row] = await sql<{ accountKinds: boolean; ordinaryRoles: string[] }[]>`
    select 'accountKinds' = any(capabilities) as "accountKinds", ordinary_roles as "ordinaryRoles"
    from organizations where id = ${organizationId}`
  const { accountKinds = true, ordinaryRoles = [] } = row ?? {}
  return { capabilities: { accountKinds }, ordinaryRoles }
}

/**
 * Kinds of account that administer something, and unknown ones, need the right to administer. Throws if the caller
 * lacks it. Returns the issues for a caller that can never have it.
 */
export function checkAdminKinds(
  kinds: Kinds | undefined,
  roles: readonly string[] | null | undefined,
  path: Path,
  requireAdmin: (() => void) | undefined,
): InputIssue[] {
  if (!kinds?.capabilities.accountKinds) return []
  const granted = (roles ?? []).find((role) => !kinds.ordinaryRoles.includes(role))
  if (granted === undefined) return []
  if (!requireAdmin) return [{ path, message: `Granting ${granted} requires the right to administer` }]
  requireAdmin()
  return []
}

/** Whether the vendor shows that the account may administer something. Undefined: it does not show its kind. */
export function administers(kinds: Kinds, { roles }: Pick<WireUser, 'roles'>): boolean | undefined {
  if (!kinds.capabilities.accountKinds) return false
  return roles?.some((role) => !kinds.ordinaryRoles.includes(role))
}

/**
 * Whoever sets the password of an account can use its rights. Throws if the caller lacks the right to administer, and
 * the account has it or does not show its kind. `copy`: as the vendor shows the account.
 */
function checkPasswordOf(copy: WireUser, kinds: Kinds | undefined, requireAdmin: (() => void) | undefined): void {
  if (!kinds || administers(kinds, copy) === false) return
  requireAdmin?.()
  if (requireAdmin) return
  const message = 'Setting the password of an account that administers something requires the right to administer'
  throw new WriteFailedError(invalidInput({ path: ['set', 'password'], message }))
}

/**
 * No write turns off, deletes, converts or sets the password of the account that the vendor is called by: the
 * connection would be lost, and with it the way to undo the change. `copy`: as the vendor shows the account.
 */
export function ownAccountIssues(
  client: { readonly account?: string } | undefined,
  copy: Pick<WireUser, 'primaryEmail' | 'aliases'>,
  path: Path,
): InputIssue[] {
  if (!isOwnAccount(client?.account, copy)) return []
  const message =
    'The vendor is called by this account, so its access is not changed here. Use the credentials of another ' +
    "account first, or change it in the vendor's admin console"
  return [{ path, message }]
}

/** No public source states whether an account can sign in by an alias, so an alias counts, too. */
export function isOwnAccount(
  account: string | undefined,
  { primaryEmail, aliases = [] }: Pick<WireUser, 'primaryEmail' | 'aliases'>,
): boolean {
  return account !== undefined && [primaryEmail, ...aliases].map(addressKey).includes(addressKey(account))
}

/** Throws the issues. */
export function keepOwnAccount(...of: Parameters<typeof ownAccountIssues>): void {
  const issues = ownAccountIssues(...of)
  if (issues.length > 0) throw new WriteFailedError(invalidInput(...issues))
}

/** What an update may not do to the account that the vendor shows, or only with the right to administer. Throws. */
export function checkAccess(
  copy: WireUser,
  client: EssentialsClient | undefined,
  set: UpdateUserInput['set'],
  requireAdmin: (() => void) | undefined,
): void {
  for (const name of ['status', 'roles', 'password'] as const)
    if (set[name] !== undefined) keepOwnAccount(client, copy, ['set', name])
  if (set.password !== undefined) checkPasswordOf(copy, client, requireAdmin)
}
