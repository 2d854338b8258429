/** Reads the JSON files that variables name. The problems are whole sentences, and quote no value of a file. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { nearMiss } from './near-misses.ts'
import { credential, domain, stack, url } from './variables.ts'

const string = z.string('must be a string.')
const text = string.min(1, 'must not be empty.')

const naming = {
  slug: string.regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, and begin with a letter or digit.',
  ),
  name: text.max(200, 'must have at most 200 characters.'),
}
const options = {
  baseUrl: url('http:', 'https:').optional(),
  requestsPerMinute: z
    .int('must be an integer.')
    .min(1, 'must be at least 1.')
    .max(10_000_000, 'must be at most 10,000,000.')
    .optional(),
  privilegedRoles: z
    .array(text.max(256, 'must have at most 256 characters.'), 'must be a list of names of roles.')
    .min(1, 'must name at least one role.')
    .optional(),
}
const fieldsOfV2 = {
  ...naming,
  api: z.literal('v2').optional(),
  apiKey: text.regex(/^[^:]*$/, 'must not contain a colon: it is sent as the user name of HTTP Basic.'),
  apiSecret: text,
  ...options,
}
const fieldsOfV1 = {
  ...naming,
  api: z.literal('v1'),
  domain: text.pipe(domain),
  user: text.pipe(credential),
  password: text.pipe(credential),
  stack: stack.optional(),
  children: z.boolean('must be true or false.').optional(),
  ...options,
}

function strict<Fields extends z.ZodRawShape>(fields: Fields) {
  const quoted = (field: string) => {
    const meant = nearMiss(field, Object.keys(fields))
    return meant === undefined ? `"${field}"` : `"${field}" (did you mean "${meant}"?)`
  }
  return z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has unknown fields: ${issue.keys.map(quoted).join(', ')}.`
        : 'must be an object.',
  })
}

const organization = z.discriminatedUnion(
  'api',
  [
    strict(fieldsOfV2),
    strict(fieldsOfV1).superRefine(({ stack, baseUrl }, context) => {
      if ((stack === undefined) === (baseUrl === undefined))
        context.addIssue('must have either a stack, such as "us1", or a baseUrl.')
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'must be "v1" or "v2".' : 'must be an object.') },
)

const notRows = 'must contain a JSON array of at least one organization: [{"slug", "name", "apiKey", "apiSecret"}].'
const organizations = z
  .array(organization, notRows)
  .min(1, notRows)
  .superRefine(
    (rows: readonly unknown[], context) => {
      for (const [key, label] of [
        ['slug', 'slug'],
        ['apiKey', 'API key'],
        ['domain', 'domain'],
      ] as const) {
        const values = rows.map((row) => (row as Readonly<Record<string, unknown>> | null)?.[key])
        for (const [i, value] of values.entries()) {
          const first = values.indexOf(value)
          if (typeof value !== 'string' || value === '' || first === i) continue
          const message = `has the same ${label} as organization ${first + 1}, but each must have its own.`
          context.addIssue({ code: 'custom', path: [i], message })
        }
      }
    },
    // Rows with other problems are compared too.
    { when: ({ value }) => Array.isArray(value) },
  )

const notManifest = 'must contain a JSON object of documents by "sha256:…", as `npm run codegen` writes it.'
const manifest = z
  .record(z.string().regex(/^sha256:[0-9a-f]{64}$/), z.string(), notManifest)
  .refine((documents) => Object.keys(documents).length > 0)
  .transform((documents): ReadonlyMap<string, string> => new Map(Object.entries(documents)))

export function readOrganizationsFile(path: string, problems: string[]) {
  const file = `The file of ESSENTIALS_ORGANIZATIONS_FILE, ${path},`
  const json = readJson(path, file, problems)
  if (json === undefined) return []
  const parsed = organizations.safeParse(json)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [row, field] = path
    const where = row === undefined ? [] : [`organization ${Number(row) + 1}:`]
    problems.push([file, ...where, ...(field === undefined ? [] : [field]), message].join(' '))
  }
  return parsed.data ?? []
}

/** Documents by `sha256:` and their digest. */
export function readManifest(path: string, problems: string[]): ReadonlyMap<string, string> | undefined {
  const file = `The file of TRUSTED_DOCUMENTS, ${path},`
  const json = readJson(path, file, problems)
  if (json === undefined) return undefined
  const parsed = manifest.safeParse(json)
  if (!parsed.success) problems.push(`${file} ${notManifest}`)
  return parsed.data
}

/** Undefined after a problem. */
function readJson(path: string, file: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    problems.push(
      error instanceof SyntaxError ? `${file} is not JSON.` : `${file} cannot be read (${code ?? 'unknown'}).`,
    )
    return undefined
  }
}
