/** Operations, their items and the requests of the items. */

import { theOrganization } from './organizations.ts'
import { keyOrder, type PageArgs, pageOf, placeOf, withNodes } from './page.ts'
import { byId, column, columns, type Fields, type Resolver, rowOf } from './reading.ts'
import type { ItemRow, OperationRow, State, StepRow } from './rows.ts'
import { globalId, iso, numberIn, readGlobalId } from './text.ts'

interface StateArgs extends PageArgs {
  readonly organization?: string | null
  readonly states?: readonly string[] | null
}

export const operationRoots: Fields = {
  operation: (_, { id }: { id: string }, reading) =>
    rowOf(reading, 'Operation', numberIn(readGlobalId(id, ['Operation']))),
  operations: (_, args: StateArgs, reading) => {
    const order = keyOrder<OperationRow>('operations', ({ id }) => id, true)
    placeOf(args, order)
    const place = theOrganization(reading, args.organization)
    const found = reading.state.operations.filter(
      (one) => one.organization_id === place?.id && (args.states == null || args.states.includes(one.state)),
    )
    return withNodes(pageOf(found, order, args), (row) => row)
  },
}

const itemsOf = (state: State, { id }: OperationRow, states?: readonly string[] | null): ItemRow[] =>
  state.items.filter((item) => item.operation_id === id && (states == null || states.includes(item.state)))

const operationFields: Fields = {
  id: ({ id }: OperationRow) => globalId('Operation', id),
  kind: column('kind'),
  state: column('state'),
  total: (row: OperationRow, _args, { state }) => itemsOf(state, row).length,
  done: (row: OperationRow, _args, { state }) => itemsOf(state, row, ['SUCCEEDED']).length,
  failed: (row: OperationRow, _args, { state }) => itemsOf(state, row, ['FAILED']).length,
  createdAt: column('created_at'),
  createdBy: column('created_by'),
  finishedAt: column('finished_at'),
  estimatedFinishAt: (row: OperationRow, _args, { state }) => estimateOf(row, state),
  items: (row: OperationRow, args: StateArgs, { state }) => {
    const order = keyOrder<ItemRow>('items', ({ id }) => id)
    return withNodes(pageOf(itemsOf(state, row, args.states), order, args), (item) => item)
  },
}

/** Each minute, nine tenths of the allowance are available. The world's allowances with unfinished work are paused. */
function estimateOf(row: OperationRow, state: State): string | null {
  const allowance = allowanceOf(row, state)
  if (row.finished_at !== null || !allowance?.paused_until) return null
  const older = state.operations.filter(
    (one) => one.finished_at === null && one.id <= row.id && allowanceOf(one, state) === allowance,
  )
  const left = older
    .flatMap((one) => itemsOf(state, one, ['QUEUED', 'RUNNING']))
    .map((item) => {
      const done = state.steps.filter((step) => step.item_id === item.id && step.done_at !== null).length
      return item.state === 'QUEUED' ? item.requests : Math.max(1, item.requests - done)
    })
  const share = allowance.requests_per_window - Math.floor(allowance.requests_per_window / 10)
  const needed = Math.max(0, left.reduce((sum, requests) => sum + requests, 0) - Math.max(0, share - allowance.used))
  const at = new Date(Date.parse(allowance.paused_until) + (60_000 * needed) / share)
  return at.toISOString().replace('Z', '000Z')
}

function allowanceOf({ organization_id }: { organization_id: number }, { allowances, organizations }: State) {
  return allowances.find(({ key }) => key === byId(organizations, organization_id).allowance_key)
}

export const budget: Resolver = (row: { id: number }, _args, { state }) => {
  const allowance = allowanceOf({ organization_id: row.id }, state)
  const { requests_per_window: limit = 0, used = 0, paused_until: pausedUntil = null } = allowance ?? {}
  const reserved = limit === 0 ? 0 : Math.max(0, Math.min(reservedOf(limit), limit - 1))
  const remaining = pausedUntil === null ? limit - used : 0
  return { limit, used, pausedUntil, remaining, windowSeconds: 60, reservedForWrites: reserved }
}

const reservedOf = (limit: number) => Math.max(1, Math.floor(limit / 10))

interface Waiting {
  readonly step: string
  readonly why: 'NOT_SHOWN' | 'MAYBE_DELETED'
  readonly since: string
  readonly lastSeen: string
}

/** The pauses before an item fails: up to a minute in growing steps, then 14 minutes. */
const longestWait = { NOT_SHOWN: 900_500, MAYBE_DELETED: 10_000 }

/** Without the scope read, only what the caller itself has sent is shown: everything of an onboarding. */
function journalOf(item: ItemRow, state: State, scopes: readonly string[]): object[] {
  const rows = state.steps.filter((step) => step.item_id === item.id).sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1))
  const waiting = rows.find(({ step }) => step === 'waiting')?.facts as Waiting | undefined
  const showsAll = scopes.includes('read') || byId(state.operations, item.operation_id).kind === 'ONBOARDING'
  const entryOf = (step: string, { sent_at, done_at }: Partial<StepRow>) => {
    const wait = waiting?.step === step ? waiting : undefined
    return {
      name: showsAll ? step : step.replace(/\b(join|leave) .*/, '$1'),
      state: wait ? 'WAITING' : done_at ? 'DONE' : 'SENT',
      sentAt: sent_at,
      doneAt: done_at,
      waitingSince: wait && iso(`${wait.since.slice(0, 23)}+00`.replace('T', ' ')),
      waitingUntil: wait && new Date(Date.parse(wait.since) + longestWait[wait.why]).toISOString().replace('Z', '000Z'),
      lastSeen: showsAll ? wait?.lastSeen : null,
    }
  }
  const sent = rows.filter(({ step }) => !['waiting', 'taken back'].includes(step) && !step.endsWith('lost create'))
  const isUnsent = waiting !== undefined && !sent.some(({ step }) => step === waiting.step)
  return [...sent.map((row) => entryOf(row.step, row)), ...(isUnsent ? [entryOf(waiting.step, {})] : [])]
}

const itemFields: Fields = {
  primaryEmail: column('primary_email'),
  state: column('state'),
  steps: (row: ItemRow, _args, { state, scopes }) =>
    (journalOf(row, state, scopes) as { name: string; doneAt?: string }[])
      .filter(({ doneAt }) => doneAt)
      .map(({ name }) => name),
  journal: (row: ItemRow, _args, { state, scopes }) => journalOf(row, state, scopes),
  failure: ({ failure }: ItemRow) => failure && { ...failure, __typename: failure.failure },
  user: ({ user_id }: ItemRow, _args, { state }) => user_id && byId(state.users, user_id),
}

const claimed: Resolver = ({ userId }: { userId: number | null }, _args, { state }) =>
  userId === null ? null : byId(state.users, userId)

const failure: Fields = {
  message: column('message'),
  code: ({ __typename }: { __typename: string }) => __typename.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase(),
}

export const operationTypes: Readonly<Record<string, Fields>> = {
  Operation: operationFields,
  OperationItem: itemFields,
  OperationStep: columns('name', 'state', 'sentAt', 'doneAt', 'waitingSince', 'waitingUntil', 'lastSeen'),
  Budget: columns('limit', 'used', 'pausedUntil', 'remaining', 'windowSeconds', 'reservedForWrites'),
  AlreadyExists: { ...failure, user: claimed },
  BudgetExhausted: { ...failure, ...columns('retryAt') },
  Conflict: { ...failure, current: claimed },
  DomainNotRegistered: { ...failure, ...columns('domain') },
  IdempotencyKeyReused: failure,
  InvalidInput: { ...failure, ...columns('issues') },
  NotAsWritten: { ...failure, ...columns('fields'), user: claimed },
  NotFound: failure,
  VendorFailure: { ...failure, ...columns('status', 'outcomeUnknown') },
  InputIssue: columns('path', 'message'),
}
