import type { Switches } from '../../src/simulator/options.ts'
import type { OrganizationOptions, SimulatedOrganization } from '../../src/simulator/organization.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed text; `undefined` if it is not JSON. */
  readonly json: unknown
}

export interface Vendor extends AsyncDisposable {
  readonly simulator: Simulator
  readonly organization: SimulatedOrganization
  call(method: string, path: string, body?: unknown, authorization?: string | null): Promise<Reply>
  rows(path: string): Promise<Record<string, unknown>[]>
}

export const noon = Date.UTC(2026, 5, 1, 12)

/** A simulator with one organization; by default it has two users and two groups. */
export async function startVendor(
  options: Partial<OrganizationOptions> = {},
  rest: Omit<SimulatorOptions, 'organizations'> = {},
): Promise<Vendor> {
  const simulator = await startSimulator({
    clock: () => noon,
    ...rest,
    organizations: [{ apiKey: 'key', apiSecret: 'secret', domains: ['example.com'], data: two, ...options }],
  })
  const call: Vendor['call'] = async (method, path, body, authorization = basic('key', 'secret')) => {
    const headers = { ...(authorization !== null && { authorization }), 'content-type': 'application/json' }
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    return replyOf(await fetch(`${simulator.url}${path}`, { method, headers, body: text }))
  }
  return {
    simulator,
    organization: simulator.organization('key'),
    call,
    rows: async (path) =>
      Object.values((await call('GET', path)).json as Record<string, Record<string, unknown>[]>)[0] ?? [],
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}

export function startWith(switches: Partial<Switches>): Promise<Vendor> {
  return startVendor({ switches })
}

export async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

export function basic(apiKey: string, apiSecret: string): string {
  return `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`
}

const two = {
  groups: [{ name: 'Engineering' }, { name: 'Finance' }],
  users: [
    {
      primaryEmail: 'Anna.Muller@example.com',
      firstName: 'Anna',
      lastName: 'Müller',
      roles: ['USER', 'ADMINISTRATOR'],
      aliases: ['anna@example.com'],
      groups: ['grp_001'],
      mailboxSize: 2048,
      spamPolicy: { level: 'strict' },
      undocumented: { department: 'R&D' },
      createdAt: '2025-01-01T00:00:00.000Z',
      updatedAt: '2025-02-01T00:00:00.000Z',
    },
    { primaryEmail: 'bob@example.com', createdAt: '2024-01-01T00:00:00.000Z' },
  ],
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
