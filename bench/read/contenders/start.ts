/** Starts all contenders of a run, each as a process of its own. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchDatabase } from '../run/database.ts'
import type { Options } from '../run/options.ts'
import type { Contender } from './contender.ts'
import { startLimit } from './limit.ts'
import { startMercurius } from './mercurius.ts'
import { startOurs } from './ours.ts'
import { startPostGraphile } from './postgraphile.ts'

/** Values of `plan_cache_mode`. The faster one is measured, for each query. */
const planModes = ['auto', 'force_generic_plan', 'force_custom_plan'] as const

/** `opened` ends them, also if one of them does not start. */
export async function startContenders(
  options: Options,
  folder: string,
  database: BenchDatabase,
  opened: AsyncDisposableStack,
): Promise<Contender[]> {
  const contenders: Contender[] = []
  const add = async (starting: Promise<Contender>) => contenders.push(opened.use(await starting))
  for (const [i, checkout] of options.ours.entries()) {
    const name = options.ours.length === 1 ? 'ours' : `ours ${'AB'[i] ?? i + 1}`
    await add(startOurs(checkout, name, { databaseUrl: database.urls[i] ?? '', folder }))
  }
  const at = { databaseUrl: database.urls[0] ?? '', folder }
  const views = await readFile(join(import.meta.dirname, 'postgraphile-views.sql'), 'utf8')
  if (!options.alone) await database.execute(views)
  for (const planMode of planModes) {
    if (!options.alone) {
      await add(startPostGraphile(planMode, at))
      await add(startMercurius(planMode, at))
    }
    await add(startLimit(planMode, at))
  }
  return contenders
}
