import { forgetUnsettled, noteUnsettled, type UnsettledWrite } from '../mirror/unsettled-writes.ts'
import type { WriteSession } from './session.ts'

/** What the caller is told of a write that the vendor accepted and does not show. */
export const notShownYet =
  'The vendor accepted the write, and does not show it yet. The mirror goes on reading the user for 15 minutes'

/** Lets the sync go on reading a user whose last write is not shown yet. Undefined: it is shown. */
export async function concludeSettling(
  { sql, organizationId, primaryEmail, actor, sentAccount }: WriteSession,
  unsettled: (Pick<UnsettledWrite, 'kind'> & { readonly userId?: number | null }) | undefined,
): Promise<void> {
  if (!unsettled) return await forgetUnsettled(sql, organizationId, primaryEmail, { deletions: sentAccount })
  const { kind, userId = null } = unsettled
  await noteUnsettled(sql, { organizationId, primaryEmail, kind, userId, actor })
}
