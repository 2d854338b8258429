/** The output of `npm run build`: two pages, and hashed files that the manifest lists with their encodings. */
import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'

export interface Manifest {
  /** A hash of the sources from which the files were built. */
  readonly key: string
  /** The encodings of each file besides its plain content, by its path in the URL. */
  readonly files: Record<string, readonly string[]>
}

export interface ExplorerFiles {
  page(name: 'index' | 'editor'): Promise<string>
  /** The content in the best encoding that the client accepts; undefined if there is no such file. */
  file(path: string, accepted: string): Promise<ServedFile | undefined>
}

export interface ServedFile {
  readonly type: string
  readonly encoding: string | undefined
  readonly content: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
}
const suffixes: Readonly<Record<string, string>> = { br: '.br', gzip: '.gz' }

/** Differs after every build; 0 if the explorer has not been built. */
export async function versionOf(folder: string): Promise<number> {
  const found = await stat(join(folder, 'manifest.json')).catch(ignoreMissing)
  return found?.mtimeMs ?? 0
}

/** Resolves to undefined if the explorer has not been built. */
export async function openExplorerFiles(folder: string): Promise<ExplorerFiles | undefined> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(ignoreMissing)
  if (text === undefined) return undefined
  const { files } = JSON.parse(text) as Manifest
  const pages = new Map<string, Promise<string>>()
  return {
    page(name) {
      const known = pages.get(name)
      if (known) return known
      const page = readFile(join(folder, `${name}.html`), 'utf8')
      pages.set(name, page)
      // A failed read is tried again.
      page.catch(() => pages.delete(name))
      return page
    },
    async file(path, accepted) {
      // Only listed paths are read, so a path cannot lead out of the folder.
      const encodings = Object.hasOwn(files, path) ? files[path] : undefined
      if (!encodings) return undefined
      const encoding = encodings.find((name) => accepts(accepted, name))
      const content = await readFile(join(folder, `${path}${encoding ? suffixes[encoding] : ''}`)).catch(ignoreMissing)
      return content && { type: types[extname(path)] ?? 'application/octet-stream', encoding, content }
    },
  }
}

/** RFC 9110, 12.5.3: an encoding with the weight 0 is rejected. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    return name === encoding && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
