import { expect, test } from 'vitest'
import { runFuzz } from './fuzz/run-fuzz.ts'

test('pools: every result reaches its own caller while callers disconnect and Postgres is disrupted', async () => {
  const seed = process.env.FUZZ_SEED ?? String(Date.now())
  const report = await runFuzz({ seconds: 15, seed, callers: 60, strikeMs: 100, restartMs: 6_000 })
  const wrong = [report.foreign, report.missing, report.unexplained, report.afterwards].flat()
  expect(wrong, `FUZZ_SEED=${seed}`).toEqual([])
  // The run had the intended load: every kind of caller got results, some disconnected, and the server was disrupted.
  const quiet = Object.entries({ ...report.answers, aborted: report.aborted, ...report.struck })
  expect(quiet.filter(([, times]) => times === 0)).toEqual([])
  expect(Object.keys(report.answers)).toHaveLength(10)
})
