/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** Changes to a list. Either `set`, or `add` and `remove`. Each list may have at most 1,000 entries. */
export type ListPatch = {
  /** Entries to add. Existing entries are not duplicated. */
  add?: Array<string> | null | undefined;
  /** Entries to remove. */
  remove?: Array<string> | null | undefined;
  /** The complete new list. */
  set?: Array<string> | null | undefined;
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

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { createUser:
    | { __typename: 'AlreadyExists', code: string, message: string, bearer: { id: string, primaryEmail: string, displayName: string, updatedAt: string | null } | null }
    | { __typename: 'BudgetExhausted', code: string, message: string, retryAt: string }
    | { __typename: 'Conflict', code: string, message: string }
    | { __typename: 'CreateUserSuccess', notes: Array<string>, user: { id: string, primaryEmail: string, displayName: string, updatedAt: string | null } | null, plan: Array<{ method: string, path: string, body: unknown }> }
    | { __typename: 'DomainNotRegistered', code: string, message: string }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotAsWritten', code: string, message: string, fields: Array<string> }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'VendorFailure', code: string, message: string, status: number | null, outcomeUnknown: boolean }
   | null };

export type UpdateUserMutationVariables = Exact<{
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser:
    | { __typename: 'BudgetExhausted', code: string, message: string, retryAt: string }
    | { __typename: 'Conflict', code: string, message: string, current: { id: string, primaryEmail: string, displayName: string, updatedAt: string | null } | null }
    | { __typename: 'IdempotencyKeyReused', code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotAsWritten', code: string, message: string, fields: Array<string> }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'UpdateUserSuccess', changed: Array<string>, user: { id: string, primaryEmail: string, displayName: string, updatedAt: string | null } }
    | { __typename: 'VendorFailure', code: string, message: string, status: number | null, outcomeUnknown: boolean }
   | null };

export type PersonFragment = { id: string, primaryEmail: string, displayName: string, updatedAt: string | null };

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
export const PersonFragmentDoc = new TypedDocumentString(`
    fragment Person on User {
  id
  primaryEmail
  displayName
  updatedAt
}
    `, {"fragmentName":"Person"}) as unknown as TypedDocumentString<PersonFragment, unknown>;
export const CreateUserDocument = new TypedDocumentString(`
    mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    __typename
    ... on CreateUserSuccess {
      user {
        ...Person
      }
      notes
      plan {
        method
        path
        body
      }
    }
    ... on Failure {
      code
      message
    }
    ... on InvalidInput {
      issues {
        path
        message
      }
    }
    ... on AlreadyExists {
      bearer: user {
        ...Person
      }
    }
    ... on NotAsWritten {
      fields
    }
    ... on BudgetExhausted {
      retryAt
    }
    ... on VendorFailure {
      status
      outcomeUnknown
    }
  }
}
    fragment Person on User {
  id
  primaryEmail
  displayName
  updatedAt
}`, {"hash":"sha256:1508ff10276232313092adc20740404e9235a6747cf16c295300da18240e6113"}) as unknown as TypedDocumentString<CreateUserMutation, CreateUserMutationVariables>;
export const UpdateUserDocument = new TypedDocumentString(`
    mutation UpdateUser($input: UpdateUserInput!) {
  updateUser(input: $input) {
    __typename
    ... on UpdateUserSuccess {
      changed
      user {
        ...Person
      }
    }
    ... on Failure {
      code
      message
    }
    ... on InvalidInput {
      issues {
        path
        message
      }
    }
    ... on Conflict {
      current {
        ...Person
      }
    }
    ... on NotAsWritten {
      fields
    }
    ... on BudgetExhausted {
      retryAt
    }
    ... on VendorFailure {
      status
      outcomeUnknown
    }
  }
}
    fragment Person on User {
  id
  primaryEmail
  displayName
  updatedAt
}`, {"hash":"sha256:d3b87e61aed358136dda29ad304b39c233ab85896ae8aae605d8c4017863b021"}) as unknown as TypedDocumentString<UpdateUserMutation, UpdateUserMutationVariables>;