/** Counts how often each kind of event happened in a run, and compares the counts with their minimums. */
export class Coverage {
  readonly counts = new Map<string, number>()

  add(what: string, times = 1): void {
    if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0
  }

  /** Describes the events that happened less often than required. */
  shortOf(floors: ReadonlyMap<string, number>): string[] {
    return [...floors]
      .filter(([what, least]) => this.of(what) < least)
      .map(([what, least]) => `${what}: ${this.of(what)} times, at least ${least} expected`)
  }

  /** One line per kind of event. */
  report(): string {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `  ${what.padEnd(40)} ${times}`)
      .join('\n')
  }
}
