/** CPU times from /proc, in milliseconds. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const msPerTick = 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

interface Stat {
  readonly parent: number
  readonly own: number
  /** Of the children that have ended. */
  readonly ended: number
}

/** Undefined if the process has ended. */
function statOf(pid: number | string): Stat | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may contain spaces. `fields[0]` is the third field of proc(5), the state.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    const ticks = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) * msPerTick
    return { parent: Number(fields[1]), own: ticks(11), ended: ticks(13) }
  } catch {
    return undefined
  }
}

/** User and system time of a process, all its threads included. */
export function cpuOfProcess(pid: number): number {
  return statOf(pid)?.own ?? 0
}

/** The time of Postgres: the postmaster, its children, and the children that have ended. */
export function cpuOfPostgres(postmaster: number): number {
  const stat = statOf(postmaster)
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(name))
    .filter((child) => child?.parent === postmaster)
  return (stat?.own ?? 0) + (stat?.ended ?? 0) + children.reduce((sum, child) => sum + (child?.own ?? 0), 0)
}

/** The time that all processes of the machine used. */
export function cpuOfMachine(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number)
  return (user + nice + system + irq + softirq) * msPerTick
}
