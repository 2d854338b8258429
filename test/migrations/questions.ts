/** The queries for a dump and for its upgrade, which must have the same answers. */
const userFields = `id primaryEmail firstName lastName displayName type status mailboxSize spamPolicy createdAt updatedAt deletedAt
  roles { name } aliases { id address } groups(first: 100) { totalCount nodes { id groupId name } }`

export function questions(moment: string): string[] {
  return [
    `{ users(first: 200) { totalCount nodes { ${userFields} } } }`,
    `query @asOf(time: "${moment}") { users(first: 200) { totalCount nodes { ${userFields} } } groups(first: 50) { nodes { groupId name } } }`,
    '{ groups(first: 50) { totalCount nodes { id groupId name members(first: 100) { totalCount nodes { primaryEmail } } } } }',
    '{ roles { id name users { totalCount } } }',
    `{ changes(first: 500) { nodes { id kind field before after origin actor notBefore notAfter
      subject { __typename ... on Node { id } } object { __typename ... on Node { id } } } pageInfo { hasNextPage } } }`,
    '{ findings(first: 100) { nodes { id rule severity } } }',
    `{ operations(first: 50) { totalCount nodes { id kind state total done failed createdAt createdBy
      items(first: 50) { nodes { primaryEmail state steps failure { __typename code } } } } } }`,
    '{ organization { slug name mirror { users groups pulls(first: 50) { nodes { id state trigger created updated deleted unchanged } } } } }',
  ]
}
