/** Finds variables and fields whose names are probably misspelt. */
import { closest, distance } from 'fastest-levenshtein'

const prefix = 'ESSENTIALS_'

/**
 * One warning for each unknown variable that begins with ESSENTIALS_ or is a near miss of a known one. There is none if
 * the variable that it resembles is set too. Quotes no value. `set`: the variables that are not blank.
 */
export function misspeltVariables(set: Readonly<Record<string, string>>, known: readonly string[]): string[] {
  const names = Object.keys(set)
  // For a service named essentials-graph, Kubernetes sets ESSENTIALS_GRAPH_SERVICE_HOST, ESSENTIALS_GRAPH_PORT and more.
  const services = names.flatMap((name) => /^(.+)_SERVICE_HOST$/.exec(name)?.[1] ?? [])
  const isOfService = (name: string) =>
    services.some((service) => [`${service}_SERVICE_`, `${service}_PORT`].some((start) => name.startsWith(start)))
  const ofVendor = known.filter((name) => name.startsWith(prefix))
  return names
    .filter((name) => !known.includes(name) && !isOfService(name))
    .flatMap((name) => {
      const near = nearMiss(name, known)
      const meant = near ?? (name.startsWith(prefix) ? closestOf(name, ofVendor) : undefined)
      const isSet = near !== undefined && Object.hasOwn(set, near)
      return meant === undefined || isSet ? [] : [`${name} is not known; did you mean ${meant}?`]
    })
}

/** A variable that contains the end of the name is likelier than one that only has a similar length. */
function closestOf(name: string, known: readonly string[]): string {
  const containing = known.filter((one) => one.includes(name.slice(prefix.length)))
  return closest(name, containing.length > 0 ? containing : known)
}

/** The name that differs only in case and underscores, or else the nearest one of those at most two edits away. */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  const bare = (name: string) => name.toLowerCase().replaceAll('_', '')
  // Two edits turn a short name into another common one, such as PORT into PGPORT.
  const isNear = (one: string) => distance(bare(name), bare(one)) <= (one.length < 6 ? 0 : 2)
  const near = known.filter(isNear)
  return known.find((one) => bare(one) === bare(name)) ?? (near.length === 0 ? undefined : closest(name, near))
}
