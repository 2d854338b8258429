/** The journal of an operation's item: each request that changes something, and whether the vendor shows its effect. */
import { sql } from 'drizzle-orm'
import type { operationItems } from '../../db/schema/tables.ts'
import { isBookkeeping } from '../../operations/runner/item-journal.ts'
import { longestWaitMs, parseWaiting, type Waiting, waitingStep } from '../../operations/runner/waiting-step.ts'
import { builder } from '../builder.ts'
import type { Viewer } from '../context.ts'

type StepState = 'SENT' | 'WAITING' | 'DONE'

const StepState = builder.enumType('OperationStepState', {
  description: 'The state of a step of an operation.',
  values: {
    SENT: {
      description:
        'The request is being sent, or its response was lost. A read from the vendor determines whether it was ' +
        'carried out.',
    },
    WAITING: {
      description:
        'The vendor accepted the request but does not show its effect yet, or rejects an address that is still ' +
        'taken after a deletion. The request is verified or sent again after a pause. The item remains RUNNING ' +
        'meanwhile.',
    },
    DONE: { description: 'The vendor confirmed the request, or a read showed that it was carried out.' },
  } satisfies Record<StepState, object>,
})

interface Step {
  readonly name: string
  readonly state: StepState
  readonly sentAt: string | null
  readonly doneAt: string | null
  readonly waiting: Waiting | undefined
  readonly showsReadings: boolean
}

export const OperationStep = builder.objectRef<Step>('OperationStep').implement({
  description: 'A request of an operation that changes something at the vendor.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description:
        'What the step does, as in `OperationItem.steps`. Without the `read` scope, groups that the caller did ' +
        'not specify are left out.',
    }),
    state: t.expose('state', { type: StepState, description: 'The state of the step.' }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the request was last sent. Null while it waits to be sent again after a rejection.',
    }),
    doneAt: t.expose('doneAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the vendor confirmed the request, or a read showed its effect. Null until then.',
    }),
    waitingSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a read first did not show the effect. Null unless the state is WAITING.',
      resolve: ({ waiting }) => waiting && new Date(waiting.since).toISOString(),
    }),
    waitingUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The approximate time at which the item fails if the vendor still does not show the effect. Null unless ' +
        'the state is WAITING.',
      resolve: ({ waiting }) => waiting && new Date(Date.parse(waiting.since) + longestWaitMs(waiting)).toISOString(),
    }),
    lastSeen: t.string({
      nullable: true,
      description:
        'What the latest read showed instead. Null unless the state is WAITING. Without the `read` scope, null ' +
        'except in onboardings.',
      resolve: ({ waiting, showsReadings }) => (showsReadings ? waiting?.lastSeen : null),
    }),
  }),
})

/** The journal of an item, in the order of its steps. */
export const journalRows = (item: typeof operationItems) => sql`(
  select coalesce(json_agg(json_build_object(
    'step', s.step, 'sentAt', s.sent_at::text, 'doneAt', s.done_at::text, 'facts', s.facts) order by s.sent_at), '[]')
  from operation_steps s where s.item_id = ${item.id})`

export interface JournalRow {
  readonly step: string
  readonly sentAt: string
  readonly doneAt: string | null
  readonly facts: unknown
}

/** `isOfGivenOnly`: whether the item only concerns data that the caller sent. */
export function journalOf(rows: readonly JournalRow[], { scopes }: Viewer, isOfGivenOnly: boolean): Step[] {
  const showsReadings = isOfGivenOnly || scopes.has('read')
  const shown = (step: string) => (showsReadings ? step : step.replace(/\b(join|leave) .*$/, '$1'))
  const waiting = rows.map(({ step, facts }) => (step === waitingStep ? parseWaiting(facts) : undefined)).find(Boolean)
  const requests = rows.filter(({ step }) => !isBookkeeping(step))
  const steps = requests.map(({ step, sentAt, doneAt }): Step => {
    const isWaiting = waiting?.step === step
    const state = isWaiting ? 'WAITING' : doneAt ? 'DONE' : 'SENT'
    return { name: shown(step), state, sentAt, doneAt, waiting: isWaiting ? waiting : undefined, showsReadings }
  })
  if (!waiting || requests.some(({ step }) => step === waiting.step)) return steps
  const unsent: Step = {
    name: shown(waiting.step),
    state: 'WAITING',
    sentAt: null,
    doneAt: null,
    waiting,
    showsReadings,
  }
  return [...steps, unsent]
}
