/** Organizations below a partner, which the partner's credentials open too. */
import { type Answer, jsonAnswer, Refusal } from '../http/answers.ts'
import type { Call } from '../http/endpoints.ts'
import type { SimulatedOrganization } from '../organization.ts'
import { shownBoolean } from './interface-wire.ts'

/** The organization with the domain: the given one, or one below it. */
export function reached(organization: SimulatedOrganization, domain: string): SimulatedOrganization | undefined {
  if (organization.domains.some((own) => own.toLowerCase() === domain.toLowerCase())) return organization
  for (const child of childrenOf(organization)) {
    const found = reached(child, domain)
    if (found) return found
  }
  return undefined
}

/** `GET /orgs/{domain}/orgs`: the organization and its children, with or without their children. */
export function listOrganizations({ organization, parameters: [domain = ''] }: Call): Answer {
  if (reached(organization, domain) !== organization)
    throw new Refusal(403, 'forbidden', 'the organization is not yours')
  const { interfaceSwitches: switches } = organization
  const below = (one: SimulatedOrganization): SimulatedOrganization[] =>
    childrenOf(one).flatMap((child) => [child, ...(switches.orgsDepth === 'all' ? below(child) : [])])
  const rows = [organization, ...below(organization)].map(shownOrganization)
  return jsonAnswer(200, JSON.stringify(switches.orgsEnvelope === 'array' ? rows : { orgs: rows }))
}

export function shownOrganization(organization: SimulatedOrganization): Record<string, unknown> {
  const { domains, directory, eid, interfaceSwitches: switches, standing } = organization
  return {
    primary_domain: domains[0],
    name: standing.name,
    is_active: shownBoolean(true, switches),
    type: standing.kind,
    eid,
    licensing_package: 'business',
    user_licenses: Math.ceil(directory.size / 10) * 10,
    active_users: directory.size,
    domains,
  }
}

function childrenOf({ children }: SimulatedOrganization): SimulatedOrganization[] {
  return children.filter((child) => !child.standing.closed)
}
