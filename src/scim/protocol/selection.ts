/** The parameters `attributes` and `excludedAttributes`: which attributes of a resource are served. */
import { attributeName } from './schemas.ts'
import { ScimError } from './scim-error.ts'

export interface Selection {
  /** In lower case. Undefined: all. */
  readonly only?: ReadonlySet<string>
  readonly without: ReadonlySet<string>
}

const mostNames = 200
const always = ['id', 'schemas']

export function selectionOf(attributes: string | null, excluded: string | null): Selection {
  const only = namesOf(attributes)
  return { ...(only.size > 0 && { only }), without: namesOf(excluded) }
}

function namesOf(list: string | null): Set<string> {
  const names = (list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [attributeName(name.trim())]))
  if (names.length <= mostNames) return new Set(names)
  throw new ScimError(400, `At most ${mostNames} attributes can be named`, { type: 'invalidValue' })
}

/** Whether the attribute, or a part of it, is served. */
export function isSelected({ only, without }: Selection, attribute: string): boolean {
  const name = attribute.toLowerCase()
  if (always.includes(name)) return true
  if (without.has(name)) return false
  return only === undefined || only.has(name) || [...only].some((one) => one.startsWith(`${name}.`))
}

/** Returns the selected attributes of a resource. */
export function selected(resource: Readonly<Record<string, unknown>>, selection: Selection): Record<string, unknown> {
  if (!selection.only && selection.without.size === 0) return { ...resource }
  const kept = Object.entries(resource).filter(([name]) => isSelected(selection, name))
  return Object.fromEntries(kept.map(([name, value]) => [name, partsOf(name, value, selection)]))
}

function partsOf(attribute: string, value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((entry) => partsOf(attribute, entry, selection))
  if (typeof value !== 'object' || value === null) return value
  const name = attribute.toLowerCase()
  const { only, without } = selection
  return Object.fromEntries(
    Object.entries(value).filter(([part]) => {
      const path = `${name}.${part.toLowerCase()}`
      return !without.has(path) && (only === undefined || only.has(name) || only.has(path) || always.includes(name))
    }),
  )
}
