import { expect, test } from 'vitest'
import { graph } from '../graph/harness/fixture.ts'
test('scratch', async () => {
  await using api = await graph()
  const organization = await api.add.organization('acme')
  const u = await api.add.user(organization, 'ann@x.example', {})
  for (const q of [
    '{ user(primaryEmail: "ANN@x.example") { id primaryEmail displayName status createdAt organization { slug id } aliases { address } roles { name } groups { totalCount pageInfo { hasNextPage endCursor } edges { cursor policyState node { name } } } freshness { profileAt relationsAt } previousLives { id } } }',
    '{ users(first: 2, filter: { primaryEmail: { contains: "ann" } }) { totalCount nodes { id } pageInfo { startCursor hasNextPage } facets { byStatus { value count } } } }',
    '{ users { totalCount nodes { id displayName } } }',
    '{ groups(first: 2) { totalCount nodes { id members { nodes { id } } } } organizations { name users(last: 1) { nodes { id } } } }',
    '{ aliases(first: 2) { totalCount nodes { id user { id } } } }',
  ]) {
    const answer = await api.ask(q)
    console.log(JSON.stringify(answer), api.statements.length, api.statements[0]?.slice(0, 60))
  }
}, 60000)
