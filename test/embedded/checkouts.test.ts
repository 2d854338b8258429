import { chmod, chown, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRoot } from '../../src/embedded/account.ts'
import { joinEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { makeCheckout, nativeIn, nodeForAll } from './checkout.ts'
import { hold, query } from './holder.ts'
import { elsewhere, removeElsewhere, temporaryFolder } from './temporary-folder.ts'

const NOBODY = { uid: 65534, gid: 65534 }
const UNPRIVILEGED = isRoot() ? { as: NOBODY } : {}

describe('embedded Postgres after npm ci without install scripts', () => {
  test.concurrent('embedded Postgres: links between libraries are created if node_modules is writable', async () => {
    await using folder = await temporaryFolder()
    const checkout = await makeCheckout(folder.path)
    await using holder = await hold(join(folder.path, 'data'), { checkout })
    expect(await query(holder.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    const native = nativeIn(checkout)
    const links: { target: string }[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
    for (const { target } of links) expect((await stat(join(dirname(native), target))).isFile()).toBe(true)
  })

  test.concurrent('embedded Postgres: two simultaneous starts on different folders both succeed', async () => {
    await using folder = await temporaryFolder()
    const checkout = await makeCheckout(folder.path)
    const [one, other] = await Promise.all([
      hold(join(folder.path, 'one'), { checkout }),
      hold(join(folder.path, 'other'), { checkout }),
    ])
    await using _one = one
    await using _other = other
    expect(await query(one.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await query(other.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(one.connection.host).not.toBe(other.connection.host)
  })

  test.concurrent('embedded Postgres: if node_modules is read-only, one copy of the binaries is used', async () => {
    await using folder = await temporaryFolder()
    const checkout = await makeCheckout(folder.path, { writable: false })
    const dataDir = join(folder.path, 'data')
    await mkdir(dataDir, { mode: 0o700 })
    if (isRoot()) await chown(dataDir, NOBODY.uid, NOBODY.gid)
    const circumstances = { checkout, ...UNPRIVILEGED, node: await nodeForAll(folder.path) }

    const made: number[] = []
    for (const _start of ['first', 'second']) {
      await using holder = await hold(dataDir, circumstances)
      expect(await query(holder.connection, 'select current_user as name')).toEqual([{ name: 'app' }])
      const [copy = 'none', ...more] = (await readdir(dataDir)).filter((name) => name.startsWith('postgres-binaries-'))
      expect(more).toEqual([])
      const found = await stat(join(dataDir, copy, 'bin', 'postgres'))
      expect(found.mode & 0o777).toBe(0o755)
      made.push(found.ino)
    }
    expect(made[1]).toBe(made[0])
  })
})

describe.runIf(isRoot())('embedded Postgres as root', () => {
  test.concurrent('embedded Postgres: root starts it as an unprivileged user, and can connect', async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    await using holder = await hold(dataDir)
    expect(await query(holder.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    const data = await stat(join(dataDir, 'postgres-18'))
    expect(data.uid).toBeGreaterThan(0)
    expect(data.mode & 0o777).toBe(0o700)
    expect((await stat(holder.connection.host)).uid).toBe(data.uid)
  })

  test.concurrent('embedded Postgres: root starts the database of another user as that user', async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    await mkdir(dataDir)
    await chown(dataDir, NOBODY.uid, NOBODY.gid)
    const node = await nodeForAll(folder.path)
    const checkout = await makeCheckout(folder.path)
    {
      await using holder = await hold(dataDir, { node, as: NOBODY, checkout })
      await query(holder.connection, 'create table kept as select 1 as one')
    }
    await using holder = await hold(dataDir)
    expect(await query(holder.connection, 'table kept')).toEqual([{ one: 1 }])
    expect((await stat(join(dataDir, 'postgres-18'))).uid).toBe(NOBODY.uid)
  })

  test.concurrent('embedded Postgres: another user cannot start the database of root', async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    {
      await using _holder = await hold(dataDir)
    }
    await chmod(dataDir, 0o777)
    const checkout = await makeCheckout(folder.path)
    const { uid } = await stat(join(dataDir, 'postgres-18'))
    const other = { uid: uid === NOBODY.uid ? 12345 : NOBODY.uid, gid: NOBODY.gid }
    await expect(hold(dataDir, { checkout, as: other, node: await nodeForAll(folder.path) })).rejects.toThrow(
      `The database in ${dataDir}/postgres-18 belongs to the user with id ${uid}, but this process runs as ${other.uid}.`,
    )
  })

  test.concurrent('embedded Postgres: for a private folder, data is stored elsewhere and found again', async () => {
    await using folder = await temporaryFolder(0o700)
    const checkout = await makeCheckout(folder.path)
    const dataDir = join(folder.path, 'data')
    let home: string
    {
      await using holder = await hold(dataDir, { checkout })
      home = await elsewhere(dataDir)
      expect(dirname(home)).toBe('/var/lib/essentials-graph')
      await query(holder.connection, 'create table kept as select 1 as one')
      const joined = await joinEmbeddedPostgres({ dataDir })
      expect(joined?.connection).toEqual(holder.connection)
    }
    try {
      {
        await using holder = await hold(dataDir, { checkout })
        expect(await query(holder.connection, 'table kept')).toEqual([{ one: 1 }])
      }
      expect((await readdir(home)).sort()).toEqual(['postgres-18', 'postgres.lock', 'postgres.lock-holder'])

      await rm(dataDir, { recursive: true })
      await using holder = await hold(dataDir, { checkout })
      expect(await query(holder.connection, `select to_regclass('kept') as kept`)).toEqual([{ kept: null }])
      expect((await readdir(home)).filter((name) => name.includes('.set-aside-'))).toHaveLength(1)
    } finally {
      await removeElsewhere(home)
    }
  })

  test.concurrent('embedded Postgres: data that became unreachable is not replaced by an empty database', async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    {
      await using _holder = await hold(dataDir)
    }
    await chmod(folder.path, 0o700)
    await expect(hold(dataDir)).rejects.toThrow('who must run it but cannot reach it')
  })
})
