import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  readonly users: number
  readonly rounds: number
  readonly seconds: number
  readonly connections: readonly number[]
  /** Beginnings of the names of the queries to measure. */
  readonly queries: readonly string[]
  /** Checkouts of this project. */
  readonly ours: readonly string[]
  /** Whether the peers are left out. */
  readonly alone: boolean
  readonly json: string | undefined
}

export const usage = `node main.ts [options]

  --users N          Users to seed. Defaults to 100000.
  --rounds N         Interleaved rounds. Defaults to 5.
  --seconds N        Seconds of each measurement, after a warm-up of a sixth. Defaults to 3.
  --connections LIST Defaults to 1,16,64.
  --queries LIST     Beginnings of the names of the queries to measure. Defaults to all.
  --ours DIR         A checkout of this project. Defaults to this one. To compare two, give it twice, the older last.
  --alone            Leave out PostGraphile and mercurius.
  --json FILE        Write all measurements to a file.
`

export function readOptions(args: string[], thisCheckout: string): Options {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '1,16,64' },
      queries: { type: 'string', default: '' },
      ours: { type: 'string', multiple: true, default: [thisCheckout] },
      alone: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  const number = (name: 'users' | 'rounds' | 'seconds', least: number, most: number) =>
    checked(`--${name}`, values[name], least, most)
  return {
    users: number('users', 1_000, 1_000_000),
    rounds: number('rounds', 1, 100),
    seconds: number('seconds', 0.1, 60),
    connections: values.connections.split(',').map((each) => checked('--connections', each, 1, 512)),
    queries: values.queries.split(',').filter((each) => each !== ''),
    ours: values.ours.map(pathOf),
    alone: values.alone,
    json: values.json === undefined ? undefined : pathOf(values.json),
  }
}

/** Paths are relative to the folder in which npm was called. */
function pathOf(path: string): string {
  return resolve(process.env.INIT_CWD ?? '', path)
}

function checked(name: string, value: string, least: number, most: number): number {
  const number = Number(value)
  if (number >= least && number <= most) return number
  throw new Error(`${name} is "${value}", but must be a number between ${least} and ${most}.`)
}
