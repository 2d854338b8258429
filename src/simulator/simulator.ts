import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createControl } from './control.ts'
import { createRandom, hashOf } from './data/random.ts'
import { Faults } from './faults.ts'
import { basePath } from './http/http.ts'
import { type LoggedRequest, RequestLog } from './http/request-log.ts'
import { createVendorServer } from './http/server.ts'
import { defaultSwitches, type Switches, withSwitches } from './options.ts'
import { type OrganizationOptions, SimulatedOrganization } from './organization.ts'

export interface SimulatorOptions {
  /** Defaults to 127.0.0.1. */
  readonly host?: string | undefined
  /** Defaults to 0: any free port. */
  readonly port?: number | undefined
  /** Seeds everything random. Defaults to 1. */
  readonly seed?: number | undefined
  readonly organizations: readonly OrganizationOptions[]
  /** ms since 1970. Defaults to Date.now. */
  readonly clock?: (() => number) | undefined
  /** Waits for simulated latency, in ms. Defaults to a timer. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined
  /** For every organization that does not set its own. */
  readonly switches?: Partial<Switches> | undefined
  /** Whether `/_control` is served, to callers on this machine only. */
  readonly control?: boolean | undefined
}

export interface Simulator extends AsyncDisposable {
  /** The base URL of the API v2, without a trailing slash. */
  readonly url: string
  /** The origin, which is the base URL of the interface API v1. */
  readonly origin: string
  readonly organizations: readonly SimulatedOrganization[]
  /** Throws if no organization has the key. */
  organization(apiKey: string): SimulatedOrganization
  /** In order of arrival, without requests to `/_control`. At least the latest 50,000 are kept. */
  readonly requests: readonly LoggedRequest[]
  clearRequests(): void
  readonly faults: Faults
  /** Closes every connection, including hanging ones. */
  close(): Promise<void>
}

/**
 * Starts a simulated vendor: a real HTTP server that implements the Essentials REST API for generated organizations,
 * and can be configured to misbehave. Rejects if the port is taken; throws a ZodError if a switch does not exist.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, seed = 1, clock = Date.now, pause = sleepUnheld } = options
  const switches = withSwitches(defaultSwitches, options.switches ?? {})
  const organizations = options.organizations.map(
    (each, index) => new SimulatedOrganization(each, switches, hashOf(`${seed} organization ${index}`), clock),
  )
  for (const [index, { partner }] of options.organizations.entries()) {
    const child = organizations[index]
    if (partner !== undefined && child) organizationOf(organizations, partner).children.push(child)
  }
  const organization = (apiKey: string) => organizationOf(organizations, apiKey)
  const faults = new Faults(createRandom(`${seed} faults`))
  const log = new RequestLog()
  const control = options.control
    ? createControl({ organizations, organization, faults, log, random: createRandom(`${seed} edits`) })
    : () => undefined
  const server = createVendorServer({
    organizations,
    faults,
    log,
    clock,
    pause,
    control,
  })
  server.listen(port, host)
  await once(server, 'listening')
  const close = async () => {
    if (!server.listening) return
    faults.close()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  const origin = originOf(server.address() as AddressInfo)
  return {
    url: `${origin}${basePath}`,
    origin,
    organizations,
    organization,
    get requests() {
      return log.entries
    },
    clearRequests: () => log.clear(),
    faults,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function organizationOf(organizations: readonly SimulatedOrganization[], apiKey: string): SimulatedOrganization {
  const found = organizations.find((each) => each.apiKey === apiKey)
  if (!found) throw new Error(`no organization has the API key ${apiKey}`)
  return found
}

/** Does not keep a process alive whose simulator is closed. */
function sleepUnheld(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false })
}

function originOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
