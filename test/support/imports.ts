/**
 * The imports between modules, from the import specifiers of their files, and the violations of a table of allowed
 * imports.
 */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  /** The importing file, relative to the source folder. */
  readonly from: string
  /** A file relative to the source folder, or the name of a package. */
  readonly to: string
  readonly isPackage: boolean
  /** Only types are imported, so the file is not loaded. */
  readonly typeOnly: boolean
}

/**
 * A name in `mayImport` is a module (a top-level folder, or a top-level file without extension), a folder in one, or a
 * file without extension.
 */
export interface Rule {
  readonly mayImport: readonly string[] | 'everything'
  readonly except?: readonly string[]
}

/** The imports of all TypeScript files below a folder: static, dynamic, re-exports and `import(…)` in types. */
export async function readImports(folder: string): Promise<Import[]> {
  const imports: Import[] = []
  for await (const path of glob('**/*.{ts,tsx}', { cwd: folder })) {
    const from = posix.normalize(path)
    imports.push(...importsOf(from, await readFile(join(folder, path), 'utf8')))
  }
  return imports
}

/**
 * Throws if the file cannot be parsed, or if it imports something other than a literal: its imports are unknown then.
 */
export function importsOf(from: string, source: string): Import[] {
  const { program, errors, module } = parseSync(from, source)
  if (errors.length > 0) throw new Error(`${from} cannot be parsed: ${errors[0]?.message}`)
  const found: { specifier: string; typeOnly: boolean }[] = []
  for (const { moduleRequest, entries } of module.staticImports) {
    found.push({
      specifier: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    })
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ specifier: moduleRequest.value, typeOnly: isType })
    }
  }
  new Visitor({
    ImportExpression({ source }) {
      if (source.type !== 'Literal' || typeof source.value !== 'string') {
        throw new Error(`${from} imports what is not a literal`)
      }
      found.push({ specifier: source.value, typeOnly: false })
    },
    TSImportType({ source: { value } }) {
      found.push({ specifier: value, typeOnly: true })
    },
  }).visit(program)
  return found.map(({ specifier, typeOnly }) => ({ from, typeOnly, ...resolve(from, specifier) }))
}

function resolve(from: string, specifier: string): { to: string; isPackage: boolean } {
  if (specifier.startsWith('.')) return { to: posix.join(dirname(from), specifier), isPackage: false }
  const [scope = '', name] = specifier.split('/')
  return { to: scope.startsWith('@') ? `${scope}/${name}` : scope, isPackage: true }
}

/** The top-level folder, or the name of a top-level file. */
export function moduleOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.tsx?$/, '')
}

/** The names by which a rule may mention a file: its module, its folder, and the file itself without extension. */
function placesOf(file: string): string[] {
  const parts = file.replace(/\.tsx?$/, '').split('/')
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** The folder of a file within its module: `users` for `mirror/users/apply.ts`, `.` for `mirror/prune.ts`. */
function roomOf(file: string): string {
  return posix.dirname(file).split('/').slice(1).join('/') || '.'
}

/**
 * The imports between the folders of one module that its table does not allow, one sentence each. The files at the top
 * of a module may import all of its folders.
 */
export function roomViolations(
  imports: readonly Import[],
  rooms: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
): string[] {
  const sentences = imports.flatMap(({ from, to, isPackage }) => {
    const module = moduleOf(from)
    const [room, target] = [roomOf(from), roomOf(to)]
    if (isPackage || moduleOf(to) !== module || room === '.' || room === target) return []
    const allowed = rooms[module]?.[room]
    if (!allowed) return [`${module}/${room} has no rule: say in the table which folders it may import`]
    if (allowed.includes(target)) return []
    return [`${from} imports ${to}, but in ${module}, ${room} may import only ${allowed.join(', ') || 'nothing'}`]
  })
  return [...new Set(sentences)]
}

/** The violations of the table, one sentence each. Every module may import those in `free`. */
export function violations(
  imports: readonly Import[],
  rules: Readonly<Record<string, Rule>>,
  free: readonly string[],
): string[] {
  const sentences = imports.flatMap(({ from, to, isPackage }) => {
    const module = moduleOf(from)
    const rule = rules[module]
    if (!rule) return [`${module} has no rule: say in the table what it may import`]
    if (isPackage) return []
    if (to.startsWith('..')) return [`${from} imports ${to}, which is outside the source`]
    const target = moduleOf(to)
    if (target === module || free.includes(target)) return []
    const names = placesOf(to)
    const allowed =
      rule.mayImport === 'everything'
        ? !names.some((name) => rule.except?.includes(name))
        : names.some((name) => rule.mayImport.includes(name))
    return allowed ? [] : [`${from} imports ${to}, but ${module} may import ${spell(rule)}`]
  })
  return [...new Set(sentences)]
}

function spell({ mayImport, except }: Rule): string {
  if (mayImport === 'everything') return `everything but ${except?.join(', ')}`
  return mayImport.length === 0 ? 'nothing of ours' : `only ${mayImport.join(', ')}`
}

/** The violations of the packages that only some modules may import, one sentence each. */
export function packageViolations(
  imports: readonly Import[],
  owners: Readonly<Record<string, readonly string[]>>,
): string[] {
  return imports.flatMap(({ from, to, isPackage }) => {
    const allowed = isPackage ? owners[to] : undefined
    if (!allowed || allowed.includes(moduleOf(from))) return []
    return [`${from} imports the package ${to}, which belongs to ${allowed.join(', ')}`]
  })
}

/** The first cycle among these edges, as a path that ends where it begins, or undefined. */
export function findCycle(edges: readonly { from: string; to: string }[]): string[] | undefined {
  const next = Map.groupBy(edges, ({ from }) => from)
  const over = new Set<string>()
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(node)
    if (at >= 0) return [...path.slice(at), node]
    if (over.has(node)) return undefined
    for (const { to } of next.get(node) ?? []) {
      const cycle = visit(to, [...path, node])
      if (cycle) return cycle
    }
    over.add(node)
    return undefined
  }
  for (const node of next.keys()) {
    const cycle = visit(node, [])
    if (cycle) return cycle
  }
  return undefined
}
