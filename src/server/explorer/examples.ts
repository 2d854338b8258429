/** Queries to begin with, as the page lists them. */
export interface Example {
  title: string
  /** What to look at, in one sentence. */
  note?: string
  query: string
  variables?: Record<string, unknown>
}

export const examples: readonly { title: string; items: readonly Example[] }[] = [
  {
    title: 'The mirror',
    items: [
      {
        title: 'How fresh is it?',
        note: 'What is mirrored, since when, and what is left of the request allowance.',
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
        title: 'The last pulls',
        note: 'Each one with its requests, and what it found different.',
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
        title: 'Pull now',
        note: 'Begins a complete pull, or joins the one that is under way.',
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
        title: 'Users with all that they have',
        note: 'null: not yet read from the vendor; []: read, and there are none.',
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
        note: 'Every field given must hold; and, or and not nest as deep as you like.',
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
        title: 'Who is behind an address?',
        note: 'Primary or alias, in any case, in every mirrored organization. The address is one of the demo’s.',
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
        note: 'Everybody who holds a role other than USER.',
        query: `query Administrators {
  users(first: 50, filter: { privileged: true }) {
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
        title: 'Read one user anew',
        note: 'Asks the vendor now, and says what had become different. The address is one of the demo’s.',
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
        note: 'memberCount is the vendor’s; totalCount is what the mirror knows.',
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
        title: 'Who holds which role?',
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
        title: 'What would a new user send?',
        note: 'A dry run: it reads, checks, and sends nothing else. Leave dryRun out, and it is done.',
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
        title: 'Change some fields, and no others',
        note: 'The key makes a repeat safe: sent twice, it happens once.',
        query: `mutation Change($input: UpdateUserInput!) {
  updateUser(input: $input) {
    __typename
    ... on UpdateUserSuccess { changed notes user { displayName updatedAt } }
    ... on Failure { code message }
  }
}`,
        variables: {
          input: {
            primaryEmail: 'somebody@example.com',
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
        note: 'Oldest first; these kinds leave out what a first pull finds. endCursor as $after goes on from there.',
        query: `query Changes($after: String, $kinds: [ChangeKind!]) {
  changes(first: 20, after: $after, kinds: $kinds) {
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
          kinds: ['FIELD_CHANGED', 'MEMBER_REMOVED', 'ROLE_REVOKED', 'ALIAS_REMOVED', 'USER_DELETED', 'GROUP_RENAMED'],
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
