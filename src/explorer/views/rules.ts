/**
 * The rules of findings, in words. The type makes the build fail if a rule of the schema has no words here.
 */
import type { FindingRule, Severity } from '../data/generated/graphql.ts'

const rules: Record<FindingRule, string> = {
  PRIVILEGED_INACTIVE: 'Deactivated account with a privileged role',
  ALIAS_SHADOWS_USER: 'Alias is the primary address of another account',
  ALIAS_COLLISION: 'Several accounts have the same alias',
  NEW_ROLE: 'Role that the organization has never had',
  RECREATED_AFTER_DELETE: 'Deleted account re-created',
  PRIVILEGED_OUTSIDE_GROUPS: 'Privileged account in no group',
  SAME_PERSON_TWICE: 'Several accounts with the same name',
  MEMBER_COUNT_DRIFT: 'Member count differs from the vendor',
  STALE_RELATIONS: 'Relations not read for a week',
  USER_WITHOUT_GROUPS: 'Account in no group',
  EMPTY_GROUP: 'Group without members',
  WEBHOOK_DISABLED: 'Webhook disabled after failures',
  INACTIVE_LOSES_MAIL: 'Deactivated account that rejects mail',
  CONVERSION_UNDONE: 'Functional account replaced by the directory sync',
  BROAD_ALLOW_LIST: 'Whole domain on an allow list',
  BILLED_FUNCTIONAL: 'Billed account that seems to belong to no person',
  SCIM_PRIVILEGED_LEAVER: 'Privileged account that should have been turned off',
  SCIM_MASS_REMOVAL: 'Identity provider asks to remove many users',
}

export const ruleNames = Object.keys(rules) as FindingRule[]

export const severities: readonly Severity[] = ['HIGH', 'MEDIUM', 'LOW', 'INFO']

/** The label of a rule. A server may have rules that this build does not know. */
export function ruleLabel(rule: FindingRule): string {
  return rules[rule] ?? rule
}
