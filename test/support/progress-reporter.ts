/** Prints a line every 10 s while tests run, so that a long run shows that it goes on, and where. */
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const everyMs = 10_000

export default class ProgressReporter implements Reporter {
  readonly #running = new Set<string>()
  readonly #startedAt = performance.now()
  #files = 0
  #ended = 0
  #tests = 0
  #timer: NodeJS.Timeout | undefined

  onTestRunStart(specifications: readonly unknown[]): void {
    this.#files = specifications.length
    this.#timer = setInterval(() => this.#print(), everyMs)
  }

  onTestModuleStart({ moduleId }: TestModule): void {
    this.#running.add(relative(process.cwd(), moduleId))
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#running.delete(relative(process.cwd(), moduleId))
    this.#ended += 1
  }

  onTestCaseResult(): void {
    this.#tests += 1
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer)
  }

  #print(): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000)
    const where = [...this.#running].join(', ')
    process.stdout.write(`… ${seconds} s: ${this.#tests} tests, ${this.#ended} of ${this.#files} files; now ${where}\n`)
  }
}
