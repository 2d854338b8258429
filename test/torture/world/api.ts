/**
 * What each of the vendor's APIs tells of an account, and how readers identify it: by its address (v2), or by its number,
 * which stays the same at another address (v1).
 */
import type { Account } from '../../../src/simulator/data/directory.ts'
import type { Profile } from '../../../src/simulator/data/user.ts'
import { firstUid, interfaceAccount } from '../../../src/simulator/v1/interface-wire.ts'

export type Api = 'v1' | 'v2'

export interface ShownProfile extends Omit<Profile, 'createdAt' | 'updatedAt' | 'ofInterface'> {
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly accountKind?: string
  readonly billable?: boolean
  readonly senderLists?: { readonly safe: readonly string[]; readonly blocked: readonly string[] }
}

export function subjectOf(api: Api, { key, serial }: Pick<Account, 'key' | 'serial'>): string {
  return api === 'v1' ? String(firstUid + serial) : key
}

/** The fields that readers of this API can know, with the names and words of the simulator. */
export function shownProfile(api: Api, account: Account): ShownProfile {
  if (api === 'v2') return account.profile
  const { primaryEmail, type, firstname, surname, isActive, aliases, billable, safe, blocked } =
    interfaceAccount(account)
  const accountKind = type.toUpperCase()
  return {
    primaryEmail,
    type: 'User',
    firstName: firstname || undefined,
    lastName: surname || undefined,
    status: isActive ? 'active' : 'inactive',
    roles: [accountKind],
    aliases,
    accountKind,
    billable,
    senderLists: { safe, blocked },
    undocumented: {},
  }
}
