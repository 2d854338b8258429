/** How often things happened over a run, and how often they must have. */
export class Coverage {
  readonly counts = new Map<string, number>()

  add(what: string, times = 1): void {
    if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0
  }

  /** What did not happen as often as it must, in words. */
  shortOf(floors: ReadonlyMap<string, number>): string[] {
    return [...floors]
      .filter(([what, least]) => this.of(what) < least)
      .map(([what, least]) => `${what}: ${this.of(what)} times, at least ${least} expected`)
  }

  /** One line a kind of thing. */
  report(): string {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `  ${what.padEnd(40)} ${times}`)
      .join('\n')
  }
}
