/** Reads secrets from the files that variables name, such as ADMIN_TOKEN_FILE. */
import { readFileSync } from 'node:fs'
import { secretNames } from './variables.ts'

/** The variables with the contents of these files, without surrounding white space. The problems quote no content. */
export function readSecretFiles(given: Readonly<Record<string, string>>): {
  readonly set: Readonly<Record<string, string>>
  readonly problems: readonly string[]
} {
  const set = { ...given }
  const problems: string[] = []
  for (const name of secretNames) {
    const path = given[`${name}_FILE`]
    if (path === undefined) continue
    if (given[name] !== undefined) {
      problems.push(`${name} and ${name}_FILE are both set: set only one of them.`)
      continue
    }
    const file = `The file of ${name}_FILE, ${path},`
    try {
      const content = readFileSync(path, 'utf8').trim()
      if (content === '') problems.push(`${file} is empty.`)
      else set[name] = content
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      problems.push(`${file} cannot be read (${code}).`)
    }
  }
  return { set, problems }
}
