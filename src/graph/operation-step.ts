/** The journal of an operation's item: each request that changes something, and whether the vendor shows its effect. */
import { isBookkeeping } from '../writes/operations/item-journal.ts'
import { longestWaitMs, parseWaiting, type Waiting, waitingStep } from '../writes/operations/waiting-step.ts'
import { builder } from './builder.ts'
import type { Viewer } from './context.ts'

type StepState = 'SENT' | 'WAITING' | 'DONE'

const StepState = builder.enumType('OperationStepState', {
  description: 'How far a step of an operation is.',
  values: {
    SENT: { description: 'It is being sent, or its answer was lost: a reading settles whether it was carried out.' },
    WAITING: {
      description:
        'The vendor accepted it and does not show it yet, or refuses an address that is still taken after a deletion. It is read, or sent, again after a pause; the item stays RUNNING meanwhile.',
    },
    DONE: { description: 'The vendor confirmed it, or a reading showed that it was carried out.' },
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
  description: 'One request of an operation that changes something.',
  fields: (t) => ({
    name: t.string({
      description:
        'What it does, as in `OperationItem.steps`. Without the right to read, groups are left out where the caller did not name them.',
      resolve: ({ name }) => name,
    }),
    state: t.field({ type: StepState, description: 'How far it is.', resolve: ({ state }) => state }),
    sentAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was sent last; null while it waits to be sent again after a refusal.',
      resolve: ({ sentAt }) => sentAt,
    }),
    doneAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the vendor confirmed it, or a reading showed it; null until then.',
      resolve: ({ doneAt }) => doneAt,
    }),
    waitingSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the first reading did not show it; null unless it is WAITING.',
      resolve: ({ waiting }) => waiting && new Date(waiting.since).toISOString(),
    }),
    waitingUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'About when the item fails if the vendor goes on not showing it; null unless it is WAITING.',
      resolve: ({ waiting }) => waiting && new Date(Date.parse(waiting.since) + longestWaitMs(waiting)).toISOString(),
    }),
    lastSeen: t.string({
      nullable: true,
      description:
        'What the latest reading showed instead; null unless it is WAITING, and without the right to read except in onboardings.',
      resolve: ({ waiting, showsReadings }) => (showsReadings ? waiting?.lastSeen : null),
    }),
  }),
})

export const stepsSelected = {
  with: {
    operation: { columns: { kind: true } },
    steps: { columns: { step: true, sentAt: true, doneAt: true, facts: true }, orderBy: { sentAt: 'asc' } },
  },
} as const

interface JournalRow {
  readonly step: string
  readonly sentAt: string
  readonly doneAt: string | null
  readonly facts: unknown
}

/** `isOfGivenOnly`: whether the item is about nothing but what the caller sent. */
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
