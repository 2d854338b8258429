const known = new Map(
  ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER'].map((name) => [plain(name), name]),
)

/**
 * Returns the documented name of a role, regardless of case, spaces and hyphens. Other names are returned unchanged.
 */
export function roleName(spelled: string): string {
  return known.get(plain(spelled)) ?? spelled
}

function plain(name: string): string {
  return name.toUpperCase().replace(/[\s_-]+/g, '')
}
