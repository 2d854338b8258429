/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A time range. An omitted or null bound is open. */
export type DateTimeFilter = {
  /** At or after this time. */
  gte?: string | null | undefined;
  /** Before this time. */
  lt?: string | null | undefined;
};

/** The groups for which all that is given holds. */
export type GroupRefFilter = {
  /** The vendor's id of the group. */
  groupId?: StringFilter | null | undefined;
  /** The group's name. */
  name?: StringFilter | null | undefined;
};

/** Which lives of accounts are meant. */
export type Lifecycle =
  /** Both. */
  | 'ANY'
  /** Those that are over. */
  | 'DELETED'
  /** Those that there are. */
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

/** Every field given must hold; a field left out, or null, asks nothing. What is not known of a user is unknown to a predicate, as in SQL: neither it nor its `not` matches. Ten filters deep and 200 in all at most. */
export type UserFilter = {
  /** Some alias matches; unknown while the aliases are unread. */
  alias?: StringFilter | null | undefined;
  /** All of these; none at all asks nothing. */
  and?: Array<UserFilter> | null | undefined;
  /** When the account began, by the vendor's word. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What stands behind the @ of the primary address. */
  domain?: StringFilter | null | undefined;
  /** The first name; unknown where the vendor gave none. */
  firstName?: StringFilter | null | undefined;
  /** Is a member of some such group; unknown while the groups are unread, and of a user who is in no known one while a group is told by a name that no one group bears. */
  group?: GroupRefFilter | null | undefined;
  /** Has some alias; unknown while the aliases are unread. */
  hasAliases?: boolean | null | undefined;
  /** Is a member of some group, be it one that is told by a name that no one group bears; unknown while the groups are unread. */
  hasGroups?: boolean | null | undefined;
  /** The last name; unknown where the vendor gave none. */
  lastName?: StringFilter | null | undefined;
  /** Not this; what is unknown to it stays unknown. */
  not?: UserFilter | null | undefined;
  /** At least one of these; of none at all, nothing matches. */
  or?: Array<UserFilter> | null | undefined;
  /** The primary address. */
  primaryEmail?: StringFilter | null | undefined;
  /** Holds a role other than USER; unknown while the roles are unread. */
  privileged?: boolean | null | undefined;
  /** Roles, aliases and groups have all been read. Never unknown itself. */
  relationsKnown?: boolean | null | undefined;
  /** Some role's name matches; unknown while the roles are unread. */
  role?: StringFilter | null | undefined;
  /** Unknown where the vendor did not say. */
  status?: UserStatus | null | undefined;
  /** What the vendor says the account is. */
  type?: UserType | null | undefined;
  /** When the account last changed, by the vendor's word. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Whether the vendor serves the account. */
export type UserStatus =
  /** It does. */
  | 'ACTIVE'
  /** It does not. */
  | 'INACTIVE';

/** What the vendor says an account is. */
export type UserType =
  /** An account that the vendor keeps as an alias of another. */
  | 'ALIAS'
  /** An account of its own. */
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