/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The vendor's kind of an account. It decides what the account may administer, and whether it can sign in. */
export type AccountKind =
  /** Administers a channel partner and its customers. */
  | 'CHANNEL_ADMIN'
  /** A person who can sign in. */
  | 'END_USER'
  /** An address that belongs to no person: it receives mail and is not billed. */
  | 'FUNCTIONAL_ACCOUNT'
  /** Administers an OEM partner and the organizations below it. */
  | 'OEM_PARTNER_ADMIN'
  /** Administers the organization. */
  | 'ORGANIZATION_ADMIN'
  /** Another kind. The name of the user's role is the vendor's word for it. */
  | 'OTHER'
  /** A person who does not sign in, and works with digests only. */
  | 'SILENT_USER'
  /** Administers a strategic partner and the organizations below it. */
  | 'STRATEGIC_PARTNER_ADMIN';

/** A time range. An omitted or null bound is open. */
export type DateTimeFilter = {
  /** At or after this time. */
  gte?: string | null | undefined;
  /** Before this time. */
  lt?: string | null | undefined;
};

/** Filters by group. All given fields must match (logical AND). Omitted and null fields are ignored. */
export type GroupRefFilter = {
  /** The vendor's ID of the group. */
  groupId?: StringFilter | null | undefined;
  /** The name of the group. */
  name?: StringFilter | null | undefined;
};

/** Which accounts a list contains. */
export type Lifecycle =
  /** Live and deleted accounts. */
  | 'ANY'
  /** Only deleted accounts. */
  | 'DELETED'
  /** Only live accounts. */
  | 'LIVE';

/** Compares a string, ignoring case. All given operators must match (logical AND). Omitted and null operators are ignored. */
export type StringFilter = {
  /** Contains this string. */
  contains?: string | null | undefined;
  /** Ends with this string. */
  endsWith?: string | null | undefined;
  /** Equals this string. */
  eq?: string | null | undefined;
  /** Equals one of these strings, at most 500. An empty list matches nothing. */
  in?: Array<string> | null | undefined;
  /** Starts with this string. */
  startsWith?: string | null | undefined;
};

/** Filters users. All given fields must match (logical AND). Omitted and null fields are ignored. As in SQL, a predicate on an unknown value is unknown: neither the predicate nor its `not` matches. Filters can be nested up to 10 levels deep and contain at most 200 filters in total. */
export type UserFilter = {
  /** The kind of the account. Unknown if the connection does not tell it. */
  accountKind?: AccountKind | null | undefined;
  /** At least one alias matches. Unknown while the user's aliases have not been read. */
  alias?: StringFilter | null | undefined;
  /** All of these filters must match. An empty list is ignored. */
  and?: Array<UserFilter> | null | undefined;
  /** Whether the vendor bills the account. Unknown if the connection does not tell it. */
  billable?: boolean | null | undefined;
  /** When the account was created, as reported by the vendor. Unknown if the vendor does not report it. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The domain part of the primary address. */
  domain?: StringFilter | null | undefined;
  /** The first name. Unknown if the vendor reports none. */
  firstName?: StringFilter | null | undefined;
  /** The user is a member of at least one matching group. Unknown while the user's groups have not been read. Also unknown if no known group matches and the vendor lists one of the user's groups by an ambiguous name. */
  group?: GroupRefFilter | null | undefined;
  /** Whether the user has an alias. Unknown while the user's aliases have not been read. */
  hasAliases?: boolean | null | undefined;
  /** Whether the user is a member of any group, including groups that the vendor lists by an ambiguous name. Unknown while the user's groups have not been read. */
  hasGroups?: boolean | null | undefined;
  /** The last name. Unknown if the vendor reports none. */
  lastName?: StringFilter | null | undefined;
  /** This filter must not match. A user does not match either if the filter is unknown for the user. */
  not?: UserFilter | null | undefined;
  /** At least one of these filters must match. An empty list matches nothing. */
  or?: Array<UserFilter> | null | undefined;
  /** The primary address. */
  primaryEmail?: StringFilter | null | undefined;
  /** Whether the user holds a privileged role. Unknown while the user's roles have not been read. */
  privileged?: boolean | null | undefined;
  /** Whether the user's roles, aliases and groups have all been read. Never unknown. */
  relationsKnown?: boolean | null | undefined;
  /** The name of at least one role matches. Unknown while the user's roles have not been read. */
  role?: StringFilter | null | undefined;
  /** The status of the account. Unknown if the vendor does not report it. */
  status?: UserStatus | null | undefined;
  /** The type of the account. Unknown if the vendor does not report it. */
  type?: UserType | null | undefined;
  /** When the account was last changed, as reported by the vendor. Unknown if the vendor does not report it. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** The status of an account. */
export type UserStatus =
  /** The account is active. */
  | 'ACTIVE'
  /** The account is deactivated. */
  | 'INACTIVE';

/** The type of an account, as reported by the vendor. */
export type UserType =
  /** An account that the vendor treats as an alias of another account. */
  | 'ALIAS'
  /** A regular account. */
  | 'USER';

export type UserWithRelationsQueryVariables = Exact<{
  primaryEmail: string;
  organization?: string | null | undefined;
}>;


export type UserWithRelationsQuery = { user: { id: string, primaryEmail: string, firstName: string | null, lastName: string | null, displayName: string, type: UserType | null, status: UserStatus | null, mailboxSize: number | null, spamPolicy: unknown, createdAt: string | null, updatedAt: string | null, deletedAt: string | null, freshness: { profileAt: string, relationsAt: string | null }, roles: Array<{ name: string, privileged: boolean }> | null, aliases: Array<{ address: string }> | null, groups: { totalCount: number, nodes: Array<{ groupId: string, name: string }> } | null } | null };

export type UsersPageQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: UserFilter | null | undefined;
  lifecycle?: Lifecycle | null | undefined;
}>;


export type UsersPageQuery = { users: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, primaryEmail: string, firstName: string | null, lastName: string | null, displayName: string, type: UserType | null, status: UserStatus | null, mailboxSize: number | null, spamPolicy: unknown, createdAt: string | null, updatedAt: string | null, deletedAt: string | null, freshness: { profileAt: string, relationsAt: string | null }, roles: Array<{ name: string, privileged: boolean }> | null, aliases: Array<{ address: string }> | null, groups: { totalCount: number, nodes: Array<{ groupId: string, name: string }> } | null }> } | null };

export type UserFieldsFragment = { id: string, primaryEmail: string, firstName: string | null, lastName: string | null, displayName: string, type: UserType | null, status: UserStatus | null, mailboxSize: number | null, spamPolicy: unknown, createdAt: string | null, updatedAt: string | null, deletedAt: string | null, freshness: { profileAt: string, relationsAt: string | null }, roles: Array<{ name: string, privileged: boolean }> | null, aliases: Array<{ address: string }> | null, groups: { totalCount: number, nodes: Array<{ groupId: string, name: string }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const UserFieldsFragmentDoc = new TypedDocumentString(`
    fragment UserFields on User {
  id
  primaryEmail
  firstName
  lastName
  displayName
  type
  status
  mailboxSize
  spamPolicy
  createdAt
  updatedAt
  deletedAt
  freshness {
    profileAt
    relationsAt
  }
  roles {
    name
    privileged
  }
  aliases {
    address
  }
  groups(first: 500) {
    totalCount
    nodes {
      groupId
      name
    }
  }
}
    `, {"fragmentName":"UserFields"}) as unknown as TypedDocumentString<UserFieldsFragment, unknown>;
export const UserWithRelationsDocument = new TypedDocumentString(`
    query UserWithRelations($primaryEmail: EmailAddress!, $organization: String) {
  user(primaryEmail: $primaryEmail, organization: $organization) {
    ...UserFields
  }
}
    fragment UserFields on User {
  id
  primaryEmail
  firstName
  lastName
  displayName
  type
  status
  mailboxSize
  spamPolicy
  createdAt
  updatedAt
  deletedAt
  freshness {
    profileAt
    relationsAt
  }
  roles {
    name
    privileged
  }
  aliases {
    address
  }
  groups(first: 500) {
    totalCount
    nodes {
      groupId
      name
    }
  }
}`, {"hash":"sha256:0d82c4da89215b0f4f428285382cd24bf34357be5d8586fa13e2126cf21c7af5"}) as unknown as TypedDocumentString<UserWithRelationsQuery, UserWithRelationsQueryVariables>;
export const UsersPageDocument = new TypedDocumentString(`
    query UsersPage($first: Int, $after: String, $filter: UserFilter, $lifecycle: Lifecycle) {
  users(first: $first, after: $after, filter: $filter, lifecycle: $lifecycle) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...UserFields
    }
  }
}
    fragment UserFields on User {
  id
  primaryEmail
  firstName
  lastName
  displayName
  type
  status
  mailboxSize
  spamPolicy
  createdAt
  updatedAt
  deletedAt
  freshness {
    profileAt
    relationsAt
  }
  roles {
    name
    privileged
  }
  aliases {
    address
  }
  groups(first: 500) {
    totalCount
    nodes {
      groupId
      name
    }
  }
}`, {"hash":"sha256:533b571c8922fea0993abe59eb017326981401daccb0f940575cae9da8ad25d7"}) as unknown as TypedDocumentString<UsersPageQuery, UsersPageQueryVariables>;