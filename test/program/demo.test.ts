/** `npm run demo` and the embedded database, as on a machine without any setup, not even LANG. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../embedded/temporary-folder.ts'
import { ask, runProgram, startProgram, token } from '../support/program.ts'

test('demo: two demos of both APIs run side by side, a third on the same folder names its owner, migrate can join, both end, and a restart keeps the mirror', async () => {
  await using folder = await temporaryFolder()
  const [one, two] = ['one', 'two'].map((name) => ({
    PORT: '0',
    ADMIN_TOKEN: token,
    DATA_DIR: join(folder.path, name),
  }))
  await using first = startProgram(['demo'], one)
  await using second = startProgram(['demo', '--api', 'v1'], two)
  for (const demo of [first, second]) {
    const origin = await demo.origin()
    await demo.says(
      demo === first ? /Pull complete .* 2500 of 2500 users/ : /Pull complete +█+ 2500 users in 1 request\n/,
    )
    await demo.says(new RegExp(`The token, for the API:\\s+${token}`))
    const filter = demo === first ? 'hasGroups: true' : 'accountKind: END_USER'
    const { data, errors } = await ask(
      origin,
      `{ users(first: 3, filter: { ${filter} }) { totalCount nodes { displayName roles { name } aliases { address } groups { nodes { name } } } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.users.totalCount).toBeGreaterThan(2_000)
    for (const user of data.users.nodes) {
      expect(user.roles.length).toBeGreaterThan(0)
      if (demo === first) expect(user.groups.nodes.length).toBeGreaterThan(0)
      else expect(user.groups).toBeNull()
    }
    await demo.says(/at the vendor: /)
  }
  await everyNamedMetricExists((await first.says(/^metrics on (\S+)$/m))[1] ?? '')
  const written = await ask(
    await second.origin(),
    `mutation { addUserToGroup(input: { primaryEmail: "a@example.com", groupId: "grp_001" }) { __typename } }`,
  )
  expect(written.data.addUserToGroup).toEqual({ __typename: 'InvalidInput' })
  expect(await runProgram(['demo', '--api', 'v3'], one)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^--api must be v1 or v2\./),
  })
  expect(await runProgram(['demo'], one)).toEqual({
    code: 1,
    signal: null,
    out: expect.any(String),
    err: `The embedded Postgres in ${one?.DATA_DIR} is already run by another process (pid ${first.pid}). Stop that process first, use another DATA_DIR, or set DATABASE_URL to one database for both.\n`,
  })
  expect(await runProgram(['migrate'], { ...one, LOG_LEVEL: 'error' })).toMatchObject({ code: 0, err: '' })
  expect(await Promise.all([first.stop('SIGINT'), second.stop('SIGTERM')])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ])
  expect(first.err()).toBe('')
  await using again = startProgram(['demo'], one)
  await again.says(/^The mirror of an earlier demo is kept\. The next pull updates it\.$/m)
  expect(again.out()).not.toContain('Pull complete')
  await again.says(/The token, for the API:/)
})

/** The documents for operators name metrics, which a running program exports. */
async function everyNamedMetricExists(url: string): Promise<void> {
  const text = await (await fetch(url)).text()
  const exported = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)
  for (const file of ['alerts.yml', 'dashboard.json', 'README.md']) {
    const document = await readFile(new URL(`../../docs/ops/${file}`, import.meta.url), 'utf8')
    const named = [...document.matchAll(/\b(?:essentials_graph|nodejs|process)_\w+/g)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !exported.includes(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([])
  }
  expect(await (await fetch(new URL('/health/ready', url))).json()).toEqual({ status: 'ready' })
  expect((await fetch(new URL('/health/live', url))).status).toBe(200)
}
