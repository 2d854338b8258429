/**
 * GraphQL quotes the value that it cannot take, and all of the object around a field that it does not know: a password among them would
 * stand in the answer, and in the log of whoever keeps answers.
 */

/** A password's name, misspelt too: a field that is not known is quoted with its value. */
const secretName = /pass|pasw|psw|pwd|secret/i
const name = `\\w*(?:${secretName.source})\\w*`
/** A list or object, a block, a string, a variable, or a bare word. */
const value = '([[{][\\s\\S]*?[\\]}])|"""([\\s\\S]*?)"""|"((?:[^"\\\\\\n]|\\\\.)*)|\\$(\\w+)|([\\w.+-]+)'
/** A field of that name and its value, in the document or in JSON; or a variable's definition and its default, but not its type alone. */
const secretField = new RegExp(
  `(?:(?<![$\\w])${name}\\\\?"?\\s*:|\\$${name}\\s*:[\\w\\s![\\]]+=)\\s*(?:${value})`,
  'gi',
)
const literal = /"((?:[^"\\\n]|\\.)*)"|[\w.+-]+/g
const mask = '***'
/** Below this length a secret is likely to stand inside of words, so only the whole word is masked. */
const shortest = 4

/** What masks the secrets of a request's body in a text about it. */
export function hideSecretsOf(body: string): (text: string) => string {
  const patterns = [...new Set(secretsOf(body).flatMap(spellingsOf))]
    .sort((a, b) => b.length - a.length)
    .map((spelling) => patternOf(spelling))
  return (text) => patterns.reduce((rest, pattern) => rest.replaceAll(pattern, mask), text)
}

function secretsOf(body: string): string[] {
  const parsed = parse(body)
  if (!isObject(parsed)) return literalsOf(body).secrets
  const { secrets, variables } = literalsOf(typeof parsed.query === 'string' ? parsed.query : '')
  return [...secrets, ...below(parsed.variables, variables)]
}

function literalsOf(document: string): { secrets: string[]; variables: ReadonlySet<string> } {
  const fields = [...document.matchAll(secretField)]
  return {
    secrets: fields.flatMap(([, nested, block, string, , word]) =>
      nested === undefined
        ? unescaped(block ?? string ?? word)
        : [...nested.matchAll(literal)].flatMap(([bare, quoted]) => unescaped(quoted ?? bare)),
    ),
    variables: new Set(fields.flatMap(([, , , , variable]) => variable ?? [])),
  }
}

/** As it is written, and as it is meant. */
function unescaped(written: string | undefined): string[] {
  if (written === undefined) return []
  const meant = parse(`"${written}"`)
  return typeof meant === 'string' ? [written, meant] : [written]
}

/** All texts and numbers below a secret's name, or below one of these variables. Level by level, for a caller may nest without end. */
function below(given: unknown, variables: ReadonlySet<string>): string[] {
  const found: string[] = []
  let names = variables
  let level: { value: unknown; isSecret: boolean }[] = [{ value: given, isSecret: false }]
  while (level.length > 0) {
    const next: typeof level = []
    for (const { value, isSecret } of level) {
      if (typeof value === 'string' || typeof value === 'number') {
        if (isSecret) found.push(String(value))
      } else if (Array.isArray(value)) {
        for (const entry of value) next.push({ value: entry, isSecret })
      } else if (isObject(value)) {
        for (const [name, inner] of Object.entries(value)) {
          next.push({ value: inner, isSecret: isSecret || secretName.test(name) || names.has(name) })
        }
      }
    }
    level = next
    names = none
  }
  return found
}

const none: ReadonlySet<string> = new Set()

function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  return [secret, json, JSON.stringify(json).slice(1, -1)].filter((spelling) => spelling.trim() !== '')
}

function patternOf(spelling: string): RegExp {
  const escaped = spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return spelling.length < shortest
    ? new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu')
    : new RegExp(escaped, 'g')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
