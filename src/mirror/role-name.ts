const known = new Map(
  ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER'].map((name) => [plain(name), name]),
)

/** The role's name as the vendor documents it, whatever letters, spaces and hyphens it is spelled with; other names as they are. */
export function roleName(spelled: string): string {
  return known.get(plain(spelled)) ?? spelled
}

function plain(name: string): string {
  return name.toUpperCase().replace(/[\s_-]+/g, '')
}
