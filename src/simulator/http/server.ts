import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ActiveFault, Faults } from '../faults.ts'
import { defaultSwitches, type Switches } from '../options.ts'
import type { SimulatedOrganization } from '../organization.ts'
import { reached } from '../v1/hierarchy.ts'
import { takeAllowance } from './allowance.ts'
import { type Answer, htmlAnswer, jsonAnswer, Refusal, refusalAnswer } from './answers.ts'
import type { Call } from './endpoints.ts'
import * as visit from './http.ts'
import { type LoggedRequest, loggedBody, type RequestLog } from './request-log.ts'
import { findCall, nameCall } from './routes.ts'

export interface ServerParts {
  readonly organizations: readonly SimulatedOrganization[]
  readonly faults: Faults
  readonly log: RequestLog
  readonly clock: () => number
  /** Waits for simulated latency, in ms. */
  readonly pause: (ms: number) => Promise<void>
  /** Answers requests that are not part of the vendor's API; `undefined` if the path is not a control path. */
  readonly control: (request: IncomingMessage, destination: visit.Destination) => Promise<Answer> | undefined
}

/**
 * Each request takes the same steps: log, check the key, take the allowance, read the body, draw a fault, act, respond.
 * The steps before the body run in order of arrival. Acting is synchronous, so no two requests interleave.
 */
export function createVendorServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    answerRequest(parts, request, response).catch((error) => {
      if (response.headersSent) response.socket?.destroy()
      else visit.send(response, visit.errorAnswer(error, defaultSwitches.errorBody))
    })
  })
  // Longer than clients keep a connection: closing one while a client uses it would look like a fault.
  server.keepAliveTimeout = 120_000
  return server
}

async function answerRequest(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const arrived = visit.destinationOf(request)
  const controlled = parts.control(request, arrived)
  if (controlled) return visit.send(response, await controlled)
  const { base, ...destination } = visit.belowBase(arrived)
  const method = request.method ?? 'GET'
  const now = parts.clock()
  const credentials = visit.credentialsOf(request, base)
  const entry = parts.log.add({
    at: now,
    arrivedAt: performance.now(),
    apiKey: credentials?.apiKey ?? null,
    method,
    ...destination,
    call: nameCall(base, method, destination.path) ?? null,
  })
  const organization = parts.organizations.find(({ apiKey }) => apiKey === credentials?.apiKey)
  organization?.requests.add(now)
  const admission = admit(organization, credentials, now)
  const body = await visit.readBody(request)
  entry.bodyBytes = Buffer.byteLength(body)
  entry.body = loggedBody(body)
  const reply = (answer: Answer) => {
    entry.status = answer.status
    const { contentEncoding } = organization?.switches ?? defaultSwitches
    const encoded = visit.encoded(answer, contentEncoding)
    visit.send(response, { ...encoded, headers: { ...admission.headers, ...encoded.headers } })
  }
  if (!admission.organization) return reply(admission.refused)
  await act(parts, { ...admission, base, entry, body, response, reply })
}

interface Admitted {
  readonly organization: SimulatedOrganization
  readonly headers: Readonly<Record<string, string>>
}
interface Refused {
  readonly organization?: undefined
  readonly refused: Answer
  readonly headers?: undefined
}

function admit(
  organization: SimulatedOrganization | undefined,
  credentials: visit.Credentials | undefined,
  now: number,
): Admitted | Refused {
  const shape = (organization?.switches ?? defaultSwitches).errorBody
  if (!organization?.accepts(credentials?.apiSecret ?? '')) {
    const challenge = { 'www-authenticate': 'Basic realm="Essentials"' }
    return {
      refused: refusalAnswer(new Refusal(401, 'unauthorized', 'the credentials are not valid', challenge), shape),
    }
  }
  try {
    return { organization, headers: takeAllowance(organization, now) }
  } catch (error) {
    return { refused: visit.errorAnswer(error, shape) }
  }
}

/**
 * The response that redirects a GET to the same path with a mark in its query; undefined if it has already been
 * redirected.
 */
function redirected(
  base: string,
  { method, path, query }: LoggedRequest,
  { redirects: status }: Switches,
): Answer | undefined {
  if (status === 0 || method !== 'GET' || query.endsWith(redirectMark)) return undefined
  const location = `${base}${path}?${query === '' ? '' : `${query}&`}${redirectMark}`
  return { status, body: '', contentType: '', headers: { location } }
}

const redirectMark = 'redirected=1'

interface Scene extends Admitted {
  readonly base: string
  readonly entry: LoggedRequest
  readonly body: string
  readonly response: ServerResponse
  readonly reply: (answer: Answer) => void
}

async function act(parts: ServerParts, scene: Scene): Promise<void> {
  const { organization, base, entry, body, reply } = scene
  const { method, path, query } = entry
  const { latencyMs } = organization.switches
  if (latencyMs !== 0) await parts.pause(drawLatency(latencyMs, organization))
  const perform = (effect: Partial<Call> = {}) => {
    try {
      const parsed = visit.parseJson(body)
      const { perform, parameters } = findCall(base, method, path)
      const target = base === visit.interfacePath ? reached(organization, parameters[0] ?? '') : organization
      const call = {
        organization: target ?? organization,
        now: parts.clock(),
        query: new URLSearchParams(query),
        parameters,
        body: parsed,
      }
      return perform({ ...call, pretend: false, storedInstead: undefined, ...effect })
    } catch (error) {
      const { refusesBy, errorBody } = organization.switches
      if (refusesBy === 'body' && method !== 'GET' && error instanceof Refusal) return visit.refusalInBody(error)
      return visit.errorAnswer(error, errorBody)
    }
  }
  const fullPath = query === '' ? path : `${path}?${query}`
  const fault = parts.faults.strike({ method, path: fullPath, apiKey: organization.apiKey })
  if (!fault) return reply(redirected(base, entry, organization.switches) ?? perform())
  entry.fault = fault.rule.kind
  await strike(parts, scene, fault, perform)
}

async function strike(
  parts: ServerParts,
  { organization, response, reply }: Scene,
  fault: ActiveFault,
  perform: (effect?: Partial<Call>) => Answer,
): Promise<void> {
  const { rule } = fault
  switch (rule.kind) {
    case 'status': {
      if (rule.acts) perform()
      const { errorBody } = organization.switches
      const refusal = new Refusal(rule.status, 'fault', rule.text ?? `status ${rule.status}`, rule.headers)
      return reply(refusalAnswer(refusal, rule.body ?? errorBody))
    }
    case 'hang':
      if (rule.acts) perform()
      return
    case 'hold': {
      const made = rule.at === 'answer' ? perform() : undefined
      if (await fault.wait()) reply(made ?? perform())
      return
    }
    case 'cutBefore':
      response.socket?.destroy()
      return
    case 'cutAfter':
      perform()
      response.socket?.destroy()
      return
    case 'cutMidway':
      return visit.sendHalf(response, perform())
    case 'html':
      return reply(htmlAnswer(rule.status ?? 502, 'The proxy could not reach the server'))
    case 'truncatedJson': {
      const whole = perform()
      return reply({ ...whole, body: visit.firstHalf(whole.body) })
    }
    case 'wrongShape': {
      const { status, ...own } = perform()
      if (own.isRefusalInBody) return reply({ status, ...own })
      return reply(jsonAnswer(status, JSON.stringify(rule.body ?? { unexpected: [true] })))
    }
    case 'storesSomethingElse':
      return reply(perform({ storedInstead: rule.fields }))
    case 'doesNothing':
      return reply(perform({ pretend: true }))
    case 'latency':
      await parts.pause(rule.ms)
      return reply(perform())
    default:
      rule satisfies never
  }
}

function drawLatency(latency: Switches['latencyMs'], { latency: random }: SimulatedOrganization): number {
  if (typeof latency === 'number') return latency
  const [least, most] = latency
  return least + random.next() * (most - least)
}
