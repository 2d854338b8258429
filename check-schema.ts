/**
 * Fails where `schema.graphql` breaks what consumers of another version count on, unless the changelog says so: `node check-schema.ts BASE`,
 * BASE being a commit, a branch or a tag; `main` where none is given.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { diff } from '@graphql-inspector/core'
import { buildSchema, type ConstDirectiveNode, type GraphQLSchema, isObjectType, print } from 'graphql'

const base = process.argv[2] ?? 'main'
const git = (...args: string[]) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' })

async function main(): Promise<void> {
  const before = schemaOf(git('show', `${base}:schema.graphql`))
  const after = schemaOf(readFileSync(join(import.meta.dirname, 'schema.graphql'), 'utf8'))
  const changes = await diff(before, after)
  const breaking = [
    ...changes.filter(({ criticality }) => criticality.level === 'BREAKING').map(({ message }) => message),
    ...lostDirectives(before, after),
  ]
  if (breaking.length === 0) return
  process.stdout.write(`Since ${base}, schema.graphql breaks:\n${breaking.map((message) => `  ${message}\n`).join('')}`)
  const said = git('diff', base, '--', 'CHANGELOG.md').split('\n')
  if (said.some((line) => /^\+.*\bbreaking\b/i.test(line))) return
  process.stderr.write('Say so in CHANGELOG.md, in a line that holds the word "Breaking", or leave what was there.\n')
  process.exitCode = 1
}

/** The directives of the subgraph come from `@link`, so that the text alone does not define them. */
function schemaOf(text: string): GraphQLSchema {
  return buildSchema(text, { assumeValidSDL: true })
}

/** A key that is gone breaks whoever joins by it, and a type that is no longer shareable whoever shares it. */
function lostDirectives(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return Object.values(before.getTypeMap()).flatMap((type) => {
    const kept = new Set(directivesOf(after.getType(type.name)?.astNode?.directives))
    return isObjectType(type) && after.getType(type.name)
      ? directivesOf(type.astNode?.directives).flatMap((one) =>
          kept.has(one) ? [] : [`${type.name} is no longer ${one}`],
        )
      : []
  })
}

function directivesOf(nodes: readonly ConstDirectiveNode[] | undefined): string[] {
  return (nodes ?? []).map((node) => print(node)).filter((text) => /^@(key|shareable)\b/.test(text))
}

await main()
