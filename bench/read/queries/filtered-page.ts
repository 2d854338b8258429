import { displayName, globalId, label, list, moment, number, object, text } from './json-sql.ts'
import type { Query } from './query.ts'

const fields = 'id primaryEmail displayName lastName status createdAt'

const document = `query ($domain: String!) {
  users(
    first: 50, filter: { domain: { eq: $domain }, status: ACTIVE }, orderBy: [{ field: LAST_NAME, direction: ASC }]
  ) {
    totalCount
    nodes { ${fields} }
  }
}`

const mercuriusDocument = `query ($domain: String!) {
  users: usersOfDomain(first: 50, domain: $domain, status: ACTIVE) { totalCount nodes { ${fields} } }
}`

const postgraphileDocument = `query ($domain: String!) {
  users: allUsers(
    first: 50, condition: { domain: $domain, status: ACTIVE }, orderBy: [LAST_NAME_KEY_ASC, ROW_ID_ASC]
  ) {
    totalCount
    nodes { ${fields} }
  }
}`

const matching = `from users u, organizations o
  where u.organization_id = o.id and u.domain = $1 and u.status = 'ACTIVE' and u.deleted_at is null`

/** The active users of a domain, by last name. Each domain of the parameters has about 0.7 % of the users. */
export const filteredPage: Query = {
  name: 'filtered page with totalCount',
  parameters: `select domain from users where deleted_at is null
    group by domain having count(*) < (select count(*) from users) / 10 order by hashtext(domain), domain limit $1`,
  ours: ({ domain }) => ({ query: document, variables: { domain } }),
  mercurius: ({ domain }) => ({ query: mercuriusDocument, variables: { domain } }),
  postgraphile: {
    ask: ({ domain }) => ({ query: postgraphileDocument, variables: { domain } }),
    data: (data: object) => data,
  },
  limit: {
    sql: `select ${object({
      users: object({
        totalCount: number(`select count(*) ${matching}`),
        nodes: list(
          `select ${object({
            id: globalId('User', 'u.id'),
            primaryEmail: text('u.primary_email'),
            displayName,
            lastName: text('u.last_name'),
            status: label('u.status'),
            createdAt: moment('u.created_at'),
          })} from (select u.* ${matching} order by lower(coalesce(u.last_name, '')), u.id limit 50) u`,
        ),
      }),
    })} as json`,
    values: ({ domain }) => [domain],
  },
}
