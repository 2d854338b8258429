#!/usr/bin/env node
/** One program: `usage.ts` lists its commands. Help and the version need no other module. */
import { readFileSync } from 'node:fs'
import './cli/quick-start.js'
import type { Hangup } from './cli/commands.ts'
import { type Command, commands, usageOf, withArguments } from './cli/usage.ts'

const [name = 'serve', ...rest] = process.argv.slice(2)
const isCommand = (word: string): word is Command => Object.hasOwn(commands, word)
const hasArguments = isCommand(name) && withArguments.includes(name)
const isHelp = (word: string | undefined) => word !== undefined && ['help', '--help', '-h'].includes(word)

if (isHelp(name)) {
  const [about = ''] = rest
  process.stdout.write(usageOf(isCommand(about) ? about : undefined))
} else if (isCommand(name) && rest.some(isHelp)) {
  process.stdout.write(usageOf(name))
} else if ([name, ...rest].includes('--version')) {
  process.stdout.write(`${versionOf()}\n`)
} else if (!isCommand(name) || (rest.length > 0 && !hasArguments)) {
  process.stderr.write(`Unknown command "${[name, ...rest].join(' ')}".\n\n${usageOf()}`)
  process.exitCode = 1
} else {
  await run(name)
}

async function run(command: Command): Promise<void> {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())
  // A process with files of organizations reads them again instead.
  const hangup: Hangup = { handle: () => stopping.abort() }
  process.on('SIGHUP', () => hangup.handle())
  const { runCommand, explain } = await import('./cli/commands.ts')
  try {
    await runCommand(command, rest, stopping.signal, hangup)
    // Some commands have set an exit code.
    process.exit()
  } catch (error) {
    process.stderr.write(`${await explain(error)}\n`)
    process.exit(1)
  }
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
