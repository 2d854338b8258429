/** Which variables describe the organizations: a file, or those of one organization, for one of the vendor's APIs. */
const ofV1 = ['ESSENTIALS_DOMAIN', 'ESSENTIALS_USER', 'ESSENTIALS_PASSWORD'] as const
const ofV2 = ['ESSENTIALS_API_KEY', 'ESSENTIALS_API_SECRET'] as const
const others = ['ESSENTIALS_STACK', 'ESSENTIALS_API', 'ESSENTIALS_ORGANIZATION'] as const
type Name =
  | (typeof ofV1 | typeof ofV2 | typeof others)[number]
  | 'ESSENTIALS_ORGANIZATIONS_FILE'
  | 'ESSENTIALS_BASE_URL'
  | `${'ESSENTIALS_API_KEY' | 'ESSENTIALS_API_SECRET' | 'ESSENTIALS_PASSWORD'}_FILE`
type Rule = (set: { readonly [Own in Name]?: string | undefined }, context: { addIssue(message: string): void }) => void

/** The variables, and those that name a file with their value. */
function withFiles(names: readonly Name[]): Name[] {
  const files: readonly Name[] = ['ESSENTIALS_API_KEY_FILE', 'ESSENTIALS_API_SECRET_FILE', 'ESSENTIALS_PASSWORD_FILE']
  return names.flatMap((name) => [name, ...files.filter((file) => file === `${name}_FILE`)])
}

/** Whether any variable names an organization or its credentials, even if others are missing. */
export function namesOrganization(environment: Readonly<Record<string, string | undefined>>): boolean {
  const names = withFiles([...ofV2, ...ofV1, 'ESSENTIALS_ORGANIZATIONS_FILE'])
  return names.some((name) => environment[name]?.trim())
}

export const needsOrganization: Rule = (set, context) => {
  if (set.ESSENTIALS_ORGANIZATIONS_FILE !== undefined) {
    for (const name of withFiles([...ofV2, ...ofV1, ...others])) {
      // A value that was read from a file is also set under the name of the variable.
      const isFromFile = set[`${name}_FILE` as Name] !== undefined
      if (set[name] !== undefined && !isFromFile)
        context.addIssue(`${name} and ESSENTIALS_ORGANIZATIONS_FILE are both set: set only one of them.`)
    }
    return
  }
  if (set.ESSENTIALS_API === 'v1') return needsInterface(set, context)
  for (const name of withFiles([...ofV1, 'ESSENTIALS_STACK']))
    if (set[name] !== undefined) context.addIssue(`${name} is set, but ESSENTIALS_API is not v1.`)
  // A file that cannot be read is reported separately.
  const key = set.ESSENTIALS_API_KEY ?? set.ESSENTIALS_API_KEY_FILE
  const secret = set.ESSENTIALS_API_SECRET ?? set.ESSENTIALS_API_SECRET_FILE
  if (set.ESSENTIALS_API_KEY?.includes(':'))
    context.addIssue('ESSENTIALS_API_KEY must not contain a colon: it is sent as the user name of HTTP Basic.')
  if (!key && !secret)
    context.addIssue(
      'ESSENTIALS_API_KEY and ESSENTIALS_API_SECRET are not set, and neither is ESSENTIALS_ORGANIZATIONS_FILE: there is no organization to mirror. To try it without credentials, run `npm run demo`.',
    )
  else if (!key) context.addIssue('ESSENTIALS_API_SECRET is set, but ESSENTIALS_API_KEY is not.')
  else if (!secret) context.addIssue('ESSENTIALS_API_KEY is set, but ESSENTIALS_API_SECRET is not.')
}

const needsInterface: Rule = (set, context) => {
  for (const name of withFiles(ofV2))
    if (set[name] !== undefined)
      context.addIssue(`${name} is set, but ESSENTIALS_API is v1, which needs ${ofV1.join(', ')}.`)
  const missing = ofV1.filter(
    (name) => set[name] === undefined && (name !== 'ESSENTIALS_PASSWORD' || set.ESSENTIALS_PASSWORD_FILE === undefined),
  )
  if (missing.length > 0)
    context.addIssue(
      `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not set: ESSENTIALS_API v1 needs all three.`,
    )
  const { ESSENTIALS_STACK: stack, ESSENTIALS_BASE_URL: baseUrl } = set
  if (stack !== undefined && baseUrl !== undefined)
    context.addIssue('ESSENTIALS_STACK and ESSENTIALS_BASE_URL are both set: set only one of them.')
  if (stack === undefined && baseUrl === undefined)
    context.addIssue(
      'ESSENTIALS_STACK is not set, and neither is ESSENTIALS_BASE_URL: ESSENTIALS_API v1 needs one of them.',
    )
}
