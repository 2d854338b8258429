import { displayName, globalId, label, list, object, text } from './json-sql.ts'
import { globalIdOf, type Parameters, type Query } from './query.ts'

const fields = 'id primaryEmail displayName firstName lastName type status'

const document = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { ${fields} } }
}`

const mercuriusDocument = `query ($ids: [ID!]!) { _entities: usersByIds(ids: $ids) { ${fields} } }`

const postgraphileDocument = `query ($ids: [BigInt!]!) { _entities: usersByIdsList(ids: $ids) { ${fields} } }`

const ids = (parameters: Parameters) => parameters.ids as readonly string[]

/** 100 references as a federation router sends them. The peers get lists of ids. */
export const entities: Query = {
  name: '100 entities',
  parameters: `
    with pool as (
      select array_agg(id::text order by hashint8(id), id) as ids from (
        select id from users where deleted_at is null order by hashint8(id), id limit 20000
      ) u
    )
    select (
      select array_agg(ids[1 + (n * 100 + i) % cardinality(ids)] order by i) from generate_series(0, 99) i
    ) as ids from pool, generate_series(1, $1::int) n`,
  ours: (parameters) => ({
    query: document,
    variables: {
      representations: ids(parameters).map((id) => ({ __typename: 'User', id: globalIdOf('User', id) })),
    },
  }),
  mercurius: (parameters) => ({
    query: mercuriusDocument,
    variables: { ids: ids(parameters).map((id) => globalIdOf('User', id)) },
  }),
  postgraphile: {
    ask: (parameters) => ({ query: postgraphileDocument, variables: { ids: ids(parameters) } }),
    data: (data: object) => data,
  },
  limit: {
    sql: `select ${object({
      _entities: list(`select ${object({
        id: globalId('User', 'u.id'),
        primaryEmail: text('u.primary_email'),
        displayName,
        firstName: text('u.first_name'),
        lastName: text('u.last_name'),
        type: label('u.type'),
        status: label('u.status'),
      })} from unnest($1::bigint[]) with ordinality as given (id, place) join users u on u.id = given.id
        order by given.place`),
    })} as json`,
    values: (parameters) => [`{${ids(parameters).join(',')}}`],
  },
}
