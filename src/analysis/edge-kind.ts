/**
 * The relationships that questions go along. MEMBER_OF: of a user with a group. HOLDS: with a role. OWNS: with an alias.
 * SAME_PERSON: of two users that claim one address, or bear one first and last name, within an organization.
 */
export type EdgeKind = 'MEMBER_OF' | 'HOLDS' | 'OWNS' | 'SAME_PERSON'
