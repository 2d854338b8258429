/** What the interface API v1 answers. Reads and lists go through the same lags as those of the API v2. */
import type { Account } from '../data/directory.ts'
import { accountsBefore, extraAccounts } from '../data/extra-rows.ts'
import { type Answer, jsonAnswer, Refusal } from '../http/answers.ts'
import type { Call } from '../http/endpoints.ts'
import { shownOrganization } from './hierarchy.ts'
import { shownBoolean, shownRow, shownUser } from './interface-wire.ts'

export function me({ organization }: Call): Answer {
  const { interfaceSwitches: switches, domains, apiKey } = organization
  return json({
    user_id: 1,
    firstname: 'Api',
    surname: 'User',
    primary_email: apiKey,
    type: 'organization_admin',
    is_admin: shownBoolean(true, switches),
    is_partner_admin: shownBoolean(false, switches),
    entity_id: organization.eid,
    entity_primary_domain: domains[0],
    entity_type: 'organization',
    read_only_user: shownBoolean(switches.readOnlyUser, switches),
  })
}

export function listUsers(call: Call): Answer {
  const { organization, now } = call
  requireOwn(call)
  const { directory, visibility, switches, interfaceSwitches } = organization
  const former = accountsBefore(directory, switches)
  const accounts = (visibility.accounts(now) ?? directory.accounts).map((one) => former.get(one.key) ?? one)
  const twins = extraAccounts(directory, switches).map((one) => (directory.find(one.key) ? ofTwin(one) : one))
  const rows = [...accounts, ...twins].map((one) => shownRow(one, interfaceSwitches))
  return json(interfaceSwitches.usersEnvelope === 'array' ? rows : { users: rows })
}

/** Of two accounts whose addresses differ in letter case, each has its own number. */
function ofTwin(account: Account): Account {
  return { ...account, serial: account.serial + 1_000_000 }
}

export function readUser(call: Call): Answer {
  const { organization, now, parameters } = call
  requireOwn(call)
  const { switches, visibility, interfaceSwitches } = organization
  const account = visibility.find(parameters[1] ?? '', now)
  if (account) return json(shownUser(account, interfaceSwitches))
  if (switches.goneAnswer === 'body') return json({ success: false, error: 'the user does not exist' })
  throw new Refusal(switches.goneAnswer, 'gone', 'the user does not exist')
}

export function readOrganization(call: Call): Answer {
  const { organization } = call
  requireOwn(call)
  return json(shownOrganization(organization))
}

export function readDomains(call: Call): Answer {
  requireOwn(call)
  const { domains, interfaceSwitches: switches } = call.organization
  const shown = domains.map((name) => ({ name, is_active: shownBoolean(true, switches), is_relay: true }))
  if (switches.domainsEnvelope === 'single') return json(shown[0])
  return json(switches.domainsEnvelope === 'array' ? shown : { domains: shown })
}

export function readLicensing(call: Call): Answer {
  requireOwn(call)
  const { directory, interfaceSwitches: switches } = call.organization
  return json({
    license_count: licenseCount(directory.size),
    package: 'business',
    is_on_trial: shownBoolean(false, switches),
  })
}

export function readEndpoints(call: Call): Answer {
  requireOwn(call)
  const { stacks } = call.organization.interfaceSwitches
  return json({
    endpoints: ['https://us1.proofpointessentials.com', 'https://eu1.proofpointessentials.com'].slice(0, stacks),
  })
}

function licenseCount(users: number): number {
  return Math.ceil(users / 10) * 10
}

/** Any domain of the organization names it. */
export function requireOwn({ organization, parameters: [domain = ''] }: Call): void {
  const isOwn = organization.domains.some((own) => own.toLowerCase() === domain.toLowerCase())
  if (!isOwn) throw new Refusal(403, 'forbidden', 'the organization is not yours')
}

function json(value: unknown): Answer {
  return jsonAnswer(200, JSON.stringify(value))
}
