import type { Transaction } from '../../db/database.ts'
import { distrustBits } from './judge-account.ts'

/** Notices about how accounts were distinguished. Empty if there was no problem. */
export async function identityNotices(tx: Transaction, pullId: number, organizationId: number): Promise<string[]> {
  const [row] = await tx<{ distrust: number; twins: string[] }[]>`
    select o.creation_distrust as distrust, array(
      select distinct twin from pull_pages, unnest(twins) as twin where pull_id = ${pullId} and kind = 'USERS' order by twin limit 100) as twins
    from organizations o where o.id = ${organizationId}`
  if (!row) return []
  const { distrust, twins } = row
  return [...(distrust === 0 ? [] : [distrustNotice(distrust)]), ...(twins.length === 0 ? [] : [twinNotice(twins)])]
}

function distrustNotice(distrust: number): string {
  const inLists = (distrust & distrustBits.LIST) !== 0
  const inReads = (distrust & distrustBits.READ) !== 0
  const where = inLists && inReads ? 'lists and in single reads' : inLists ? 'lists' : 'single reads'
  return `The vendor's createdAt in ${where} is disregarded: it changes for unchanged users, so it does not identify an account`
}

function twinNotice(twins: readonly string[]): string {
  const [first] = twins
  const many = twins.length === 100 ? '100 or more' : twins.length
  return twins.length === 1
    ? `The vendor lists "${first}" twice, in different case: only one of the two accounts is shown`
    : `The vendor lists ${many} addresses twice, in different case, such as "${first}": only one of the two accounts is shown for each`
}
