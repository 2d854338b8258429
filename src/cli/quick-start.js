// @ts-check
/**
 * Makes the start of the program faster. Load it before anything else: `node --import ./src/cli/quick-start.js FILE`.
 * It is JavaScript because with the compile cache Node need not load its type stripper, which takes 0.2 s.
 *
 * - Node searches for a package at each of its imports, and for the package.json at each module, and parses it again each
 *   time. drizzle-orm has a package.json of 290 KB. The hook of the module loader remembers the results.
 * - The compile cache keeps the stripped and compiled modules between two starts. It is not in the folder for temporary
 *   files, where another user could put code. Without write access there is no cache.
 *
 * A Node that lacks either starts without it.
 */
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// graphql-js then checks types by their class alone, which is faster.
process.env.NODE_ENV ??= 'production'

const source = new URL('..', import.meta.url).href
const packages = '/node_modules/'
/** All of its modules are ES modules. */
const largePackage = `${packages}drizzle-orm/`

/**
 * By the folder of the importer and the name of the package.
 * @type {Map<string, import('node:module').ResolveFnOutput>}
 */
const resolved = new Map()
/**
 * The folders of packages in which a file `.js` is an ES module.
 * @type {Set<string>}
 */
const moduleFolders = new Set()

module.registerHooks?.({
  resolve(specifier, context, next) {
    const { parentURL, conditions } = context
    const importer = parentURL !== undefined && conditions.includes('import') ? importerOf(parentURL) : undefined
    if (importer === undefined || /^(node:|#)/.test(specifier)) return next(specifier, context)
    if (!specifier.startsWith('.')) {
      const key = `${importer} ${specifier}`
      const found = resolved.get(key) ?? next(specifier, context)
      resolved.set(key, found)
      return { ...found, shortCircuit: true }
    }
    const { href: url } = new URL(specifier, parentURL)
    if (importer === source && url.startsWith(source) && url.endsWith('.ts'))
      return { url, format: 'module-typescript', shortCircuit: true }
    if (!url.endsWith('.js')) return next(specifier, context)
    const folder = url.slice(0, url.lastIndexOf('/') + 1)
    if (moduleFolders.has(folder) || url.includes(largePackage)) return { url, format: 'module', shortCircuit: true }
    const found = next(specifier, context)
    if (found.format === 'module' && found.url === url) moduleFolders.add(folder)
    return found
  },
})
module.enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)))

/**
 * The folder all of whose modules resolve the name of a package alike: our sources, or those of a package.
 * @param {string} url
 */
function importerOf(url) {
  if (url.startsWith(source)) return source
  const start = url.lastIndexOf(packages) + packages.length
  if (start < packages.length) return undefined
  const [, name = ''] = /^((?:@[^/]+\/)?[^/]+\/)/.exec(url.slice(start)) ?? []
  return url.slice(0, start) + name
}
