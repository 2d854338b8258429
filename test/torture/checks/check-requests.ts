/** I5: every request had a slot. I7: a page was requested again only after a kill, and at most one page per kill. */
import type { World } from '../world/simulation.ts'

export async function checkRequests({ sql, slug, simulator, pagesAsked, kills }: World): Promise<string[]> {
  const [slots] = await sql<{ taken: number }[]>`
    select takes::int as taken from allowances where key = ${slug}`
  const requests = simulator.requests.length
  const problems = requests > (slots?.taken ?? 0) ? [`I5: ${requests} requests with ${slots?.taken} slots`] : []
  const repeats = new Map<number, number>()
  for (const [page, times] of pagesAsked) {
    const pullId = Number(page.split(' ')[0])
    repeats.set(pullId, (repeats.get(pullId) ?? 0) + times - 1)
  }
  const tooMany = [...repeats].filter(([pullId, times]) => times > (kills.get(pullId) ?? 0))
  return [
    ...problems,
    ...tooMany.map(
      ([pullId, times]) =>
        `I7: pages of pull ${pullId} were asked for again ${times} times, with ${kills.get(pullId) ?? 0} kills`,
    ),
  ]
}
