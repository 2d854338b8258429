/** Prints the measurements as Markdown tables. */
import type { Measurement, Round } from './measure.ts'

export function report(measurements: readonly Measurement[]): string {
  const lines: string[] = []
  for (const [connections, some] of Map.groupBy(measurements, (one) => one.connections)) {
    const byQuery = [...Map.groupBy(some, ({ query }) => query).values()]
    lines.push('', `## ${connections} connections`, '', ...ratios(byQuery), '', ...figures(some))
  }
  const rounds = measurements.flatMap((one) => one.rounds)
  const busiest = Math.max(...rounds.map(({ generator }) => generator))
  const others = rounds.reduce((sum, round) => sum + round.others, 0) / rounds.length
  lines.push(
    '',
    `The load generator used at most ${busiest.toFixed(2)} cores; other processes ${others.toFixed(2)} on average.`,
  )
  return lines.join('\n')
}

/** Ratios within the rounds: the median, and the least and greatest. */
function ratios(byQuery: readonly (readonly Measurement[])[]): string[] {
  const rows = byQuery.map((some) => {
    const limit = some.find(({ kind }) => kind === 'limit')
    const peers = some.filter(({ kind }) => kind === 'peer')
    const best = peers.toSorted((a, b) => middle(b, 'perSecond') - middle(a, 'perSecond'))[0]
    const [ours, before] = some.filter(({ kind }) => kind === 'ours')
    const ofPeer = (family: string) =>
      quotient(
        peers.find((peer) => peer.family === family),
        limit,
        'perSecond',
      )
    return [
      ours?.query ?? '',
      quotient(ours, best, 'perSecond'),
      best?.family ?? '–',
      quotient(ours, best, 'p99'),
      cpuQuotient(ours, best),
      quotient(ours, limit, 'perSecond'),
      ofPeer('PostGraphile'),
      ofPeer('mercurius'),
      ...(before ? [quotient(ours, before, 'perSecond'), cpuQuotient(ours, before)] : []),
    ]
  })
  const header = [
    'query',
    'ours ÷ best peer',
    'best peer',
    'p99 ours ÷ best peer',
    'CPU ours ÷ best peer',
    'ours ÷ limit',
    'PostGraphile ÷ limit',
    'mercurius ÷ limit',
    ...(rows[0] && rows[0].length > 8 ? ['A ÷ B', 'CPU A ÷ B'] : []),
  ]
  return table(header, rows)
}

function figures(measurements: readonly Measurement[]): string[] {
  const rows = measurements.map((one) => [
    one.query,
    one.contender,
    middle(one, 'perSecond').toFixed(0),
    middle(one, 'node').toFixed(2),
    middle(one, 'postgres').toFixed(2),
    middle(one, 'p50').toFixed(1),
    middle(one, 'p99').toFixed(1),
  ])
  return table(['query', 'contender', 'requests/s', 'node CPU ms', 'Postgres CPU ms', 'p50 ms', 'p99 ms'], rows)
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}

function quotient(one: Measurement | undefined, other: Measurement | undefined, figure: keyof Round): string {
  if (!one || !other) return '–'
  return spread(one.rounds.map((round, i) => round[figure] / (other.rounds[i]?.[figure] ?? Number.NaN)))
}

function cpuQuotient(one: Measurement | undefined, other: Measurement | undefined): string {
  if (!one || !other) return '–'
  const cpu = (round: Round | undefined) => (round ? round.node + round.postgres : Number.NaN)
  return spread(one.rounds.map((round, i) => cpu(round) / cpu(other.rounds[i])))
}

function spread(ratios: readonly number[]): string {
  const sorted = ratios.toSorted((a, b) => a - b)
  return `${short(median(sorted))} (${short(sorted[0] ?? 0)}–${short(sorted.at(-1) ?? 0)})`
}

function short(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 0)
}

function middle({ rounds }: Measurement, figure: keyof Round): number {
  return median(rounds.map((round) => round[figure]).sort((a, b) => a - b))
}

function median(sorted: readonly number[]): number {
  const [low, high] = [(sorted.length - 1) >> 1, sorted.length >> 1]
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2
}
