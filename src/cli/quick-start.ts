/**
 * Makes the start of the program faster. Import it before anything else is loaded.
 *
 * - Node reads and parses the whole package.json of a package for each of its modules. drizzle-orm has a package.json of
 *   290 KB and about 160 modules, which costs 2 s. All of them are ES modules, so a relative import within it needs no
 *   package.json.
 * - The compile cache keeps the stripped and compiled modules between two starts. It is not in the folder for temporary
 *   files, where another user could put code. Without write access there is no cache.
 */
import { enableCompileCache, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const slowPackage = '/node_modules/drizzle-orm/'

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL, conditions } = context
    const isWithin = specifier.startsWith('.') && parentURL?.includes(slowPackage)
    if (!isWithin || !conditions.includes('import')) return next(specifier, context)
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
  },
})
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)))
