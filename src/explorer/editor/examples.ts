/** Example queries that the query editor lists. */
export interface Example {
  title: string
  /** What to look for, in one sentence. */
  note?: string
  query: string
  variables?: Record<string, unknown>
}

export const examples: readonly { title: string; items: readonly Example[] }[] = [
  {
    title: 'The mirror',
    items: [
      {
        title: 'How fresh is the data?',
        note: 'What is mirrored, how old it is, and how much of the request allowance is left.',
        query: `query HowFresh {
  organization {
    slug
    name
    mirror {
      state
      problem
      completeAsOf
      nextPullAt
      users
      groups
      aliases
      memberships
      usersWithoutRelations
      currentPull { state progress usersSeen }
    }
    budget {
      limit
      windowSeconds
      used
      remaining
      reservedForWrites
      pausedUntil
    }
  }
}`,
      },
      {
        title: 'Recent pulls',
        note: 'Each pull with its requests and the differences that it found.',
        query: `query LastPulls {
  organization {
    mirror {
      pulls(first: 5) {
        nodes {
          state
          trigger
          startedAt
          finishedAt
          requests
          retries
          rateLimited
          usersSeen
          created
          updated
          deleted
          unchanged
          error
        }
      }
    }
  }
}`,
      },
      {
        title: 'Start a pull',
        note: 'Starts a complete pull, or joins the one in progress.',
        query: `mutation PullNow {
  startPull { id state trigger startedAt progress }
}`,
      },
    ],
  },
  {
    title: 'People',
    items: [
      {
        title: 'Users with aliases, groups and roles',
        note: 'null: not yet read from the vendor; []: read, and empty.',
        query: `query Users($first: Int!, $after: String) {
  users(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      displayName
      primaryEmail
      status
      roles { name privileged }
      aliases { address }
      groups { totalCount nodes { name } }
    }
  }
}`,
        variables: { first: 10 },
      },
      {
        title: 'Find users',
        note: 'All given fields must match; and, or and not nest to any depth.',
        query: `query FindUsers($filter: UserFilter) {
  users(first: 20, filter: $filter) {
    totalCount
    nodes {
      primaryEmail
      displayName
      status
      type
      createdAt
      groups { totalCount }
    }
  }
}`,
        variables: {
          filter: { lastName: { startsWith: 'm' }, hasGroups: true, not: { status: 'INACTIVE' } },
        },
      },
      {
        title: 'Who has this address?',
        note: 'Primary or alias, in any letter case, in every mirrored organization. The address belongs to the demo.',
        query: `query WhoIs($address: EmailAddress!) {
  identity(address: $address) {
    kind
    user { displayName primaryEmail status }
    claimants { primaryEmail deletedAt }
  }
}`,
        variables: { address: 'A.Schroder@Example.com' },
      },
      {
        title: 'Administrators',
        query: `query Administrators {
  users(first: 50, filter: { role: { eq: "ADMINISTRATOR" } }) {
    totalCount
    nodes {
      primaryEmail
      status
      roles { name }
      groups { nodes { name } }
    }
  }
}`,
      },
      {
        title: 'Refresh one user',
        note: 'Reads the user from the vendor now, and returns what changed. The address belongs to the demo.',
        query: `mutation ReadAnew($primaryEmail: EmailAddress!) {
  refreshUser(input: { primaryEmail: $primaryEmail }) {
    __typename
    ... on RefreshUserSuccess {
      changed
      user {
        displayName
        freshness { profileAt relationsAt }
      }
    }
    ... on Failure { code message }
  }
}`,
        variables: { primaryEmail: 'adaeze.schroder@example.com' },
      },
    ],
  },
  {
    title: 'Groups and roles',
    items: [
      {
        title: 'Groups and their members',
        note: 'memberCount is the vendor’s number; totalCount counts the members that the mirror knows.',
        query: `query Groups {
  groups(first: 10, orderBy: [{ field: MEMBER_COUNT, direction: DESC }]) {
    totalCount
    nodes {
      groupId
      name
      memberCount
      members(first: 5) {
        totalCount
        edges {
          firstSeenAt
          policyState
          policyEffectiveBy
          node { primaryEmail }
        }
      }
    }
  }
}`,
      },
      {
        title: 'Who has which role?',
        query: `query Roles {
  roles {
    name
    privileged
    users(first: 5) {
      totalCount
      nodes { primaryEmail }
    }
  }
}`,
      },
    ],
  },
  {
    title: 'Writing',
    items: [
      {
        title: 'What would creating a user send?',
        note: 'A dry run reads and checks, and sends no changes. Omit dryRun to create the user.',
        query: `mutation Plan($input: CreateUserInput!) {
  createUser(input: $input) {
    __typename
    ... on CreateUserSuccess { notes plan { method path body } user { primaryEmail } }
    ... on InvalidInput { issues { path message } }
    ... on Failure { code message }
  }
}`,
        variables: {
          input: { primaryEmail: 'new.person@example.com', firstName: 'New', groups: ['grp_001'], dryRun: true },
        },
      },
      {
        title: 'Change some fields only',
        note: 'The idempotency key makes a retry safe: sent twice, the change is made once.',
        query: `mutation Change($input: UpdateUserInput!) {
  updateUser(input: $input) {
    __typename
    ... on UpdateUserSuccess { changed notes user { displayName updatedAt } }
    ... on Failure { code message }
  }
}`,
        variables: {
          input: {
            primaryEmail: 'a.person@example.com',
            set: { firstName: 'Änne', roles: { add: ['HELPDESK'] } },
            idempotencyKey: 'change-1',
          },
        },
      },
    ],
  },
  {
    title: 'History',
    items: [
      {
        title: 'What changed?',
        note: 'Oldest first, without what the first pull found. Pass endCursor as $after to continue.',
        query: `query Changes($since: DateTime, $after: String, $kinds: [ChangeKind!]) {
  changes(first: 20, after: $after, kinds: $kinds, since: $since, baseline: false) {
    pageInfo { hasNextPage endCursor }
    nodes {
      kind
      field
      before
      after
      origin
      notBefore
      notAfter
      subject {
        __typename
        ... on User { primaryEmail }
        ... on Group { name }
      }
      object {
        __typename
        ... on Group { name }
        ... on Role { name }
        ... on Alias { address }
      }
    }
  }
}`,
        variables: {
          since: '-7d',
          kinds: ['FIELD_CHANGED', 'MEMBER_ADDED', 'MEMBER_REMOVED', 'ROLE_GRANTED', 'ROLE_REVOKED', 'USER_DELETED'],
        },
      },
      {
        title: 'Deleted users',
        note: 'They stay as tombstones, with their changes.',
        query: `query Deleted {
  users(lifecycle: DELETED, first: 20) {
    totalCount
    nodes {
      primaryEmail
      displayName
      deletedAt
      changes(first: 10) { nodes { kind field notAfter } }
    }
  }
}`,
      },
    ],
  },
]
