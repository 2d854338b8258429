/** The licenses of an organization, as the vendor counts them. */
import { sql } from 'drizzle-orm'
import type { organizations } from '../../db/schema/tables.ts'
import { builder } from '../builder.ts'
import { noPast } from '../core/field-policy.ts'
import { Organization } from './organization.ts'

interface Counts {
  readonly count: number | null
  readonly used: number | null
  readonly package: string | null
}

const counts = ({ licenseCount, licensedUsers, licensePackage }: typeof organizations) => sql`
  case when num_nonnulls(${licenseCount}, ${licensedUsers}, ${licensePackage}) > 0
    then json_build_object('count', ${licenseCount}, 'used', ${licensedUsers}, 'package', ${licensePackage}) end`

const Licenses = builder.objectRef<Counts>('Licenses').implement({
  description: 'The licenses of an organization. A value that the vendor does not report is null.',
  fields: (t) => ({
    count: t.exposeInt('count', { nullable: true, description: 'Number of licenses that the organization has.' }),
    used: t.exposeInt('used', {
      nullable: true,
      description: 'Number of users that the vendor counts against the licenses.',
    }),
    package: t.exposeString('package', {
      nullable: true,
      description: "The vendor's name of the package, in upper case, for example `BUSINESS_PLUS`.",
    }),
  }),
})

builder.objectField(Organization, 'licenses', (t) =>
  t.field({
    extensions: noPast,
    type: Licenses,
    nullable: true,
    description:
      'The licenses of the organization, at most about an hour old. Null if the connection does not tell them, or has ' +
      'not been asked yet.',
    sql: counts,
    compute: (found: Counts | null) => found,
  }),
)
