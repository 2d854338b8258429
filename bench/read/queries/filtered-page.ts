import { displayName, globalId, label, list, moment, number, object, text } from './json-sql.ts'
import type { Query } from './query.ts'

const fields = 'id primaryEmail displayName lastName status createdAt'

const matching = `from users u, organizations o
  where u.organization_id = o.id and u.domain = $1 and u.status = 'ACTIVE' and u.deleted_at is null`

interface Order {
  readonly field: string
  readonly postgraphile: string
  readonly sql: string
}

export const filteredPage = pageBy('filtered page with totalCount', {
  field: 'PRIMARY_EMAIL',
  postgraphile: '[ADDRESS_KEY_ASC, ROW_ID_ASC]',
  sql: 'u.address_key, u.id',
})

/** No index has this order. */
export const filteredPageByName = pageBy('filtered page by last name', {
  field: 'LAST_NAME',
  postgraphile: '[LAST_NAME_KEY_ASC, ROW_ID_ASC]',
  sql: `lower(coalesce(u.last_name, '')), u.id`,
})

/** The active users of a domain. Each domain of the parameters has about 0.7 % of the users. */
function pageBy(name: string, order: Order): Query {
  const document = `query ($domain: String!) {
    users(
      first: 50, filter: { domain: { eq: $domain }, status: ACTIVE }
      orderBy: [{ field: ${order.field}, direction: ASC }]
    ) {
      totalCount
      nodes { ${fields} }
    }
  }`
  const mercuriusDocument = `query ($domain: String!) {
    users: usersOfDomain(first: 50, domain: $domain, status: ACTIVE, orderBy: ${order.field}) {
      totalCount
      nodes { ${fields} }
    }
  }`
  const postgraphileDocument = `query ($domain: String!) {
    users: allUsers(first: 50, condition: { domain: $domain, status: ACTIVE }, orderBy: ${order.postgraphile}) {
      totalCount
      nodes { ${fields} }
    }
  }`
  return {
    name,
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
            })} from (
            -- The offset keeps Postgres from walking all users in the order of an index.
            select * from (select u.* ${matching} offset 0) u order by ${order.sql} limit 50
          ) u`,
          ),
        }),
      })} as json`,
      values: ({ domain }) => [domain],
    },
  }
}
