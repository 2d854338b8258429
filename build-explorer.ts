/**
 * Builds the explorer, the web application, into `dist-explorer`: hashed files, each also compressed, and a manifest that
 * lists them. With `--if-stale` it builds only if the sources or the lock file differ from those of the last build.
 */
import { createHash } from 'node:crypto'
import { glob, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Manifest } from './src/server/explorer/explorer-files.ts'

const root = import.meta.dirname
const output = join(root, 'dist-explorer')
const sources = ['src/explorer/**/*', 'build-explorer.ts', 'package-lock.json']

async function main(): Promise<void> {
  const key = await keyOf(sources)
  if (process.argv.includes('--if-stale') && (await keyOfOutput()) === key) return
  // A folder of its own: two processes may build at the same time, and each replaces the output as a whole.
  const folder = `${output}.${process.pid}`
  try {
    await bundle(folder)
    const files = await compressAll(folder)
    const manifest: Manifest = { key, files }
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
    const previous = `${folder}.previous`
    await rename(output, previous).catch(ignoreMissing)
    await rename(folder, output)
    await rm(previous, { recursive: true, force: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A hash of the names and contents of all sources. */
async function keyOf(patterns: readonly string[]): Promise<string> {
  const paths = (await Array.fromAsync(glob([...patterns], { cwd: root }))).sort()
  const hash = createHash('sha256')
  for (const path of paths) {
    if (!(await stat(join(root, path))).isFile()) continue
    hash.update(`${path}\0`).update(await readFile(join(root, path)))
  }
  return hash.digest('hex')
}

async function keyOfOutput(): Promise<string | undefined> {
  const text = await readFile(join(output, 'manifest.json'), 'utf8').catch(ignoreMissing)
  return text === undefined ? undefined : (JSON.parse(text) as Manifest).key
}

async function bundle(outDir: string): Promise<void> {
  const { build } = await import('vite')
  const { default: react } = await import('@vitejs/plugin-react')
  const source = join(root, 'src/explorer')
  await build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    plugins: [react()],
    // The server replaces the placeholder in every response.
    html: { cspNonce: '__NONCE__' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      // These have `light-dark()`. For older ones it would be rewritten, depending on declarations that are not in the files.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      // The policy of the page allows no `data:` URLs for scripts and fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The editor of the query editor is large, and is loaded only there.
      chunkSizeWarningLimit: 8_000,
      rolldownOptions: {
        input: [join(source, 'index.html'), join(source, 'editor.html')],
        onLog(level, log, handle) {
          // Directives for a compiler that is not used.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
        },
      },
    },
    worker: { format: 'es' },
  })
}

const compressible = new Set(['.js', '.css', '.svg', '.json', '.html'])

/** Compresses every file that gains from it, and returns the paths with their encodings. */
async function compressAll(folder: string): Promise<Manifest['files']> {
  const files: Manifest['files'] = {}
  const entries = await readdir(join(folder, 'assets'))
  for (const name of entries.sort()) {
    const path = join(folder, 'assets', name)
    files[`/assets/${name}`] = compressible.has(extname(name)) ? await compress(path) : []
  }
  return files
}

async function compress(path: string): Promise<string[]> {
  const content = await readFile(path)
  if (content.length < 1_000) return []
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const [br, gz] = await Promise.all([promisify(brotliCompress)(content, brotli), promisify(gzip)(content)])
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)])
  return ['br', 'gzip']
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

await main()
