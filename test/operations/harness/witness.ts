/**
 * One email change at a time, with a witness at the vendor: each deletion through the API is checked at the moment at
 * which it is carried out. Operations run in this process, without a queue, so that many cases take little time; delays
 * between attempts are shortened.
 */
import { runOperation } from '../../../src/operations/runner/run-operation.ts'
import type { Json } from '../../writes/harness/api-harness.ts'
import { itemsOf, type WorkerHarness, workerHarness } from './worker-harness.ts'

export interface Person {
  readonly from: string
  readonly to: string
  readonly keepOldAddressAsAlias: boolean
}

export interface Witness extends AsyncDisposable {
  readonly acme: WorkerHarness
  /** Violations by the deletions of this product. */
  readonly wrongs: string[]
  /** A new person with an account, and an email change of it that no worker has picked up yet. */
  begin(keepOldAddressAsAlias: boolean): Promise<{ person: Person; id: unknown }>
  /** Works on all operations until each has ended, in as many rounds as that takes. */
  run(): Promise<void>
  /** Treats the current worker of the item as killed: the journal rejects its later entries. */
  kill(): Promise<void>
  /** Performs an action of another client. */
  others(act: (vendor: WorkerHarness['vendor']) => void): void
  /** Deletes the accounts of these addresses that others created, and removes the vendor's faults. */
  removeCauses(person: Person): void
  /** The item's state and failure, and whether its snapshot is kept. */
  itemOf(id: unknown, person: Person): Promise<Json & { kept: boolean }>
  call(mutation: 'retryOperation' | 'cancelOperation', id: unknown): Promise<void>
}

const password = 'Planted!'

export async function witness(): Promise<Witness> {
  await using opening = new AsyncDisposableStack()
  const acme = opening.use(await workerHarness({ idle: true }))
  const { sql } = acme.database
  const { directory } = acme.vendor
  const wrongs: string[] = []
  const foreign = new Set<object>()
  let people = 0
  let person: Person | undefined
  let byOthers = false

  const remove = directory.remove.bind(directory)
  directory.remove = (account) => {
    remove(account)
    if (byOthers || !person) return
    const { primaryEmail } = account.profile
    if (foreign.has(account)) wrongs.push(`deleted ${primaryEmail}, which another client had created`)
    if (!directory.find(person.from) && !directory.find(person.to))
      wrongs.push(`deleted ${primaryEmail}, the only account`)
  }
  const add = directory.add.bind(directory)
  directory.add = (...args) => {
    const account = add(...args)
    if (byOthers) foreign.add(account)
    return account
  }
  const others = (act: (vendor: WorkerHarness['vendor']) => void) => {
    byOthers = true
    try {
      act(acme.vendor)
    } finally {
      byOthers = false
    }
  }
  const owned = opening.move()
  return {
    acme,
    wrongs,
    async begin(keepOldAddressAsAlias) {
      people += 1
      const one = { from: `old.${people}@example.com`, to: `new.${people}@example.com`, keepOldAddressAsAlias }
      acme.vendor.createUser({
        primaryEmail: one.from,
        firstName: 'Ada',
        lastName: 'Old',
        roles: ['USER', 'HELPDESK'],
        aliases: [aliasOf(one)],
        groups: ['grp_001'],
        mailboxSize: 512,
        undocumented: { department: 'R&D' },
      })
      const started = await acme.start('startEmailChange', { ...one, temporaryPassword: password })
      person = one
      wrongs.length = 0
      acme.simulator.clearRequests()
      return { person: one, id: (started.operation as Json).id }
    },
    async run() {
      const { signal } = new AbortController()
      for (;;) {
        // Pauses end immediately, and the vendor's clock has advanced by that time, so that writes show.
        await sql`
          with pause as (
            select max(held_until) - clock_timestamp() as passed from operation_items
            where state = 'RUNNING' and holder is null and held_until > clock_timestamp()
          )
          update recent_writes set written_at = written_at - passed from pause where passed is not null`
        await sql`update operation_items set held_until = '-infinity' where state = 'RUNNING' and holder is null`
        const open = await sql<{ id: number }[]>`select id from operations where finished_at is null`
        if (open.length === 0) return
        for (const { id } of open) await runOperation(acme.writing, id, signal)
      }
    },
    async kill() {
      await sql`update operation_items set holder = null, held_until = '-infinity' where holder is not null`
      await sql`delete from user_locks`
    },
    others,
    removeCauses(one) {
      acme.simulator.faults.clear()
      others((vendor) => {
        for (const address of [one.from, one.to, `taker.${one.from}`]) {
          const account = directory.find(address)
          if (account && foreign.has(account)) vendor.deleteUser(address)
        }
      })
    },
    async itemOf(id, { from }) {
      const [row] = await sql<{ kept: boolean }[]>`
        select snapshot is not null as kept from operation_items where primary_email = ${from}`
      return { ...(itemsOf(await acme.operation(id)).get(from) as Json), kept: row?.kept ?? false }
    },
    async call(mutation, id) {
      const query = `mutation ($id: ID!) { ${mutation}(id: $id) { id } }`
      const { errors } = await acme.post({ query, variables: { id } })
      if (errors) throw new Error(JSON.stringify(errors))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export function aliasOf({ from }: Pick<Person, 'from'>): string {
  return `alias.${from}`
}

/** The account that the change must result in. */
export function successorOf({ from, to, keepOldAddressAsAlias }: Person) {
  return {
    primaryEmail: to,
    firstName: 'Ada',
    lastName: 'Old',
    roles: ['USER', 'HELPDESK'],
    aliases: [`alias.${from}`, ...(keepOldAddressAsAlias ? [from] : [])],
    groups: ['grp_001'],
    mailboxSize: 512,
    undocumented: { department: 'R&D' },
  }
}
