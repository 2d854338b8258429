/** The rows of the mirror's tables, as far as the API shows them. Times are as the API shows them. */

export interface Stamps {
  readonly profile_at: string | null
  readonly roles_at: string | null
  readonly aliases_at: string | null
  readonly groups_at: string | null
}

export interface OrganizationRow {
  readonly __typename: 'Organization'
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly allowance_key: string | null
  readonly retired_at: string | null
  readonly profile_as_of: string | null
  readonly roles_as_of: string | null
  readonly aliases_as_of: string | null
  readonly groups_as_of: string | null
  readonly history_from: string | null
  readonly next_pull_at: string | null
  readonly paused_at: string | null
  readonly pull_interval_seconds: number
  readonly pace_seconds: number | null
  readonly problem: string | null
  readonly queue_problem: string | null
  readonly capabilities: readonly string[]
  readonly entry_problem: string | null
  readonly children_problem: string | null
  readonly license_count: number | null
  readonly licensed_users: number | null
  readonly license_package: string | null
}

export interface Profile extends Stamps {
  readonly organization_id: number
  readonly primary_email: string
  readonly address_key: string
  readonly domain: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly type: 'USER' | 'ALIAS' | null
  readonly status: 'ACTIVE' | 'INACTIVE' | null
  readonly mailbox_size: number | null
  readonly spam_policy: unknown
  readonly account_kind: string | null
  readonly billable: boolean | null
  readonly sender_lists: object | null
  readonly created_at: string | null
  readonly updated_at: string | null
  readonly profile_at: string
  readonly unresolved_groups: readonly string[] | null
}

export interface UserRow extends Profile {
  readonly __typename: 'User'
  readonly id: number
  readonly deleted_at: string | null
}

export interface GroupRow {
  readonly __typename: 'Group'
  readonly id: number
  readonly organization_id: number
  readonly group_id: string
  readonly name: string
  readonly member_count: number | null
  readonly deleted_at: string | null
}

export interface RoleRow {
  readonly __typename: 'Role'
  readonly id: number
  readonly organization_id: number
  readonly name: string
  readonly privileged: boolean
  readonly valid_from: string
}

export interface Life {
  readonly organization_id: number
  readonly valid_from: string
  readonly valid_to: string | null
}

export interface AliasRow extends Life {
  readonly __typename: 'Alias'
  readonly id: number
  readonly user_id: number
  readonly address: string
  readonly address_key: string
  readonly domain: string
}

export interface MembershipRow extends Life {
  readonly user_id: number
  readonly group_id: number
  readonly happened_by: string
}

export interface GrantRow extends Life {
  readonly user_id: number
  readonly role_id: number
}

export interface ConfirmationRow extends Stamps {
  readonly user_id: number
  readonly unconfirmed_since: string | null
}

export interface PullRow {
  readonly __typename: 'Pull'
  readonly id: number
  readonly organization_id: number
  readonly state: string
  readonly phase: string
  readonly trigger: string
  readonly started_at: string
  readonly finished_at: string | null
  readonly first_sent_at: string | null
  readonly accepted: boolean
  readonly carried: number | null
  readonly users_seen: number
  readonly users_expected: number | null
  readonly error: string | null
  readonly [count: string]: unknown
}

export interface FindingRow {
  readonly __typename: 'Finding'
  readonly id: number
  readonly organization_id: number
  readonly rule: string
  readonly severity: number
  readonly subject_ids: readonly number[]
  readonly subject_types: readonly string[]
  readonly resolved_at: string | null
  readonly accepted_until: string | null
}

export interface FindingRunRow {
  readonly organization_id: number
  readonly as_of: string | null
}

export interface OperationRow {
  readonly __typename: 'Operation'
  readonly id: number
  readonly organization_id: number
  readonly kind: string
  readonly state: string
  readonly finished_at: string | null
}

export interface ItemRow {
  readonly id: number
  readonly operation_id: number
  readonly state: string
  readonly requests: number
  readonly failure: { readonly failure: string } | null
  readonly user_id: number | null
}

export interface StepRow {
  readonly item_id: number
  readonly step: string
  readonly facts: unknown
  readonly sent_at: string
  readonly done_at: string | null
}

export interface AllowanceRow {
  readonly key: string
  readonly requests_per_window: number
  readonly paused_until: string | null
  readonly used: number
}

/** The mirror as the API shows it at one moment. */
export interface State {
  readonly organizations: readonly OrganizationRow[]
  readonly users: readonly UserRow[]
  readonly groups: readonly GroupRow[]
  readonly roles: readonly RoleRow[]
  readonly aliases: readonly AliasRow[]
  readonly memberships: readonly MembershipRow[]
  readonly grants: readonly GrantRow[]
  readonly confirmations: readonly ConfirmationRow[]
  readonly pulls: readonly PullRow[]
  readonly findings: readonly FindingRow[]
  readonly findingRuns: readonly FindingRunRow[]
  readonly operations: readonly OperationRow[]
  readonly items: readonly ItemRow[]
  readonly steps: readonly StepRow[]
  readonly allowances: readonly AllowanceRow[]
}
