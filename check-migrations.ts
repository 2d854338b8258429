/**
 * Fails where a migration that landed was edited, renamed or removed, or is not listed: `node check-migrations.ts [--record] [BASE]`, BASE being
 * the branch or commit that it landed on; `main` where none is given, or HEAD where there is no `main`. With `--record`, the migrations that have
 * not landed on BASE are put on the list as they are.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatLanded, type Landed, landedPath, parseLanded, problemsOf, recorded } from './test/migrations/landed.ts'

const [given] = process.argv.slice(2).filter((word) => word !== '--record')
const list = join(import.meta.dirname, landedPath)
const folder = join(import.meta.dirname, 'drizzle')

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
const succeeds = (...args: string[]) => {
  try {
    git(...args)
    return true
  } catch {
    return false
  }
}

/** What had landed at a commit: its list, and what it holds unlisted. */
function landedAt(commit: string): Landed[] {
  const listed = succeeds('cat-file', '-e', `${commit}:${landedPath}`)
    ? parseLanded(git('show', `${commit}:${landedPath}`))
    : []
  const paths = git('ls-tree', '-r', '--name-only', commit, 'drizzle/').split('\n')
  const names = paths.flatMap((path) => /^drizzle\/([^/]+)\/migration\.sql$/.exec(path)?.[1] ?? [])
  const unlisted = names.filter((name) => !listed.some((one) => one.name === name))
  const hashOf = (name: string) =>
    createHash('sha256')
      .update(git('show', `${commit}:drizzle/${name}/migration.sql`))
      .digest('hex')
  return [...listed, ...unlisted.map((name) => ({ name, hash: hashOf(name) }))]
}

const base = given ?? (succeeds('rev-parse', '--verify', 'main') ? 'main' : 'HEAD')
const before = landedAt(git('merge-base', base, 'HEAD').trim())
const landed = existsSync(list) ? parseLanded(readFileSync(list, 'utf8')) : before

if (process.argv.includes('--record')) writeFileSync(list, formatLanded(recorded(folder, landed, before)))
else {
  const problems = problemsOf(folder, landed, before)
  if (problems.length > 0) {
    process.stderr.write(problems.map((problem) => `${problem}\n`).join(''))
    process.exitCode = 1
  }
}
