/** Which module imports which, by the import specifiers of its files; and what that breaks of a table of what may. */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  /** The importing file, from the source folder. */
  readonly from: string
  /** A file, from the source folder; or a package's name. */
  readonly to: string
  readonly isPackage: boolean
  /** No value of it is used, so nothing of it is loaded. */
  readonly typeOnly: boolean
}

/** `to`: modules (a folder, or a file that stands in none, without its ending) and single files of them, as `sync/read-user`. */
export interface Rule {
  readonly mayImport: readonly string[] | 'everything'
  readonly except?: readonly string[]
}

/** The imports of all TypeScript files below a folder: static, dynamic, re-exports and `import(…)` in types. */
export async function readImports(folder: string): Promise<Import[]> {
  const imports: Import[] = []
  for await (const path of glob('**/*.ts', { cwd: folder })) {
    const from = posix.normalize(path)
    imports.push(...importsOf(from, await readFile(join(folder, path), 'utf8')))
  }
  return imports
}

/** Throws where the file cannot be parsed, or imports by something else than a literal: then nothing can be said of it. */
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

/** The folder, or the name of a file that stands in none. */
export function moduleOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '')
}

/** What the table forbids, a sentence each. `free` may be imported by everyone. */
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
    const names = [target, to.replace(/\.ts$/, '')]
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

/** Packages that only some modules may import: each breach as a sentence. */
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

/** The first cycle found among these edges, as a path that ends where it begins; undefined where there is none. */
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
