import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'secret-key'

/** The configured SECRET_KEY or, with the embedded Postgres, the one of the data folder. */
export async function secretKeyOf(config: {
  readonly secretKey: Buffer | undefined
  readonly databaseUrl: string | undefined
  readonly dataDir: string
}): Promise<Buffer | undefined> {
  return config.secretKey ?? (config.databaseUrl ? undefined : await keptSecretKey(config.dataDir))
}

/** The same, but undefined if the data folder has no key yet. */
export async function existingSecretKeyOf(config: Parameters<typeof secretKeyOf>[0]): Promise<Buffer | undefined> {
  if (config.secretKey || config.databaseUrl) return config.secretKey
  const path = join(config.dataDir, fileName)
  const kept = await readIfThere(path)
  return kept === undefined ? undefined : parse(kept, path)
}

/**
 * Returns the data folder's own SECRET_KEY, which the first start creates, readable only by its owner. Concurrent
 * starts get the same key.
 */
export async function keptSecretKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, fileName)
  const kept = await readIfThere(path)
  if (kept !== undefined) return parse(kept, path)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // Fails if another start was faster; its key is used.
    await link(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  return parse(await readFile(path, 'utf8'), path)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return key
  throw new Error(
    `${path} must contain 32 bytes in base64. Restore the file, or remove it to generate a new key; everything sealed with the old key is then lost`,
  )
}
