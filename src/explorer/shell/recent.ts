/** The search results that were opened last in this tab. They are data of the organization, so they end with the tab. */
import type { NodeSummaryFragment } from '../data/generated/graphql.ts'

const key = 'recent'
const most = 6

export function readRecent(): NodeSummaryFragment[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isNode) : []
  } catch {
    return []
  }
}

export function rememberRecent(node: NodeSummaryFragment): void {
  const others = readRecent().filter(({ id }) => id !== node.id)
  sessionStorage.setItem(key, JSON.stringify([node, ...others].slice(0, most)))
}

export function forgetRecent(): void {
  sessionStorage.removeItem(key)
}

function isNode(value: unknown): value is NodeSummaryFragment {
  return typeof value === 'object' && value !== null && '__typename' in value && 'id' in value
}
