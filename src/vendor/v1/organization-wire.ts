/** Reads organizations of the interface API v1. Lenient: numbers may come as text. Pure. */
import type { OrganizationFacts } from '../adapter.ts'
import { kindOf } from '../wire/fields.ts'
import { canBeStored, isObject, type JsonObject, type Parsed, parseJson } from '../wire/rows.ts'

/** Parses the response to `GET /orgs/{domain}`. Pure; never throws. */
export function parseOrganization(text: string): Parsed<OrganizationFacts> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  if (!isObject(json.value)) return { unreadable: { reason: 'wrong shape', found: 'no object' } }
  return { value: factsOf(json.value), warnings: [] }
}

/** Parses the response to `GET /orgs/{domain}/orgs`: `{"orgs": […]}`, or the list alone. */
export function parseOrganizations(text: string): Parsed<readonly OrganizationFacts[]> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const rows = isObject(json.value) ? json.value.orgs : json.value
  if (!Array.isArray(rows)) return { unreadable: { reason: 'wrong shape', found: kindOf(rows) } }
  const value = rows.map((row: unknown) => factsOf(isObject(row) ? row : {}))
  return { value, warnings: [] }
}

const longestName = 200

function factsOf(row: JsonObject): OrganizationFacts {
  const primary = domainOf(row.primary_domain)
  const others = Array.isArray(row.domains) ? row.domains.map((one: unknown) => domainOf(nameOf(one))) : []
  const domains = [primary, ...others].filter((domain) => domain !== undefined)
  return {
    eid: numberOf(row.eid),
    name: nameText(row.name),
    // Without the primary domain it is not known by which of them to ask.
    domains: primary === undefined ? [] : [...new Set(domains)],
    isPartner: typeof row.type === 'string' && row.type.trim() !== '' && row.type.trim() !== 'organization',
    licenseCount: countOf(row.user_licenses),
    licensedUsers: countOf(row.active_users),
    licensePackage: textOf(row.licensing_package, /^[a-zA-Z0-9_ -]{1,64}$/)?.toUpperCase(),
  }
}

/** A domain of the list is its name, or an object with it. */
function nameOf(value: unknown): unknown {
  return isObject(value) ? value.name : value
}

function domainOf(value: unknown): string | undefined {
  return textOf(value, /^(?=.{3,253}$)[^\s/@:?#\\.]+(?:\.[^\s/@:?#\\.]+)+$/)?.toLowerCase()
}

function nameText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  return text !== '' && canBeStored(text) ? text.slice(0, longestName) : undefined
}

function textOf(value: unknown, pattern: RegExp): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && pattern.test(text.trim()) && canBeStored(text) ? text.trim() : undefined
}

/** As text without leading zeros. 0 stands for none: it would be shared by all organizations without a number. */
function numberOf(value: unknown): string | undefined {
  return textOf(value, /^\d{1,18}$/)?.replace(/^0+/, '') || undefined
}

function countOf(value: unknown): number | undefined {
  const text = textOf(value, /^\d{1,9}$/)
  return text === undefined ? undefined : Number(text)
}
