/** Users as the interface API v1 shows them. */
import type { Account } from '../data/directory.ts'
import type { InterfaceSwitches } from './interface-switches.ts'

export interface InterfaceAccount {
  readonly uid: number
  readonly primaryEmail: string
  readonly isActive: boolean
  readonly type: string
  readonly firstname: string
  readonly surname: string
  readonly aliases: readonly string[]
  readonly billable: boolean
  readonly safe: readonly string[]
  readonly blocked: readonly string[]
  readonly readOnly: boolean
  readonly odin: Readonly<Record<string, unknown>>
}

export const firstUid = 10_000
const noOdin = { can_impersonate: false, is_imitable: false }

/** The account's values, before a switch changes how they are shown. */
export function interfaceAccount({ serial, profile }: Account): InterfaceAccount {
  const { type, billable, safe = [], blocked = [], readOnly = false, odin = noOdin } = profile.ofInterface ?? {}
  const kind = type ?? kindOf(profile)
  return {
    uid: firstUid + serial,
    primaryEmail: profile.primaryEmail,
    isActive: profile.status !== 'inactive',
    type: kind,
    firstname: profile.firstName ?? '',
    surname: profile.lastName ?? '',
    aliases: profile.aliases,
    billable: billable ?? (kind !== 'functional_account' && profile.status !== 'inactive'),
    safe,
    blocked,
    readOnly,
    odin,
  }
}

function kindOf({ type, roles }: Account['profile']): string {
  if (type === 'Alias') return 'functional_account'
  return roles.includes('ADMINISTRATOR') ? 'organization_admin' : 'end_user'
}

export function shownUser(account: Account, switches: InterfaceSwitches): Record<string, unknown> {
  const user = interfaceAccount(account)
  const { senderNames } = switches
  return {
    uid: user.uid,
    primary_email: user.primaryEmail,
    is_active: shownBoolean(user.isActive, switches),
    type: user.type,
    firstname: user.firstname,
    surname: user.surname,
    alias_emails: user.aliases,
    ...(senderNames !== 'deprecated' && { safe_list_senders: user.safe, block_list_senders: user.blocked }),
    ...(senderNames !== 'present' && { white_list_senders: user.safe, black_list_senders: user.blocked }),
    is_billable: shownBoolean(user.billable, switches),
    odin_settings: Object.fromEntries(
      Object.entries(user.odin).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? shownBoolean(value, switches) : value,
      ]),
    ),
    read_only_user: shownBoolean(user.readOnly, switches),
    ...account.profile.undocumented,
  }
}

export function shownRow(account: Account, switches: InterfaceSwitches): Record<string, unknown> {
  const { rowsLack } = switches
  const shown = shownUser(account, switches)
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !rowsLack.some((lacking) => lacking === name)))
}

export function shownBoolean(value: boolean, { booleans }: InterfaceSwitches): boolean | number | string {
  switch (booleans) {
    case 'booleans':
      return value
    case 'integers':
      return value ? 1 : 0
    case 'digits':
      return value ? '1' : '0'
    case 'words':
      return String(value)
  }
}
