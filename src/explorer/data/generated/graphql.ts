/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input for accepting a finding. */
export type AcceptFindingInput = {
  /** The global ID of an open finding. */
  id: string | number;
  /** Why it is accepted, for those who ask later. Must not be empty; at most 1000 characters. */
  reason: string;
  /** When the acceptance ends. Must be in the future, within 731 days. */
  until: string;
};

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

/** How an address belongs to an account. */
export type AddressKind =
  /** An alias of the account. */
  | 'ALIAS'
  /** The primary address of the account. */
  | 'PRIMARY';

/** The kind of a change. */
export type ChangeKind =
  /** The object, an alias, was added to the subject. */
  | 'ALIAS_ADDED'
  /** The object, an alias, was removed from the subject. */
  | 'ALIAS_REMOVED'
  /** A field of the subject changed. `field` names it. */
  | 'FIELD_CHANGED'
  /** A group was created. */
  | 'GROUP_CREATED'
  /** A group was deleted. */
  | 'GROUP_DELETED'
  /** A group was renamed. */
  | 'GROUP_RENAMED'
  /** The subject became a member of the object, a group. */
  | 'MEMBER_ADDED'
  /** The subject is no longer a member of the object, a group. */
  | 'MEMBER_REMOVED'
  /** The object, a role, was granted to the subject. */
  | 'ROLE_GRANTED'
  /** The object, a role, was revoked from the subject. */
  | 'ROLE_REVOKED'
  /** An account was created. `after` is its profile. */
  | 'USER_CREATED'
  /** An account was deleted. `before` is its profile. */
  | 'USER_DELETED'
  /** A new account was created at the address of a deleted one. `after` is its profile. */
  | 'USER_RECREATED';

/** How the mirror observed a change. */
export type ChangeOrigin =
  /** A pull found the change. */
  | 'PULL'
  /** A read of this single user found the change. */
  | 'REFRESH'
  /** The change was written through this API. */
  | 'WRITE';

/** Input for creating a user. Omitted and null fields are not sent to the vendor. */
export type CreateUserInput = {
  /** Additional addresses of the account. At most 1,000. */
  aliases?: Array<string> | null | undefined;
  /** Whether roles may be granted that the mirror has never seen in the organization. Defaults to false, because the vendor may accept a misspelt name. Roles are not checked before the mirror has read any. */
  allowUnknownRole?: boolean | null | undefined;
  /** If true, returns the requests that would be sent and sends only reads. Defaults to false. */
  dryRun?: boolean | null | undefined;
  /** The first name. Must not be empty; at most 256 characters. */
  firstName?: string | null | undefined;
  /** The vendor's IDs of the groups to join after the account is created, at most 1,000. If a group cannot be joined, the result is NotAsWritten. */
  groups?: Array<string> | null | undefined;
  /** Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the stored result. A retry during the first request waits for its result. Failures before anything was sent, and unknown or unsettled results, are not stored. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** The last name. Must not be empty; at most 256 characters. */
  lastName?: string | null | undefined;
  /** The mailbox size in MB. Must be 0 or greater. */
  mailboxSize?: number | null | undefined;
  /** The organization's slug. Required if more than one organization is visible to the caller. */
  organization?: string | null | undefined;
  /** The initial password, at most 1,000 characters. It is never logged, and is stored only (encrypted) while an onboarding waits to send it to the vendor. */
  password?: string | null | undefined;
  /** The primary address, which identifies the account at the vendor. Its domain must be registered with the vendor. At most 320 characters. */
  primaryEmail: string;
  /** The vendor's role names, at most 1,000. Sent in the spelling that the organization has, regardless of the letter case of the input. A name that no user of the organization has had is rejected unless `allowUnknownRole` is true. */
  roles?: Array<string> | null | undefined;
  /** Whether the vendor sends a welcome message, if the organization has that switched on. Defaults to false. Requires the capability `accountKinds`. */
  sendWelcomeEmail?: boolean | null | undefined;
  /** The spam policy, an object in the vendor's format. At most 65,536 characters of JSON and 32 levels deep. */
  spamPolicy?: unknown;
  /** Whether the account is active. */
  status?: UserStatus | null | undefined;
  /** The type of the account. Defaults to USER. */
  type?: UserType | null | undefined;
};

/** A time range. An omitted or null bound is open. */
export type DateTimeFilter = {
  /** At or after this time. */
  gte?: string | null | undefined;
  /** Before this time. */
  lt?: string | null | undefined;
};

/** Input for bulk deprovisioning. */
export type DeprovisioningInput = {
  /** If true, returns the requests that would be sent and sends only reads. Defaults to false. */
  dryRun?: boolean | null | undefined;
  /** Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the stored result. A retry during the first request waits for its result. Failures before anything was sent, and unknown or unsettled results, are not stored. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** What happens to the accounts. Defaults to FUNCTIONAL with the capability `accountKinds`. Required without it: the result is InvalidInput. */
  mode?: DeprovisioningMode | null | undefined;
  /** The organization's slug. Required if more than one organization is visible to the caller. */
  organization?: string | null | undefined;
  /** The primary addresses of the users. Case-insensitive; at most 5,000. */
  primaryEmails: Array<string>;
};

/** What happens to the accounts. */
export type DeprovisioningMode =
  /** Remove the users from their groups and set the status to INACTIVE. Accounts and aliases are kept. */
  | 'DEACTIVATE'
  /** Delete the accounts with their aliases. This cannot be undone. */
  | 'DELETE'
  /** Make the accounts functional ones: mail still arrives, sign-in ends, and the vendor does not bill them. An account is exempted from the directory sync first. `reinstateUser` is the way back. Requires the capability `accountKinds`. */
  | 'FUNCTIONAL';

/** A sort direction. */
export type Direction =
  /** Ascending: lowest value first. */
  | 'ASC'
  /** Descending: highest value first. */
  | 'DESC';

/** The kind of a relationship. */
export type EdgeKind =
  /** A user holds a role. */
  | 'HOLDS'
  /** A user is a member of a group. */
  | 'MEMBER_OF'
  /** A user owns an alias. */
  | 'OWNS'
  /** Two users of an organization claim the same address, or have the same first and last name, ignoring case. */
  | 'SAME_PERSON';

/** A rule that detects problems. docs/findings.md describes when each rule reports a finding. */
export type FindingRule =
  /** Several accounts have the same alias. */
  | 'ALIAS_COLLISION'
  /** An alias is another account's primary address. */
  | 'ALIAS_SHADOWS_USER'
  /** An account that seems to belong to no person is billed. */
  | 'BILLED_FUNCTIONAL'
  /** A user allows the senders of a whole domain. */
  | 'BROAD_ALLOW_LIST'
  /** A functional account has been replaced by another kind of account. */
  | 'CONVERSION_UNDONE'
  /** A group has no members. */
  | 'EMPTY_GROUP'
  /** A deactivated account rejects the mail that is sent to it. */
  | 'INACTIVE_LOSES_MAIL'
  /** The vendor's member count of a group differs from the mirror. */
  | 'MEMBER_COUNT_DRIFT'
  /** A role appeared that the organization has never had. */
  | 'NEW_ROLE'
  /** A deactivated account still holds a privileged role. */
  | 'PRIVILEGED_INACTIVE'
  /** A privileged account is in no group. */
  | 'PRIVILEGED_OUTSIDE_GROUPS'
  /** A deleted account has been re-created. */
  | 'RECREATED_AFTER_DELETE'
  /** Several accounts have the same name. */
  | 'SAME_PERSON_TWICE'
  /** An identity provider asked to remove an unusual number of users. */
  | 'SCIM_MASS_REMOVAL'
  /** A privileged account should have been turned off. */
  | 'SCIM_PRIVILEGED_LEAVER'
  /** Relations of users have not been read for a week. */
  | 'STALE_RELATIONS'
  /** An account is in no group. */
  | 'USER_WITHOUT_GROUPS'
  /** A webhook was disabled because its receiver kept failing. */
  | 'WEBHOOK_DISABLED';

/** Filters groups. All given fields must match (logical AND). Omitted and null fields are ignored. Filters can be nested up to 10 levels deep and contain at most 200 filters in total. */
export type GroupFilter = {
  /** All of these filters must match. An empty list is ignored. */
  and?: Array<GroupFilter> | null | undefined;
  /** Whether the group has no members. Unknown for a group without known members if a user of the organization could be a member: the user's groups have not been read yet, or the vendor lists one of them by an ambiguous name that this group also has. */
  empty?: boolean | null | undefined;
  /** The vendor's ID of the group. */
  groupId?: StringFilter | null | undefined;
  /** The name of the group. */
  name?: StringFilter | null | undefined;
  /** This filter must not match. A group does not match either if the filter is unknown for the group. */
  not?: GroupFilter | null | undefined;
  /** At least one of these filters must match. An empty list matches nothing. */
  or?: Array<GroupFilter> | null | undefined;
};

/** Input for adding a user to a group, or removing a user from it. */
export type GroupMemberInput = {
  /** If true, returns the requests that would be sent and sends only reads. Defaults to false. */
  dryRun?: boolean | null | undefined;
  /** The vendor's ID of the group. Case-sensitive. */
  groupId: string;
  /** Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the stored result. A retry during the first request waits for its result. Failures before anything was sent, and unknown or unsettled results, are not stored. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** The organization's slug. Required if more than one organization is visible to the caller. */
  organization?: string | null | undefined;
  /** The primary address. Case-insensitive. */
  primaryEmail: string;
};

/** A sort key for groups. */
export type GroupOrder = {
  /** The sort direction. Defaults to ASC. */
  direction?: Direction;
  /** The field to sort by. */
  field: GroupOrderField;
};

/** The fields to sort groups by. Sorting ignores case; unknown values sort as the lowest. */
export type GroupOrderField =
  /** Sort by the number of members according to the vendor. */
  | 'MEMBER_COUNT'
  /** Sort by name. */
  | 'NAME';

/** Filters by group. All given fields must match (logical AND). Omitted and null fields are ignored. */
export type GroupRefFilter = {
  /** The vendor's ID of the group. */
  groupId?: StringFilter | null | undefined;
  /** The name of the group. */
  name?: StringFilter | null | undefined;
};

/** The state of an item of an operation. */
export type ItemState =
  /** Failed; see `failure`. */
  | 'FAILED'
  /** Waiting to start. */
  | 'QUEUED'
  /** In progress. */
  | 'RUNNING'
  /** Not started, because the operation was cancelled. */
  | 'SKIPPED'
  /** Completed successfully. */
  | 'SUCCEEDED';

/** Which accounts a list contains. */
export type Lifecycle =
  /** Live and deleted accounts. */
  | 'ANY'
  /** Only deleted accounts. */
  | 'DELETED'
  /** Only live accounts. */
  | 'LIVE';

/** Changes to a list. Either `set`, or `add` and `remove`. Each list may have at most 1,000 entries. */
export type ListPatch = {
  /** Entries to add. Existing entries are not duplicated. */
  add?: Array<string> | null | undefined;
  /** Entries to remove. */
  remove?: Array<string> | null | undefined;
  /** The complete new list. */
  set?: Array<string> | null | undefined;
};

/** The reliability of the mirror. If several states apply, the first in the order EMPTY, QUARANTINED, STALE, CURRENT is reported. */
export type MirrorState =
  /** The result of the last pull is up to date. */
  | 'CURRENT'
  /** No pull has been completed yet. */
  | 'EMPTY'
  /** Deletions await a decision; see `resolveQuarantine`. */
  | 'QUARANTINED'
  /** No pull has been completed within two pull intervals. */
  | 'STALE';

/** Input for bulk onboarding. */
export type OnboardingInput = {
  /** Whether roles may be granted that the mirror has never seen in the organization. Defaults to false, because the vendor may accept a misspelt name. Roles are not checked before the mirror has read any. Applies to all users; it can also be set on individual users. */
  allowUnknownRole?: boolean | null | undefined;
  /** If true, returns the requests that would be sent and sends only reads. Defaults to false. */
  dryRun?: boolean | null | undefined;
  /** Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the stored result. A retry during the first request waits for its result. Failures before anything was sent, and unknown or unsettled results, are not stored. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** The organization's slug. Required if more than one organization is visible to the caller. */
  organization?: string | null | undefined;
  /** The users to create, at most 5,000. Set `organization`, `idempotencyKey` and `dryRun` on the input, not on individual users. Passwords are stored encrypted and erased after they have been sent. */
  users: Array<CreateUserInput>;
};

/** The kind of an operation. */
export type OperationKind =
  /** Removes users from their groups and deletes or deactivates them. */
  | 'DEPROVISIONING'
  /** Replaces a user's account with a new account that has another primary address. */
  | 'EMAIL_CHANGE'
  /** Creates users and adds them to their groups. */
  | 'ONBOARDING';

/** The state of an operation. */
export type OperationState =
  /** Cancelled before all items had started. */
  | 'CANCELLED'
  /** Completed; all items failed. */
  | 'FAILED'
  /** Completed; some items failed. */
  | 'PARTLY_FAILED'
  /** Not started yet, or queued for a retry. */
  | 'QUEUED'
  /** In progress. */
  | 'RUNNING'
  /** Completed; all items succeeded. */
  | 'SUCCEEDED';

/** Whether the vendor enforces the group's policy for the member. */
export type PolicyState =
  /** The policy is enforced. */
  | 'EFFECTIVE'
  /** The policy may not be enforced yet. */
  | 'PENDING';

/** The state of a pull. */
export type PullState =
  /** Completed: everything was read from the vendor, and missing users were verified and deleted. */
  | 'COMPLETE'
  /** The quarantined deletions were rejected. */
  | 'DISCARDED'
  /** Failed: the pull was interrupted, or it found over 1 % fewer users than the vendor reports. Nothing was deleted. */
  | 'FAILED'
  /** The pull would delete or replace more than 20 % of the users or groups of an organization with at least 25 of them, so a person must decide; see `resolveQuarantine`. Also the state of an accepted pull that waits for another pull to end. */
  | 'QUARANTINED'
  /** In progress. */
  | 'RUNNING';

/** The reason why a pull was started. */
export type PullTrigger =
  /** Requested by a caller. */
  | 'REQUEST'
  /** Started by the schedule. */
  | 'SCHEDULE'
  /** Started because the organization was added to the mirror. */
  | 'START';

/** What a request of an identity provider did. */
export type ScimAction =
  /** Attributes of a user were changed. */
  | 'CHANGED'
  /** A user was created, or a deleted resource was brought back. */
  | 'CREATED'
  /** A user was turned off. */
  | 'DEACTIVATED'
  /** A resource was deleted: the user was turned off or deleted, or the group was hidden. */
  | 'DELETED'
  /** Members of a group were added or removed. */
  | 'MEMBERS_CHANGED'
  /** A user was turned on again. */
  | 'REACTIVATED'
  /** The request was refused; `detail` says why. */
  | 'REFUSED';

/** The severity of a finding. */
export type Severity =
  /** Fix immediately. */
  | 'HIGH'
  /** For information. */
  | 'INFO'
  /** Fix when convenient. */
  | 'LOW'
  /** Should be fixed. */
  | 'MEDIUM';

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

/** Input for updating a user. */
export type UpdateUserInput = {
  /** Whether roles may be granted that the mirror has never seen in the organization. Defaults to false, because the vendor may accept a misspelt name. Roles are not checked before the mirror has read any. */
  allowUnknownRole?: boolean | null | undefined;
  /** If true, returns the requests that would be sent and sends only reads. Defaults to false. */
  dryRun?: boolean | null | undefined;
  /** Reject the update with Conflict unless the vendor's `updatedAt` has this value. */
  expectedUpdatedAt?: string | null | undefined;
  /** Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the stored result. A retry during the first request waits for its result. Failures before anything was sent, and unknown or unsettled results, are not stored. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** The organization's slug. Required if more than one organization is visible to the caller. */
  organization?: string | null | undefined;
  /** The primary address. Case-insensitive. */
  primaryEmail: string;
  /** The fields to change. Omitted fields are not changed; null is sent as null. Lists are compared as sets, addresses without case. `spamPolicy` is replaced as a whole. */
  set: UserPatch;
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

/** A sort key for users. */
export type UserOrder = {
  /** The sort direction. Defaults to ASC. */
  direction?: Direction;
  /** The field to sort by. */
  field: UserOrderField;
};

/** The fields to sort users by. Sorting ignores case; unknown values sort as the lowest. */
export type UserOrderField =
  /** Sort by creation time, as reported by the vendor. */
  | 'CREATED_AT'
  /** Sort by last name. */
  | 'LAST_NAME'
  /** Sort by primary address. */
  | 'PRIMARY_EMAIL'
  /** Sort by the time of the last change, as reported by the vendor. */
  | 'UPDATED_AT';

/** The fields to change. Omitted fields are not changed; null is sent as null. */
export type UserPatch = {
  /** The aliases of the account. Addresses are compared without case. */
  aliases?: ListPatch | null | undefined;
  /** The first name. Must not be empty; at most 256 characters. Null removes it. */
  firstName?: string | null | undefined;
  /** The last name. Must not be empty; at most 256 characters. Null removes it. */
  lastName?: string | null | undefined;
  /** The mailbox size in MB. Must be 0 or greater. */
  mailboxSize?: number | null | undefined;
  /** A new password, at most 1,000 characters. It cannot be read or removed. */
  password?: string | null | undefined;
  /** The vendor's role names. Sent in the spelling that the organization has, regardless of the letter case of the input. A name that no user of the organization has had is rejected unless `allowUnknownRole` is true. */
  roles?: ListPatch | null | undefined;
  /** The spam policy, an object in the vendor's format. Replaces the whole policy. At most 65,536 characters of JSON and 32 levels deep. */
  spamPolicy?: unknown;
  /** Whether the account is active. */
  status?: UserStatus | null | undefined;
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

export type ChangeFieldsFragment = { id: string, kind: ChangeKind, field: string | null, before: unknown, after: unknown, origin: ChangeOrigin, actor: string | null, baseline: boolean, notBefore: string | null, notAfter: string, subject:
    | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
    | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
    | { __typename: 'Organization', id: string, slug: string, name: string }
    | { __typename: 'Role', id: string, name: string, privileged: boolean }
    | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
  , object:
    | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
    | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
    | { __typename: 'Organization', id: string, slug: string, name: string }
    | { __typename: 'Role', id: string, name: string, privileged: boolean }
    | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
   | null };

export type ChangesQueryVariables = Exact<{
  kinds?: Array<ChangeKind> | ChangeKind | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
  about?: string | number | null | undefined;
  baseline?: boolean | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  organization?: string | null | undefined;
}>;


export type ChangesQuery = { changes: { pageInfo: { hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, kind: ChangeKind, field: string | null, before: unknown, after: unknown, origin: ChangeOrigin, actor: string | null, baseline: boolean, notBefore: string | null, notAfter: string, subject:
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
      , object:
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
       | null }> } | null };

export type ChangeFeedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  kinds?: Array<ChangeKind> | ChangeKind | null | undefined;
  baseline?: boolean | null | undefined;
  organization?: string | null | undefined;
}>;


export type ChangeFeedSubscription = { changes: { cursor: string, node: { id: string, kind: ChangeKind, field: string | null, before: unknown, after: unknown, origin: ChangeOrigin, actor: string | null, baseline: boolean, notBefore: string | null, notAfter: string, subject:
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
      , object:
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
       | null } } };

export type FindingsQueryVariables = Exact<{
  rules?: Array<FindingRule> | FindingRule | null | undefined;
  minSeverity?: Severity | null | undefined;
  includeResolved?: boolean | null | undefined;
  accepted?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  organization?: string | null | undefined;
}>;


export type FindingsQuery = { findings: { asOf: string | null, totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, rule: FindingRule, severity: Severity, title: string, evidence: unknown, firstSeenAt: string, resolvedAt: string | null, acceptance: { reason: string, until: string, at: string, by: string } | null, subjects: Array<
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
      > }> } | null };

export type FindingsBySeverityQueryVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type FindingsBySeverityQuery = { high: { totalCount: number } | null, medium: { totalCount: number } | null, low: { totalCount: number } | null, all: { totalCount: number } | null };

export type FindingCountQueryVariables = Exact<{
  rules?: Array<FindingRule> | FindingRule | null | undefined;
  includeResolved?: boolean | null | undefined;
  accepted?: boolean | null | undefined;
  organization?: string | null | undefined;
}>;


export type FindingCountQuery = { findings: { totalCount: number } | null };

export type WithdrawAcceptanceMutationVariables = Exact<{
  finding: string | number;
}>;


export type WithdrawAcceptanceMutation = { withdrawAcceptance:
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'WithdrawAcceptanceSuccess', finding: { id: string } | null }
   | null };

export type AcceptFindingMutationVariables = Exact<{
  input: AcceptFindingInput;
}>;


export type AcceptFindingMutation = { acceptFinding:
    | { __typename: 'AcceptFindingSuccess', finding: { id: string } | null }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: string, message: string }
   | null };

export type NeighborhoodQueryVariables = Exact<{
  of: Array<string | number> | string | number;
  depth?: number | null | undefined;
  limit?: number | null | undefined;
  via?: Array<EdgeKind> | EdgeKind | null | undefined;
}>;


export type NeighborhoodQuery = { neighborhood: { truncated: boolean, nodes: Array<
      | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
      | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
      | { __typename: 'Organization', id: string, slug: string, name: string }
      | { __typename: 'Role', id: string, name: string, privileged: boolean }
      | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
    >, edges: Array<{ kind: EdgeKind, source: string, target: string, policyState: PolicyState | null }> } | null };

export type PathsQueryVariables = Exact<{
  from: string | number;
  to: string | number;
}>;


export type PathsQuery = { paths: { length: number | null, truncated: boolean, paths: Array<{ length: number, nodes: Array<
        | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
        | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
        | { __typename: 'Organization', id: string, slug: string, name: string }
        | { __typename: 'Role', id: string, name: string, privileged: boolean }
        | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
      >, edges: Array<{ kind: EdgeKind, source: string, target: string, policyState: PolicyState | null }> }> } | null };

export type UsersQueryVariables = Exact<{
  filter?: UserFilter | null | undefined;
  lifecycle?: Lifecycle | null | undefined;
  orderBy?: Array<UserOrder> | UserOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  organization?: string | null | undefined;
}>;


export type UsersQuery = { users: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, displayName: string, firstName: string | null, lastName: string | null, primaryEmail: string, status: UserStatus | null, type: UserType | null, createdAt: string | null, updatedAt: string | null, deletedAt: string | null, roles: Array<{ name: string, privileged: boolean }> | null, aliases: Array<{ address: string }> | null, groups: { totalCount: number } | null }> } | null };

export type UserFacetsQueryVariables = Exact<{
  filter?: UserFilter | null | undefined;
  lifecycle?: Lifecycle | null | undefined;
  organization?: string | null | undefined;
}>;


export type UserFacetsQuery = { users: { facets: { byStatus: Array<{ value: string, label: string, count: number }>, byType: Array<{ value: string, label: string, count: number }>, byRole: Array<{ value: string, label: string, count: number }>, byDomain: Array<{ value: string, label: string, count: number }>, byGroup: Array<{ value: string, label: string, count: number }> } | null } | null };

export type GroupsQueryVariables = Exact<{
  filter?: GroupFilter | null | undefined;
  orderBy?: Array<GroupOrder> | GroupOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  organization?: string | null | undefined;
}>;


export type GroupsQuery = { groups: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, groupId: string, name: string, memberCount: number | null, members: { totalCount: number } }> } | null };

export type GroupQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type GroupQuery = { node:
    | { __typename: 'Alias' }
    | { __typename: 'Change' }
    | { __typename: 'Finding' }
    | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null, members: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, edges: Array<{ firstSeenAt: string, policyState: PolicyState, policyEffectiveBy: string, node: { id: string, displayName: string, primaryEmail: string, status: UserStatus | null } }> } }
    | { __typename: 'Operation' }
    | { __typename: 'Organization' }
    | { __typename: 'Pull' }
    | { __typename: 'Role' }
    | { __typename: 'User' }
   | null };

export type GroupOverlapsQueryVariables = Exact<{
  id: string | number;
}>;


export type GroupOverlapsQuery = { node:
    | { __typename: 'Alias' }
    | { __typename: 'Change' }
    | { __typename: 'Finding' }
    | { __typename: 'Group', overlaps: Array<{ shared: number, jaccard: number, group: { id: string, name: string } }> | null }
    | { __typename: 'Operation' }
    | { __typename: 'Organization' }
    | { __typename: 'Pull' }
    | { __typename: 'Role' }
    | { __typename: 'User' }
   | null };

export type RolesQueryVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type RolesQuery = { roles: Array<{ id: string, name: string, privileged: boolean, users: { totalCount: number } }> | null };

export type PastCountsQueryVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type PastCountsQuery = { users: { totalCount: number } | null, groups: { totalCount: number } | null };

export type PullFieldsFragment = { id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null };

export type MirrorStateQueryVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type MirrorStateQuery = { organization: { id: string, slug: string, name: string, mirror: { state: MirrorState, problem: string | null, completeAsOf: string | null, nextPullAt: string | null, pausedAt: string | null, pullIntervalSeconds: number, users: number, groups: number, aliases: number, memberships: number, usersWithoutRelations: number, currentPull: { id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null } | null, pulls: { nodes: Array<{ id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null }> } }, budget: { limit: number, windowSeconds: number, used: number, remaining: number, reservedForWrites: number, pausedUntil: string | null } } | null };

export type PullProgressSubscriptionVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type PullProgressSubscription = { pull: { id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null } };

export type StartPullMutationVariables = Exact<{
  organization?: string | null | undefined;
}>;


export type StartPullMutation = { startPull: { id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null } | null };

export type ResolveQuarantineMutationVariables = Exact<{
  pull: string | number;
  accept: boolean;
}>;


export type ResolveQuarantineMutation = { resolveQuarantine: { id: string, state: PullState, trigger: PullTrigger, startedAt: string, finishedAt: string | null, progress: number, usersSeen: number, usersExpected: number | null, requests: number, retries: number, rateLimited: number, created: number, updated: number, deleted: number, unchanged: number, error: string | null } | null };

export type AdministratorQueryVariables = Exact<{ [key: string]: never; }>;


export type AdministratorQuery = { webhooks: Array<{ id: string }> | null };

type NodeSummary_Alias_Fragment = { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } };

type NodeSummary_Group_Fragment = { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null };

type NodeSummary_Organization_Fragment = { __typename: 'Organization', id: string, slug: string, name: string };

type NodeSummary_Role_Fragment = { __typename: 'Role', id: string, name: string, privileged: boolean };

type NodeSummary_User_Fragment = { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null };

export type NodeSummaryFragment =
  | NodeSummary_Alias_Fragment
  | NodeSummary_Group_Fragment
  | NodeSummary_Organization_Fragment
  | NodeSummary_Role_Fragment
  | NodeSummary_User_Fragment
;

export type OrganizationsQueryVariables = Exact<{ [key: string]: never; }>;


export type OrganizationsQuery = { organizations: Array<{ slug: string, name: string, capabilities: { accountKinds: boolean, groups: boolean } }> | null };

export type SearchQueryVariables = Exact<{
  text: string;
  organization?: string | null | undefined;
}>;


export type SearchQuery = { search: Array<{ score: number, node:
      | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
      | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
      | { __typename: 'Organization', id: string, slug: string, name: string }
      | { __typename: 'Role', id: string, name: string, privileged: boolean }
      | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
     }> | null };

export type NodesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type NodesQuery = { nodes: Array<
    | { __typename: 'Alias', address: string, id: string, user: { id: string, displayName: string, primaryEmail: string } }
    | { __typename: 'Change', id: string }
    | { __typename: 'Finding', id: string }
    | { __typename: 'Group', name: string, groupId: string, id: string }
    | { __typename: 'Operation', id: string }
    | { __typename: 'Organization', id: string }
    | { __typename: 'Pull', id: string }
    | { __typename: 'Role', name: string, id: string }
    | { __typename: 'User', displayName: string, primaryEmail: string, id: string }
   | null> | null };

export type OperationSummaryFragment = { id: string, kind: OperationKind, state: OperationState, total: number, done: number, failed: number, createdAt: string, createdBy: string, finishedAt: string | null, estimatedFinishAt: string | null };

export type OperationsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  organization?: string | null | undefined;
}>;


export type OperationsQuery = { operations: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, kind: OperationKind, state: OperationState, total: number, done: number, failed: number, createdAt: string, createdBy: string, finishedAt: string | null, estimatedFinishAt: string | null }> } | null };

export type OperationQueryVariables = Exact<{
  id: string | number;
}>;


export type OperationQuery = { operation: { id: string, kind: OperationKind, state: OperationState, total: number, done: number, failed: number, createdAt: string, createdBy: string, finishedAt: string | null, estimatedFinishAt: string | null, items: { totalCount: number, nodes: Array<{ primaryEmail: string, state: ItemState, steps: Array<string>, failure:
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
          | { code: string, message: string }
         | null, user: { id: string } | null }> } } | null };

export type CancelOperationMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelOperationMutation = { cancelOperation: { id: string, kind: OperationKind, state: OperationState, total: number, done: number, failed: number, createdAt: string, createdBy: string, finishedAt: string | null, estimatedFinishAt: string | null } | null };

export type RetryOperationMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryOperationMutation = { retryOperation: { id: string, kind: OperationKind, state: OperationState, total: number, done: number, failed: number, createdAt: string, createdBy: string, finishedAt: string | null, estimatedFinishAt: string | null } | null };

export type PersonQueryVariables = Exact<{
  id: string | number;
}>;


export type PersonQuery = { node:
    | { __typename: 'Alias' }
    | { __typename: 'Change' }
    | { __typename: 'Finding' }
    | { __typename: 'Group' }
    | { __typename: 'Operation' }
    | { __typename: 'Organization' }
    | { __typename: 'Pull' }
    | { __typename: 'Role' }
    | { __typename: 'User', id: string, primaryEmail: string, displayName: string, firstName: string | null, lastName: string | null, status: UserStatus | null, type: UserType | null, mailboxSize: number | null, spamPolicy: unknown, createdAt: string | null, updatedAt: string | null, deletedAt: string | null, organization: { slug: string, name: string }, freshness: { profileAt: string, relationsAt: string | null }, roles: Array<{ id: string, name: string, privileged: boolean }> | null, aliases: Array<{ id: string, address: string, firstSeenAt: string }> | null, groups: { totalCount: number, edges: Array<{ firstSeenAt: string, policyState: PolicyState, policyEffectiveBy: string, node: { id: string, groupId: string, name: string, memberCount: number | null } }> } | null, previousLives: Array<{ id: string, primaryEmail: string, displayName: string, deletedAt: string | null }> }
   | null };

export type RelatedPeopleQueryVariables = Exact<{
  id: string | number;
}>;


export type RelatedPeopleQuery = { node:
    | { __typename: 'Alias' }
    | { __typename: 'Change' }
    | { __typename: 'Finding' }
    | { __typename: 'Group' }
    | { __typename: 'Operation' }
    | { __typename: 'Organization' }
    | { __typename: 'Pull' }
    | { __typename: 'Role' }
    | { __typename: 'User', related: Array<{ score: number, sharedAddresses: Array<string>, user: { id: string, displayName: string, primaryEmail: string, status: UserStatus | null }, sharedGroups: Array<{ id: string, name: string }>, sharedRoles: Array<{ id: string, name: string }> }> | null }
   | null };

export type PersonChangesQueryVariables = Exact<{
  id: string | number;
  before?: string | null | undefined;
}>;


export type PersonChangesQuery = { node:
    | { __typename: 'Alias' }
    | { __typename: 'Change' }
    | { __typename: 'Finding' }
    | { __typename: 'Group' }
    | { __typename: 'Operation' }
    | { __typename: 'Organization' }
    | { __typename: 'Pull' }
    | { __typename: 'Role' }
    | { __typename: 'User', changes: { pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ id: string, kind: ChangeKind, field: string | null, before: unknown, after: unknown, origin: ChangeOrigin, actor: string | null, baseline: boolean, notBefore: string | null, notAfter: string, subject:
            | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
            | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
            | { __typename: 'Organization', id: string, slug: string, name: string }
            | { __typename: 'Role', id: string, name: string, privileged: boolean }
            | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
          , object:
            | { __typename: 'Alias', id: string, address: string, deletedAt: string | null, user: { id: string, displayName: string, primaryEmail: string } }
            | { __typename: 'Group', id: string, groupId: string, name: string, memberCount: number | null, deletedAt: string | null }
            | { __typename: 'Organization', id: string, slug: string, name: string }
            | { __typename: 'Role', id: string, name: string, privileged: boolean }
            | { __typename: 'User', id: string, displayName: string, primaryEmail: string, status: UserStatus | null, deletedAt: string | null }
           | null }> } }
   | null };

export type WhoHasQueryVariables = Exact<{
  address: string;
}>;


export type WhoHasQuery = { identity: { kind: AddressKind, user: { id: string } | null, claimants: Array<{ id: string, displayName: string, primaryEmail: string, deletedAt: string | null }> } | null };

export type RefreshPersonMutationVariables = Exact<{
  primaryEmail: string;
  organization?: string | null | undefined;
}>;


export type RefreshPersonMutation = { refreshUser:
    | { __typename: 'BudgetExhausted', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'RefreshUserSuccess', changed: Array<string>, user: { id: string } }
    | { __typename: 'VendorFailure', code: string, message: string }
   | null };

export type ScimActivityQueryVariables = Exact<{
  token?: string | null | undefined;
  refused?: boolean | null | undefined;
  first?: number | null | undefined;
  organization?: string | null | undefined;
}>;


export type ScimActivityQuery = { scimActivity: Array<{ at: string, token: string, action: ScimAction, kind: string, name: string | null, status: number, detail: string | null }> | null };

export type LiftScimGuardMutationVariables = Exact<{
  until: string;
  organization?: string | null | undefined;
}>;


export type LiftScimGuardMutation = { liftScimGuard:
    | { __typename: 'InvalidInput', message: string }
    | { __typename: 'LiftScimGuardSuccess', until: string }
   | null };

export type PlanFragment = { method: string, path: string, body: unknown };

type FailureFields_AlreadyExists_Fragment = { code: string, message: string };

type FailureFields_BudgetExhausted_Fragment = { code: string, message: string };

type FailureFields_Conflict_Fragment = { code: string, message: string };

type FailureFields_DomainNotRegistered_Fragment = { code: string, message: string };

type FailureFields_IdempotencyKeyReused_Fragment = { code: string, message: string };

type FailureFields_InvalidInput_Fragment = { code: string, message: string, issues: Array<{ path: Array<string>, message: string }> };

type FailureFields_NotAsWritten_Fragment = { code: string, message: string };

type FailureFields_NotFound_Fragment = { code: string, message: string };

type FailureFields_VendorFailure_Fragment = { code: string, message: string };

export type FailureFieldsFragment =
  | FailureFields_AlreadyExists_Fragment
  | FailureFields_BudgetExhausted_Fragment
  | FailureFields_Conflict_Fragment
  | FailureFields_DomainNotRegistered_Fragment
  | FailureFields_IdempotencyKeyReused_Fragment
  | FailureFields_InvalidInput_Fragment
  | FailureFields_NotAsWritten_Fragment
  | FailureFields_NotFound_Fragment
  | FailureFields_VendorFailure_Fragment
;

export type UpdateUserMutationVariables = Exact<{
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser:
    | { __typename: 'BudgetExhausted', code: string, message: string }
    | { __typename: 'Conflict', code: string, message: string }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotAsWritten', code: string, message: string }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'UpdateUserSuccess', changed: Array<string>, notes: Array<string>, settled: boolean, plan: Array<{ method: string, path: string, body: unknown }> }
    | { __typename: 'VendorFailure', code: string, message: string }
   | null };

export type JoinGroupMutationVariables = Exact<{
  input: GroupMemberInput;
}>;


export type JoinGroupMutation = { addUserToGroup:
    | { __typename: 'BudgetExhausted', code: string, message: string }
    | { __typename: 'Conflict', code: string, message: string }
    | { __typename: 'GroupMemberSuccess', notes: Array<string>, settled: boolean, plan: Array<{ method: string, path: string, body: unknown }> }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotAsWritten', code: string, message: string }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'VendorFailure', code: string, message: string }
   | null };

export type LeaveGroupMutationVariables = Exact<{
  input: GroupMemberInput;
}>;


export type LeaveGroupMutation = { removeUserFromGroup:
    | { __typename: 'BudgetExhausted', code: string, message: string }
    | { __typename: 'Conflict', code: string, message: string }
    | { __typename: 'GroupMemberSuccess', notes: Array<string>, settled: boolean, plan: Array<{ method: string, path: string, body: unknown }> }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotAsWritten', code: string, message: string }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'VendorFailure', code: string, message: string }
   | null };

export type StartDeprovisioningMutationVariables = Exact<{
  input: DeprovisioningInput;
}>;


export type StartDeprovisioningMutation = { startDeprovisioning:
    | { __typename: 'AlreadyExists', code: string, message: string }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'StartOperationSuccess', notes: Array<string>, plan: Array<{ method: string, path: string, body: unknown }>, operation: { id: string } | null }
   | null };

export type StartOnboardingMutationVariables = Exact<{
  input: OnboardingInput;
}>;


export type StartOnboardingMutation = { startOnboarding:
    | { __typename: 'AlreadyExists', code: string, message: string }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'StartOperationSuccess', notes: Array<string>, plan: Array<{ method: string, path: string, body: unknown }>, operation: { id: string } | null }
   | null };

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
export const NodeSummaryFragmentDoc = new TypedDocumentString(`
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}
    `, {"fragmentName":"NodeSummary"}) as unknown as TypedDocumentString<NodeSummaryFragment, unknown>;
export const ChangeFieldsFragmentDoc = new TypedDocumentString(`
    fragment ChangeFields on Change {
  id
  kind
  field
  before
  after
  origin
  actor
  baseline
  notBefore
  notAfter
  subject {
    ...NodeSummary
  }
  object {
    ...NodeSummary
  }
}
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"fragmentName":"ChangeFields"}) as unknown as TypedDocumentString<ChangeFieldsFragment, unknown>;
export const PullFieldsFragmentDoc = new TypedDocumentString(`
    fragment PullFields on Pull {
  id
  state
  trigger
  startedAt
  finishedAt
  progress
  usersSeen
  usersExpected
  requests
  retries
  rateLimited
  created
  updated
  deleted
  unchanged
  error
}
    `, {"fragmentName":"PullFields"}) as unknown as TypedDocumentString<PullFieldsFragment, unknown>;
export const OperationSummaryFragmentDoc = new TypedDocumentString(`
    fragment OperationSummary on Operation {
  id
  kind
  state
  total
  done
  failed
  createdAt
  createdBy
  finishedAt
  estimatedFinishAt
}
    `, {"fragmentName":"OperationSummary"}) as unknown as TypedDocumentString<OperationSummaryFragment, unknown>;
export const PlanFragmentDoc = new TypedDocumentString(`
    fragment Plan on PlannedRequest {
  method
  path
  body
}
    `, {"fragmentName":"Plan"}) as unknown as TypedDocumentString<PlanFragment, unknown>;
export const FailureFieldsFragmentDoc = new TypedDocumentString(`
    fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}
    `, {"fragmentName":"FailureFields"}) as unknown as TypedDocumentString<FailureFieldsFragment, unknown>;
export const ChangesDocument = new TypedDocumentString(`
    query Changes($kinds: [ChangeKind!], $since: DateTime, $until: DateTime, $about: ID, $baseline: Boolean, $last: Int, $before: String, $organization: String) {
  changes(
    kinds: $kinds
    since: $since
    until: $until
    about: $about
    baseline: $baseline
    last: $last
    before: $before
    organization: $organization
  ) {
    pageInfo {
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      ...ChangeFields
    }
  }
}
    fragment ChangeFields on Change {
  id
  kind
  field
  before
  after
  origin
  actor
  baseline
  notBefore
  notAfter
  subject {
    ...NodeSummary
  }
  object {
    ...NodeSummary
  }
}
fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:2f99ab62e0a5b92eddbcb47178868028e5d36d1f40b77f980738327f4ba47217"}) as unknown as TypedDocumentString<ChangesQuery, ChangesQueryVariables>;
export const ChangeFeedDocument = new TypedDocumentString(`
    subscription ChangeFeed($after: String, $kinds: [ChangeKind!], $baseline: Boolean, $organization: String) {
  changes(
    after: $after
    kinds: $kinds
    baseline: $baseline
    organization: $organization
  ) {
    cursor
    node {
      ...ChangeFields
    }
  }
}
    fragment ChangeFields on Change {
  id
  kind
  field
  before
  after
  origin
  actor
  baseline
  notBefore
  notAfter
  subject {
    ...NodeSummary
  }
  object {
    ...NodeSummary
  }
}
fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:7d078ce73653db3cfedced66e8cce6e05ad1d75718f19858f10ba446003ef697"}) as unknown as TypedDocumentString<ChangeFeedSubscription, ChangeFeedSubscriptionVariables>;
export const FindingsDocument = new TypedDocumentString(`
    query Findings($rules: [FindingRule!], $minSeverity: Severity, $includeResolved: Boolean, $accepted: Boolean, $first: Int, $after: String, $organization: String) {
  findings(
    rules: $rules
    minSeverity: $minSeverity
    includeResolved: $includeResolved
    accepted: $accepted
    first: $first
    after: $after
    organization: $organization
  ) {
    asOf
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      rule
      severity
      title
      evidence
      firstSeenAt
      resolvedAt
      acceptance {
        reason
        until
        at
        by
      }
      subjects {
        ...NodeSummary
      }
    }
  }
}
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:f6f582d5307c6a8a11bd171aff44caf977c5b88ffb46240b9fedfc86814c832f"}) as unknown as TypedDocumentString<FindingsQuery, FindingsQueryVariables>;
export const FindingsBySeverityDocument = new TypedDocumentString(`
    query FindingsBySeverity($organization: String) {
  high: findings(minSeverity: HIGH, first: 0, organization: $organization) {
    totalCount
  }
  medium: findings(minSeverity: MEDIUM, first: 0, organization: $organization) {
    totalCount
  }
  low: findings(minSeverity: LOW, first: 0, organization: $organization) {
    totalCount
  }
  all: findings(first: 0, organization: $organization) {
    totalCount
  }
}
    `, {"hash":"sha256:7180c8eb5ada9f3c7a96f6d4a8192fe7a512bf0d7800a799041f0eda8dc44ddf"}) as unknown as TypedDocumentString<FindingsBySeverityQuery, FindingsBySeverityQueryVariables>;
export const FindingCountDocument = new TypedDocumentString(`
    query FindingCount($rules: [FindingRule!], $includeResolved: Boolean, $accepted: Boolean, $organization: String) {
  findings(
    rules: $rules
    includeResolved: $includeResolved
    accepted: $accepted
    first: 0
    organization: $organization
  ) {
    totalCount
  }
}
    `, {"hash":"sha256:bc2082673178c1e7b22519b916e5576d6ae5c41877b6ca18f31fe80d6715a90f"}) as unknown as TypedDocumentString<FindingCountQuery, FindingCountQueryVariables>;
export const WithdrawAcceptanceDocument = new TypedDocumentString(`
    mutation WithdrawAcceptance($finding: ID!) {
  withdrawAcceptance(finding: $finding) {
    __typename
    ... on WithdrawAcceptanceSuccess {
      finding {
        id
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:a29e900e14b2278c341bbb7a14bbd3d774c0cfbdf78804ce78b981428c47d478"}) as unknown as TypedDocumentString<WithdrawAcceptanceMutation, WithdrawAcceptanceMutationVariables>;
export const AcceptFindingDocument = new TypedDocumentString(`
    mutation AcceptFinding($input: AcceptFindingInput!) {
  acceptFinding(input: $input) {
    __typename
    ... on AcceptFindingSuccess {
      finding {
        id
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:a1df9a7f61aceaa6475cbc7e269579c5fd83923a5b0b22b732ece11f7d67842d"}) as unknown as TypedDocumentString<AcceptFindingMutation, AcceptFindingMutationVariables>;
export const NeighborhoodDocument = new TypedDocumentString(`
    query Neighborhood($of: [ID!]!, $depth: Int, $limit: Int, $via: [EdgeKind!]) {
  neighborhood(of: $of, depth: $depth, limit: $limit, via: $via) {
    truncated
    nodes {
      ...NodeSummary
    }
    edges {
      kind
      source
      target
      policyState
    }
  }
}
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:5a1f217b49fad5c421fe97031fb0f219d428d249754a804dfde596aed1e95b8d"}) as unknown as TypedDocumentString<NeighborhoodQuery, NeighborhoodQueryVariables>;
export const PathsDocument = new TypedDocumentString(`
    query Paths($from: ID!, $to: ID!) {
  paths(from: $from, to: $to, limit: 10) {
    length
    truncated
    paths {
      length
      nodes {
        ...NodeSummary
      }
      edges {
        kind
        source
        target
        policyState
      }
    }
  }
}
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:a236d00a0cbd66087bc2ff02e3cf0310626f4301c7488561ec63c957b07fc1d8"}) as unknown as TypedDocumentString<PathsQuery, PathsQueryVariables>;
export const UsersDocument = new TypedDocumentString(`
    query Users($filter: UserFilter, $lifecycle: Lifecycle, $orderBy: [UserOrder!], $first: Int, $after: String, $last: Int, $before: String, $organization: String) {
  users(
    filter: $filter
    lifecycle: $lifecycle
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
    organization: $organization
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      id
      displayName
      firstName
      lastName
      primaryEmail
      status
      type
      createdAt
      updatedAt
      deletedAt
      roles {
        name
        privileged
      }
      aliases {
        address
      }
      groups(first: 0) {
        totalCount
      }
    }
  }
}
    `, {"hash":"sha256:88b6d1c9bd65e34f6b682249b3ea0664350ec2c46e18d6606eafc19cbab2d275"}) as unknown as TypedDocumentString<UsersQuery, UsersQueryVariables>;
export const UserFacetsDocument = new TypedDocumentString(`
    query UserFacets($filter: UserFilter, $lifecycle: Lifecycle, $organization: String) {
  users(
    filter: $filter
    lifecycle: $lifecycle
    first: 0
    organization: $organization
  ) {
    facets {
      byStatus {
        value
        label
        count
      }
      byType {
        value
        label
        count
      }
      byRole {
        value
        label
        count
      }
      byDomain(first: 10) {
        value
        label
        count
      }
      byGroup(first: 15) {
        value
        label
        count
      }
    }
  }
}
    `, {"hash":"sha256:4d5cbe5efc989fcc9114a05ed452f4c7835e158ee8805e94a0faa37f8c399d9b"}) as unknown as TypedDocumentString<UserFacetsQuery, UserFacetsQueryVariables>;
export const GroupsDocument = new TypedDocumentString(`
    query Groups($filter: GroupFilter, $orderBy: [GroupOrder!], $first: Int, $after: String, $last: Int, $before: String, $organization: String) {
  groups(
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
    last: $last
    before: $before
    organization: $organization
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      id
      groupId
      name
      memberCount
      members(first: 0) {
        totalCount
      }
    }
  }
}
    `, {"hash":"sha256:05ab24a3fde23fd147a6b8b6bd1a9c0d60abc1bce53d2fbc1307f9c3ec8e59a2"}) as unknown as TypedDocumentString<GroupsQuery, GroupsQueryVariables>;
export const GroupDocument = new TypedDocumentString(`
    query Group($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) {
    __typename
    ... on Group {
      id
      groupId
      name
      memberCount
      deletedAt
      members(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        edges {
          firstSeenAt
          policyState
          policyEffectiveBy
          node {
            id
            displayName
            primaryEmail
            status
          }
        }
      }
    }
  }
}
    `, {"hash":"sha256:eec3f66676f9050425af5b822421c72ce21ccd60d814d7408ade46238c8c8e7b"}) as unknown as TypedDocumentString<GroupQuery, GroupQueryVariables>;
export const GroupOverlapsDocument = new TypedDocumentString(`
    query GroupOverlaps($id: ID!) {
  node(id: $id) {
    __typename
    ... on Group {
      overlaps(first: 8) {
        shared
        jaccard
        group {
          id
          name
        }
      }
    }
  }
}
    `, {"hash":"sha256:4a634c3a589d9f385c7164a3e01b572e3ac64de7a2c1b5a634735fa3f3f89513"}) as unknown as TypedDocumentString<GroupOverlapsQuery, GroupOverlapsQueryVariables>;
export const RolesDocument = new TypedDocumentString(`
    query Roles($organization: String) {
  roles(organization: $organization) {
    id
    name
    privileged
    users(first: 0) {
      totalCount
    }
  }
}
    `, {"hash":"sha256:f2febf2b2e10accba7ea5af7685624038a91bf9a4c14d3f4c320c080fde98874"}) as unknown as TypedDocumentString<RolesQuery, RolesQueryVariables>;
export const PastCountsDocument = new TypedDocumentString(`
    query PastCounts($organization: String) {
  users(organization: $organization, first: 0) {
    totalCount
  }
  groups(organization: $organization, first: 0) {
    totalCount
  }
}
    `, {"hash":"sha256:d26d704ae25e71c0ea8798a8ceca54ea02121250e4ecc6ea49fd666328b3dc60"}) as unknown as TypedDocumentString<PastCountsQuery, PastCountsQueryVariables>;
export const MirrorStateDocument = new TypedDocumentString(`
    query MirrorState($organization: String) {
  organization(slug: $organization) {
    id
    slug
    name
    mirror {
      state
      problem
      completeAsOf
      nextPullAt
      pausedAt
      pullIntervalSeconds
      users
      groups
      aliases
      memberships
      usersWithoutRelations
      currentPull {
        ...PullFields
      }
      pulls(first: 8) {
        nodes {
          ...PullFields
        }
      }
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
}
    fragment PullFields on Pull {
  id
  state
  trigger
  startedAt
  finishedAt
  progress
  usersSeen
  usersExpected
  requests
  retries
  rateLimited
  created
  updated
  deleted
  unchanged
  error
}`, {"hash":"sha256:f90e1a50d6c6c1e2b81f6a4880212fa74257ebb39d854e7ad73d5e1e47552f2b"}) as unknown as TypedDocumentString<MirrorStateQuery, MirrorStateQueryVariables>;
export const PullProgressDocument = new TypedDocumentString(`
    subscription PullProgress($organization: String) {
  pull(organization: $organization) {
    ...PullFields
  }
}
    fragment PullFields on Pull {
  id
  state
  trigger
  startedAt
  finishedAt
  progress
  usersSeen
  usersExpected
  requests
  retries
  rateLimited
  created
  updated
  deleted
  unchanged
  error
}`, {"hash":"sha256:7d8aec19b1a127c70b7dacd77cf5c988732e3275ca270c5348855d74067ad91b"}) as unknown as TypedDocumentString<PullProgressSubscription, PullProgressSubscriptionVariables>;
export const StartPullDocument = new TypedDocumentString(`
    mutation StartPull($organization: String) {
  startPull(organization: $organization) {
    ...PullFields
  }
}
    fragment PullFields on Pull {
  id
  state
  trigger
  startedAt
  finishedAt
  progress
  usersSeen
  usersExpected
  requests
  retries
  rateLimited
  created
  updated
  deleted
  unchanged
  error
}`, {"hash":"sha256:2a74353a4fcdd0a913f4d6a6f65225641b058d2db63ad23aacbc2d4106fde6d2"}) as unknown as TypedDocumentString<StartPullMutation, StartPullMutationVariables>;
export const ResolveQuarantineDocument = new TypedDocumentString(`
    mutation ResolveQuarantine($pull: ID!, $accept: Boolean!) {
  resolveQuarantine(pull: $pull, accept: $accept) {
    ...PullFields
  }
}
    fragment PullFields on Pull {
  id
  state
  trigger
  startedAt
  finishedAt
  progress
  usersSeen
  usersExpected
  requests
  retries
  rateLimited
  created
  updated
  deleted
  unchanged
  error
}`, {"hash":"sha256:9fc1928c25e6dc057edfd1d66707598bd6846eefab3009e804ae6b1d091ced00"}) as unknown as TypedDocumentString<ResolveQuarantineMutation, ResolveQuarantineMutationVariables>;
export const AdministratorDocument = new TypedDocumentString(`
    query Administrator {
  webhooks {
    id
  }
}
    `, {"hash":"sha256:570068532c3de023c95e369e41e376350519167a50b95cbe527e17b2a03bc40c"}) as unknown as TypedDocumentString<AdministratorQuery, AdministratorQueryVariables>;
export const OrganizationsDocument = new TypedDocumentString(`
    query Organizations {
  organizations {
    slug
    name
    capabilities {
      accountKinds
      groups
    }
  }
}
    `, {"hash":"sha256:3b082fe37c8f8233d375270e84e37540bf03f102b7818c43ad074c88d173b5a7"}) as unknown as TypedDocumentString<OrganizationsQuery, OrganizationsQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($text: String!, $organization: String) {
  search(text: $text, first: 20, organization: $organization) {
    score
    node {
      ...NodeSummary
    }
  }
}
    fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:fd517ffbacf7f9f3e91195411323b137c85d31068068fcbeb8d6be6b476e0218"}) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const NodesDocument = new TypedDocumentString(`
    query Nodes($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
    ... on User {
      displayName
      primaryEmail
    }
    ... on Group {
      name
      groupId
    }
    ... on Role {
      name
    }
    ... on Alias {
      address
      user {
        id
        displayName
        primaryEmail
      }
    }
  }
}
    `, {"hash":"sha256:d8938c427ca45eb2994f00989ff666c27179eca3501739cc7acb573ed76b1149"}) as unknown as TypedDocumentString<NodesQuery, NodesQueryVariables>;
export const OperationsDocument = new TypedDocumentString(`
    query Operations($first: Int, $after: String, $organization: String) {
  operations(first: $first, after: $after, organization: $organization) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...OperationSummary
    }
  }
}
    fragment OperationSummary on Operation {
  id
  kind
  state
  total
  done
  failed
  createdAt
  createdBy
  finishedAt
  estimatedFinishAt
}`, {"hash":"sha256:4b3fa8e61ae7cd40d5668503c9337da601c09531ff95684c1957bce8c9b431df"}) as unknown as TypedDocumentString<OperationsQuery, OperationsQueryVariables>;
export const OperationDocument = new TypedDocumentString(`
    query Operation($id: ID!) {
  operation(id: $id) {
    ...OperationSummary
    items(first: 100) {
      totalCount
      nodes {
        primaryEmail
        state
        steps
        failure {
          code
          message
        }
        user {
          id
        }
      }
    }
  }
}
    fragment OperationSummary on Operation {
  id
  kind
  state
  total
  done
  failed
  createdAt
  createdBy
  finishedAt
  estimatedFinishAt
}`, {"hash":"sha256:d48caeebb3a1b4bb5cb553e53f3eddac51919b7af290389f6a2a6f6eb7c409dd"}) as unknown as TypedDocumentString<OperationQuery, OperationQueryVariables>;
export const CancelOperationDocument = new TypedDocumentString(`
    mutation CancelOperation($id: ID!) {
  cancelOperation(id: $id) {
    ...OperationSummary
  }
}
    fragment OperationSummary on Operation {
  id
  kind
  state
  total
  done
  failed
  createdAt
  createdBy
  finishedAt
  estimatedFinishAt
}`, {"hash":"sha256:c72d0edd74cf894cd73c6b184e5f21ab824a284d103f025019e129ee723f9414"}) as unknown as TypedDocumentString<CancelOperationMutation, CancelOperationMutationVariables>;
export const RetryOperationDocument = new TypedDocumentString(`
    mutation RetryOperation($id: ID!) {
  retryOperation(id: $id) {
    ...OperationSummary
  }
}
    fragment OperationSummary on Operation {
  id
  kind
  state
  total
  done
  failed
  createdAt
  createdBy
  finishedAt
  estimatedFinishAt
}`, {"hash":"sha256:3080ca00507803d0f8bc9cce6c367e3a6bd3b58f5906a939acabdf857b841a1c"}) as unknown as TypedDocumentString<RetryOperationMutation, RetryOperationMutationVariables>;
export const PersonDocument = new TypedDocumentString(`
    query Person($id: ID!) {
  node(id: $id) {
    __typename
    ... on User {
      id
      primaryEmail
      displayName
      firstName
      lastName
      status
      type
      mailboxSize
      spamPolicy
      createdAt
      updatedAt
      deletedAt
      organization {
        slug
        name
      }
      freshness {
        profileAt
        relationsAt
      }
      roles {
        id
        name
        privileged
      }
      aliases {
        id
        address
        firstSeenAt
      }
      groups(first: 100) {
        totalCount
        edges {
          firstSeenAt
          policyState
          policyEffectiveBy
          node {
            id
            groupId
            name
            memberCount
          }
        }
      }
      previousLives {
        id
        primaryEmail
        displayName
        deletedAt
      }
    }
  }
}
    `, {"hash":"sha256:aecb350249b21abab04f728d820aec7a06c85c994c3124dd92431a9ec18cf6aa"}) as unknown as TypedDocumentString<PersonQuery, PersonQueryVariables>;
export const RelatedPeopleDocument = new TypedDocumentString(`
    query RelatedPeople($id: ID!) {
  node(id: $id) {
    __typename
    ... on User {
      related(first: 10) {
        score
        user {
          id
          displayName
          primaryEmail
          status
        }
        sharedGroups {
          id
          name
        }
        sharedRoles {
          id
          name
        }
        sharedAddresses
      }
    }
  }
}
    `, {"hash":"sha256:b362820b89a3924974db3e36284e509840940a4f28d7f0c709991a315ca5b188"}) as unknown as TypedDocumentString<RelatedPeopleQuery, RelatedPeopleQueryVariables>;
export const PersonChangesDocument = new TypedDocumentString(`
    query PersonChanges($id: ID!, $before: String) {
  node(id: $id) {
    __typename
    ... on User {
      changes(last: 25, before: $before) {
        pageInfo {
          hasPreviousPage
          startCursor
        }
        nodes {
          ...ChangeFields
        }
      }
    }
  }
}
    fragment ChangeFields on Change {
  id
  kind
  field
  before
  after
  origin
  actor
  baseline
  notBefore
  notAfter
  subject {
    ...NodeSummary
  }
  object {
    ...NodeSummary
  }
}
fragment NodeSummary on GraphNode {
  __typename
  ... on User {
    id
    displayName
    primaryEmail
    status
    deletedAt
  }
  ... on Group {
    id
    groupId
    name
    memberCount
    deletedAt
  }
  ... on Role {
    id
    name
    privileged
  }
  ... on Alias {
    id
    address
    deletedAt
    user {
      id
      displayName
      primaryEmail
    }
  }
  ... on Organization {
    id
    slug
    name
  }
}`, {"hash":"sha256:59c339ec8f2f2af374b4c60bbeaee92037c1e719c32867a13195113e743e5ea0"}) as unknown as TypedDocumentString<PersonChangesQuery, PersonChangesQueryVariables>;
export const WhoHasDocument = new TypedDocumentString(`
    query WhoHas($address: EmailAddress!) {
  identity(address: $address) {
    kind
    user {
      id
    }
    claimants {
      id
      displayName
      primaryEmail
      deletedAt
    }
  }
}
    `, {"hash":"sha256:25cbddb3a40874f0e691520f20fb988665d039c9ea3f1a8760655ea91b620139"}) as unknown as TypedDocumentString<WhoHasQuery, WhoHasQueryVariables>;
export const RefreshPersonDocument = new TypedDocumentString(`
    mutation RefreshPerson($primaryEmail: EmailAddress!, $organization: String) {
  refreshUser(input: {primaryEmail: $primaryEmail, organization: $organization}) {
    __typename
    ... on RefreshUserSuccess {
      changed
      user {
        id
      }
    }
    ... on Failure {
      code
      message
    }
  }
}
    `, {"hash":"sha256:f23929a152bac673cf1081ef46eba36f155a039ab426f1edebbfeb35fd9499cd"}) as unknown as TypedDocumentString<RefreshPersonMutation, RefreshPersonMutationVariables>;
export const ScimActivityDocument = new TypedDocumentString(`
    query ScimActivity($token: String, $refused: Boolean, $first: Int, $organization: String) {
  scimActivity(
    token: $token
    refused: $refused
    first: $first
    organization: $organization
  ) {
    at
    token
    action
    kind
    name
    status
    detail
  }
}
    `, {"hash":"sha256:f8cb06ed6a44918d5b8386ca1dde9f417c655ed2cfe9966b407d4add36f69293"}) as unknown as TypedDocumentString<ScimActivityQuery, ScimActivityQueryVariables>;
export const LiftScimGuardDocument = new TypedDocumentString(`
    mutation LiftScimGuard($until: DateTime!, $organization: String) {
  liftScimGuard(input: {until: $until, organization: $organization}) {
    __typename
    ... on LiftScimGuardSuccess {
      until
    }
    ... on Failure {
      message
    }
  }
}
    `, {"hash":"sha256:511f9e09ff730e5fca1e107b56c820d6688329e4e41829d9bd7ba3da602a2b95"}) as unknown as TypedDocumentString<LiftScimGuardMutation, LiftScimGuardMutationVariables>;
export const UpdateUserDocument = new TypedDocumentString(`
    mutation UpdateUser($input: UpdateUserInput!) {
  updateUser(input: $input) {
    __typename
    ... on UpdateUserSuccess {
      changed
      notes
      settled
      plan {
        ...Plan
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment Plan on PlannedRequest {
  method
  path
  body
}
fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:476084408f50619245786861267c1519568d536cd4c3b7309cf7c4fc483168f0"}) as unknown as TypedDocumentString<UpdateUserMutation, UpdateUserMutationVariables>;
export const JoinGroupDocument = new TypedDocumentString(`
    mutation JoinGroup($input: GroupMemberInput!) {
  addUserToGroup(input: $input) {
    __typename
    ... on GroupMemberSuccess {
      notes
      settled
      plan {
        ...Plan
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment Plan on PlannedRequest {
  method
  path
  body
}
fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:64c859a68ea6f01de307bb2ad8e60d76b31e6c74f4a8a11cfa51cf3dda1b181a"}) as unknown as TypedDocumentString<JoinGroupMutation, JoinGroupMutationVariables>;
export const LeaveGroupDocument = new TypedDocumentString(`
    mutation LeaveGroup($input: GroupMemberInput!) {
  removeUserFromGroup(input: $input) {
    __typename
    ... on GroupMemberSuccess {
      notes
      settled
      plan {
        ...Plan
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment Plan on PlannedRequest {
  method
  path
  body
}
fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:c8867b3a43741a0a741225df0da9d72fd2c72b34c7320e09f56e6fc43e3f752c"}) as unknown as TypedDocumentString<LeaveGroupMutation, LeaveGroupMutationVariables>;
export const StartDeprovisioningDocument = new TypedDocumentString(`
    mutation StartDeprovisioning($input: DeprovisioningInput!) {
  startDeprovisioning(input: $input) {
    __typename
    ... on StartOperationSuccess {
      notes
      plan {
        ...Plan
      }
      operation {
        id
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment Plan on PlannedRequest {
  method
  path
  body
}
fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:cf878ca927d24dac0a68cb0e26e3b89f097f51b5bdb8bbdf952f273b456da6f1"}) as unknown as TypedDocumentString<StartDeprovisioningMutation, StartDeprovisioningMutationVariables>;
export const StartOnboardingDocument = new TypedDocumentString(`
    mutation StartOnboarding($input: OnboardingInput!) {
  startOnboarding(input: $input) {
    __typename
    ... on StartOperationSuccess {
      notes
      plan {
        ...Plan
      }
      operation {
        id
      }
    }
    ... on Failure {
      ...FailureFields
    }
  }
}
    fragment Plan on PlannedRequest {
  method
  path
  body
}
fragment FailureFields on Failure {
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
}`, {"hash":"sha256:ee31dc4b6cd9541be36bf45a23ac291ca2130a79723af3f391bf7be2a66a759b"}) as unknown as TypedDocumentString<StartOnboardingMutation, StartOnboardingMutationVariables>;