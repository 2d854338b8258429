import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isMissing } from '../errors.ts'

/**
 * The file that a running Postgres writes in its data folder:
 * https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export interface PostmasterFile {
  pid: number
  port: number
  socketFolder: string
  ready: boolean
}

/** Reads postmaster.pid; undefined if it does not exist or is incomplete. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  const lines = await readLines(postmasterFilePath(data))
  const [pid, port, socketFolder] = [Number(lines[0]), Number(lines[3]), lines[4]]
  if (!pid || !port || !socketFolder) return undefined
  return { pid, port, socketFolder, ready: lines[7]?.trim() === 'ready' }
}

export function postmasterFilePath(data: string): string {
  return join(data, 'postmaster.pid')
}

/**
 * Identifies a process: the postmaster of this data folder, another Postgres, an unrelated process, or none. A process
 * id alone proves nothing: after a restart of the machine or container it may belong to an unrelated process. A zombie
 * has no command line any more, and counts as gone.
 */
export async function identifyProcess(
  pid: number,
  data: string,
): Promise<'postmaster' | 'other postgres' | 'other' | 'gone'> {
  const command = await readCommand(pid)
  if (command === '') return 'gone'
  if (`${command} `.includes(`/postgres -D ${data} `)) return 'postmaster'
  return /(^|\/)postgres(:| |$)/.test(command) ? 'other postgres' : 'other'
}

async function readCommand(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()
    }
    const { stdout } = await promisify(execFile)('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)])
    return stdout.trim()
  } catch {
    return ''
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n')
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
