import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptSecretKey } from '../../src/config/secret-key.ts'
import { openSecrets } from '../../src/writes/secrets.ts'

test('secrets: concurrent starts create one key in the data folder, readable by its owner only', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  const keys = await Promise.all(Array.from({ length: 8 }, () => keptSecretKey(dataDir)))
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  expect(keys[0]).toHaveLength(32)
  expect(await keptSecretKey(dataDir)).toEqual(keys[0])
  expect((await stat(join(dataDir, 'secret-key'))).mode & 0o777).toBe(0o600)
  expect(await readFile(join(dataDir, 'secret-key'), 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
})

test('secrets: a damaged key is reported and not replaced', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'secret-key'), 'not a key\n')
  await expect(keptSecretKey(folder.path)).rejects.toThrow('must contain 32 bytes in base64')
})

test('secrets: a sealed value opens only with the same key and context, and not after a change', () => {
  const secrets = openSecrets(Buffer.alloc(32, 1))
  const sealed = secrets.seal('plänted', 'a')
  expect(secrets.open(sealed, 'a')).toBe('plänted')
  expect(secrets.seal('plänted', 'a')).not.toBe(sealed)
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('nted')
  expect(() => secrets.open(sealed, 'b')).toThrow()
  expect(() => openSecrets(Buffer.alloc(32, 2)).open(sealed, 'a')).toThrow()
  const bytes = Buffer.from(sealed, 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  expect(() => secrets.open(bytes.toString('base64'), 'a')).toThrow()
})

test('secrets: a MAC depends on the key and on the exact parts', () => {
  const { mac } = openSecrets(Buffer.alloc(32, 1))
  expect(mac('a', 'b')).toBe(mac('a', 'b'))
  expect(new Set([mac('a', 'b'), mac('ab'), mac('ab', ''), mac('b', 'a')]).size).toBe(4)
  expect(openSecrets(Buffer.alloc(32, 2)).mac('a', 'b')).not.toBe(mac('a', 'b'))
})

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'essentials-graph-key-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
