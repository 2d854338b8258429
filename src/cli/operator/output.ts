/** The arguments and the output that the commands of operators share. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Command, usageOf } from '../usage.ts'

/** The arguments are invalid, or what they name does not exist. */
export class OperatorUsageError extends Error {
  override readonly name = 'OperatorUsageError'

  constructor(command: Command, problem: string) {
    super(`${problem}\n\n${usageOf(command)}`)
  }
}

/** The command cannot be carried out. The message says why, and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

/** The result of a command: an object for machines, and text for people. */
export interface Output {
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
}

export function parsedFor<const Options extends NonNullable<ParseArgsConfig['options']>>(
  command: Command,
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals })
  } catch (error) {
    throw new OperatorUsageError(command, error instanceof Error ? error.message : String(error))
  }
}

/** What commands say if no worker has a session in the database. */
export const startWorker = 'Start one with `npm start` or `npm start -- worker`.'
export const noWorker = `No worker seems to run: no pull and no operation makes progress. ${startWorker}`

/** Aligned columns, one line for each row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** A time for people, in UTC, to the minute: 2026-01-31 09:05Z. */
export function minuteOf(moment: string | null, missing = '–'): string {
  return moment === null ? missing : `${moment.slice(0, 16).replace('T', ' ')}Z`
}

/** The number with the noun, which is plural unless it is 1. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
