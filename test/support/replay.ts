/** The mirror's state from its feed alone and from its lists, both read through the graph. The two must be equal. */

/** Sends a query to the graph, and returns the data of the response. */
export type AskData = <Data>(question: string, variables?: Record<string, unknown>) => Promise<Data>

export interface GraphState {
  /** The live users, by id. */
  readonly users: Record<string, UserState>
  /** The live groups, by id. */
  readonly groups: Record<string, { readonly groupId: string; readonly name: string }>
}

export interface UserState {
  readonly profile: Record<string, unknown>
  /** The ids of the groups and the names of the roles, sorted. */
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  /** The spelling of each alias, by its id. */
  readonly aliases: Record<string, unknown>
}

export interface FeedChange {
  readonly id: string
  readonly kind: string
  readonly field: string | null
  readonly before: unknown
  readonly after: unknown
  readonly notBefore: string | null
  readonly notAfter: string
  readonly subject: { readonly __typename: string; readonly id: string }
  readonly object: { readonly __typename: string; readonly id: string; readonly name?: string } | null
}

interface FeedPage {
  readonly changes: {
    readonly nodes: FeedChange[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
}

const feedQuestion = `query ($after: String, $first: Int) {
  changes(after: $after, first: $first) {
    nodes {
      id kind field before after notBefore notAfter
      subject { __typename ... on Node { id } }
      object { __typename ... on Node { id } ... on Role { name } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

/** All changes after the cursor, and the cursor after the last change. */
export async function readFeed(
  ask: AskData,
  from: string | null = null,
  first = 500,
): Promise<{ changes: FeedChange[]; cursor: string }> {
  const changes: FeedChange[] = []
  for (let after = from; ; ) {
    const page: FeedPage['changes'] = (await ask<FeedPage>(feedQuestion, { after, first })).changes
    changes.push(...page.nodes)
    after = page.pageInfo.endCursor
    if (!page.pageInfo.hasNextPage) return { changes, cursor: after }
  }
}

interface Draft {
  profile: Record<string, unknown>
  groups: Set<string>
  roles: Set<string>
  aliases: Map<string, unknown>
}

/** The state after these changes, starting from nothing. Throws if a change contradicts the changes before it. */
export function replay(changes: readonly FeedChange[]): GraphState {
  const users = new Map<string, Draft>()
  const groups = new Map<string, { groupId: string; name: string }>()
  for (const change of changes) {
    if (change.subject.__typename === 'Group') replayGroup(groups, change)
    else replayUser(users, change)
  }
  return {
    users: Object.fromEntries([...users].map(([id, user]) => [id, settled(user)])),
    groups: Object.fromEntries(groups),
  }
}

function replayGroup(groups: Map<string, { groupId: string; name: string }>, change: FeedChange): void {
  const { kind, subject, after } = change
  const known = groups.get(subject.id)
  expectThat((kind === 'GROUP_CREATED') === (known === undefined), change)
  if (kind === 'GROUP_CREATED') groups.set(subject.id, after as { groupId: string; name: string })
  else if (kind === 'GROUP_DELETED') groups.delete(subject.id)
  else if (known) known.name = after as string
}

function replayUser(users: Map<string, Draft>, change: FeedChange): void {
  const { kind, subject, object, field, before, after } = change
  if (kind === 'USER_CREATED' || kind === 'USER_RECREATED') {
    expectThat(!users.has(subject.id), change)
    const { updatedAt: _updatedAt, ...profile } = after as Record<string, unknown>
    users.set(subject.id, { profile, groups: new Set(), roles: new Set(), aliases: new Map() })
    return
  }
  const user = users.get(subject.id)
  if (!user) throw new Error(`No user matches this change: ${JSON.stringify(change)}`)
  const id = object?.id ?? ''
  const name = object?.name ?? ''
  switch (kind) {
    case 'USER_DELETED':
      expectThat(user.groups.size + user.roles.size + user.aliases.size === 0, change)
      users.delete(subject.id)
      return
    case 'FIELD_CHANGED':
      if (field === 'aliases') {
        const [respelled] = [...user.aliases].find(([, address]) => address === before) ?? []
        expectThat(respelled !== undefined, change)
        user.aliases.set(respelled ?? '', after)
        return
      }
      expectThat(JSON.stringify(user.profile[field ?? ''] ?? null) === JSON.stringify(before), change)
      user.profile[field ?? ''] = after
      return
    case 'ALIAS_ADDED':
      expectThat(!user.aliases.has(id), change)
      user.aliases.set(id, after)
      return
    case 'ALIAS_REMOVED':
      expectThat(user.aliases.delete(id), change)
      return
    case 'MEMBER_ADDED':
    case 'ROLE_GRANTED': {
      const set = kind === 'MEMBER_ADDED' ? user.groups : user.roles
      const one = kind === 'MEMBER_ADDED' ? id : name
      expectThat(!set.has(one), change)
      set.add(one)
      return
    }
    case 'MEMBER_REMOVED':
      expectThat(user.groups.delete(id), change)
      return
    default:
      expectThat(user.roles.delete(name), change)
  }
}

function expectThat(possible: boolean, change: FeedChange): void {
  if (!possible) throw new Error(`This cannot follow what was before it: ${JSON.stringify(change)}`)
}

function settled({ profile, groups, roles, aliases }: Draft): UserState {
  return {
    profile,
    groups: [...groups].sort(),
    roles: [...roles].sort(),
    aliases: Object.fromEntries([...aliases].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

interface ListedUser extends Record<string, unknown> {
  readonly id: string
  readonly roles: { readonly name: string }[] | null
  readonly aliases: { readonly id: string; readonly address: string }[] | null
  readonly groups: { readonly nodes: { readonly id: string }[] } | null
}

interface Listed<Node> {
  readonly list: {
    readonly nodes: Node[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
}

/**
 * The state that the lists show. Unknown and empty values are the same here, because the feed does not distinguish
 * them.
 */
export async function readState(ask: AskData): Promise<GraphState> {
  const page = 'pageInfo { hasNextPage endCursor }'
  const users = await readAll<ListedUser>(
    ask,
    `query ($after: String) { list: users(first: 500, after: $after) { ${page} nodes {
      id primaryEmail firstName lastName type status mailboxSize spamPolicy createdAt
      accountKind billable senderLists { safe blocked }
      roles { name } aliases { id address } groups(first: 500) { nodes { id } } } } }`,
  )
  const groups = await readAll<{ id: string; groupId: string; name: string }>(
    ask,
    `query ($after: String) { list: groups(first: 500, after: $after) { ${page} nodes { id groupId name } } }`,
  )
  return {
    users: Object.fromEntries(
      users.map(({ id, roles, aliases, groups: memberships, ...profile }) => [
        id,
        settled({
          profile,
          groups: new Set(memberships?.nodes.map((group) => group.id)),
          roles: new Set(roles?.map((role) => role.name)),
          aliases: new Map(aliases?.map((alias) => [alias.id, alias.address])),
        }),
      ]),
    ),
    groups: Object.fromEntries(groups.map(({ id, ...group }) => [id, group])),
  }
}

async function readAll<Node>(ask: AskData, question: string): Promise<Node[]> {
  const nodes: Node[] = []
  for (let after: string | null = null; ; ) {
    const { list }: Listed<Node> = await ask<Listed<Node>>(question, { after })
    nodes.push(...list.nodes)
    after = list.pageInfo.endCursor
    if (!list.pageInfo.hasNextPage) return nodes
  }
}
