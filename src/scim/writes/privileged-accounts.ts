/** Privileged accounts, and our own, are never turned off or deleted by a client. */
import { evaluateRule } from '../../analysis/findings/evaluate.ts'
import { scimLeaver } from '../../analysis/findings/rules/scim-refusals.ts'
import { roleName } from '../../mirror/role-name.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { isOwnAccount } from '../../writes/not-offered.ts'
import { ScimError } from '../protocol/scim-error.ts'
import { readPrivilege } from '../resources/find-resources.ts'
import type { UserRow } from '../resources/resource-rows.ts'
import { noteRefusedLeaver } from '../resources/store-resource.ts'
import type { ScimCall } from '../scim-call.ts'

/** A deactivation that is refused. Repeating the request does not change that. */
export class PrivilegedLeaver extends ScimError {
  constructor(detail: string) {
    super(403, detail)
  }
}

/**
 * Returns a check of the copy that the vendor showed for the write. `user`: the row of the mirror, which counts if the
 * copy does not show the roles. An account that is off already passes: nothing will be sent.
 */
export async function leaverCheck(
  { sql, organizationId, deps }: ScimCall,
  user: Pick<UserRow, 'roles'>,
  ends: 'TURNED_OFF' | 'DELETED',
): Promise<(copy: WireUser) => void> {
  const isPrivileged = await readPrivilege(sql, organizationId)
  const ownAccount = deps.ownAccountOf(organizationId)
  return (copy) => {
    if (ends === 'TURNED_OFF' && copy.status === 'inactive') return
    const roles = copy.roles?.map(roleName) ?? user.roles
    if (isOwnAccount(ownAccount, copy))
      throw new PrivilegedLeaver('This account calls the interface of the vendor; it cannot be turned off here')
    if (!roles) throw new PrivilegedLeaver('The roles of this account are unknown, so it cannot be turned off here')
    const held = roles.filter(isPrivileged)
    if (held.length > 0) {
      throw new PrivilegedLeaver(
        `This account holds the privileged role ${held.join(', ')}; revoke it before the account is turned off`,
      )
    }
  }
}

/** Records a refusal, which opens the finding SCIM_PRIVILEGED_LEAVER. */
export async function reportLeaver({ deps, sql, organizationId, viewer }: ScimCall, id: string): Promise<void> {
  await noteRefusedLeaver(sql, id, viewer)
  await evaluateRule(deps.sql, scimLeaver, organizationId)
}
