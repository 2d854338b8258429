/** Reads secrets from the files that variables name, such as ADMIN_TOKEN_FILE. */
import { readFileSync } from 'node:fs'
import { secretNames } from './variables.ts'

/** The variables with the contents of these files, without surrounding white space. The problems quote no content. */
export function readSecretFiles(given: Readonly<Record<string, string>>): {
  readonly set: Readonly<Record<string, string>>
  readonly problems: readonly string[]
  /** The variables whose value could not be determined. */
  readonly unread: readonly string[]
} {
  const set = { ...given }
  const problems: string[] = []
  const unread: string[] = []
  const fail = (name: string, problem: string) => {
    problems.push(problem)
    unread.push(name)
  }
  for (const name of secretNames) {
    const path = given[`${name}_FILE`]
    if (path === undefined) continue
    if (given[name] !== undefined) {
      fail(name, `${name} and ${name}_FILE are both set: set only one of them.`)
      continue
    }
    const file = `The file of ${name}_FILE, ${path},`
    try {
      const content = readFileSync(path, 'utf8').trim()
      if (content === '') fail(name, `${file} is empty.`)
      else set[name] = content
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      fail(name, `${file} cannot be read (${code}).`)
    }
  }
  return { set, problems, unread }
}
