/** The alert rules, runbooks and the dashboard name only metrics that exist. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { openMetrics } from '../../src/metrics/open-metrics.ts'

const folder = join(import.meta.dirname, '../../docs/ops')
const read = (name: string) => readFile(join(folder, name), 'utf8')

/** Also those without a sample so far. */
async function exported(): Promise<Set<string>> {
  const text = await openMetrics(() => {
    throw new Error('no database')
  }).text()
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`, name] : [name],
    ),
  )
}

const metricsIn = (text: string) =>
  [...text.matchAll(/\b(?:essentials_graph|nodejs|process)_\w+/g)].map(([name]) => name)

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

test('alert rules: each names existing metrics, and has a severity and a runbook', async () => {
  const { groups } = parse(await read('alerts.yml')) as { groups: { rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)
  const known = await exported()
  const runbooks = [...(await read('README.md')).matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(rules.map(({ alert }) => alert)).toEqual(runbooks)
  for (const { alert, expr, labels, annotations } of rules) {
    expect(metricsIn(expr), alert).not.toEqual([])
    expect(metricsIn(expr).filter((name) => !known.has(name))).toEqual([])
    expect(['page', 'ticket']).toContain(labels.severity)
    expect(annotations.summary).not.toBe('')
    expect(annotations.runbook).toBe(`docs/ops/README.md#${alert.toLowerCase()}`)
    expect(expr.split('(').length, alert).toBe(expr.split(')').length)
  }
})

test('dashboard: each panel names existing metrics, and every metric of ours is on a panel', async () => {
  const { panels } = JSON.parse(await read('dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[]
  }
  const known = await exported()
  const shown = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)))
  expect(shown.filter((name) => !known.has(name))).toEqual([])
  const ours = [...known].filter((name) => name.startsWith('essentials_graph_') && !/_(bucket|sum|count)$/.test(name))
  expect(ours.filter((name) => !shown.some((one) => one.startsWith(name)))).toEqual([])
  const documented = metricsIn(await read('README.md'))
  expect(ours.filter((name) => !documented.includes(name))).toEqual([])
})
