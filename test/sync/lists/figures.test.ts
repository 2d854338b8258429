/** The figures of a pull: each user counts once, and the figures are final once the pull has ended. */
import { expect, test } from 'vitest'
import { everySection } from '../../../src/simulator/options.ts'
import { mirrored } from '../../support/mirrored.ts'

const question =
  '{ organization { mirror { pulls { nodes { id state error requests usersSeen usersExpected progress created updated deleted unchanged } } } } }'

test('figures: users of a list that is read twice count once, and the figures of an ended pull are final', async () => {
  await using mirror = await mirrored({
    data: { users: 60, groups: 4 },
    switches: { listCarries: everySection, maximumPageSize: 25, total: 20 },
  })
  const pulls = async () => {
    type Answer = { organization: { mirror: { pulls: { nodes: Record<string, unknown>[] } } } }
    return (await mirror.data<Answer>(question)).organization.mirror.pulls.nodes
  }
  await mirror.pull()
  const short = { state: 'FAILED', usersSeen: 60, usersExpected: 80, deleted: 0 }
  const first = await pulls()
  expect(first).toMatchObject([{ ...short, created: 60, updated: 0, unchanged: 0 }])
  const [changed, changing] = mirror.vendor.users().map(({ primaryEmail }) => primaryEmail)
  mirror.vendor.updateUser(changed ?? '', { mailboxSize: 13 })
  // The value differs on each page, so the same user changes twice.
  let size = 20
  mirror.vendor.betweenPages(() => {
    size += 1
    mirror.vendor.updateUser(changing ?? '', { mailboxSize: size })
  })
  await mirror.pull()
  mirror.vendor.betweenPages(undefined)
  const second = await pulls()
  expect(second).toMatchObject([{ ...short, created: 0, updated: 2, unchanged: 58 }, ...first])
  await mirror.pull()
  await mirror.pull()
  expect(await pulls()).toMatchObject([
    { state: 'COMPLETE', usersSeen: 60, unchanged: 60 },
    { state: 'COMPLETE', usersSeen: 60 },
    ...second,
  ])
})

test('figures: a pull that failed keeps its figures after its pages are pruned', async () => {
  await using mirror = await mirrored({
    data: { users: 60, groups: 4 },
    switches: { listCarries: everySection, maximumPageSize: 25 },
  })
  const fault = mirror.simulator.faults.add({ kind: 'status', status: 403, path: /^\/users\?.*page=3\b/ })
  await mirror.pull()
  fault.remove()
  const broken = {
    state: 'FAILED',
    usersSeen: 50,
    usersExpected: 60,
    created: 50,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    progress: 50 / 60,
  }
  expect(await mirror.data(question)).toMatchObject({ organization: { mirror: { pulls: { nodes: [broken] } } } })
  await mirror.pull()
  await mirror.pull()
  expect(await mirror.data(question)).toMatchObject({
    organization: { mirror: { pulls: { nodes: [{ unchanged: 60 }, { created: 10, unchanged: 50 }, broken] } } },
  })
})
