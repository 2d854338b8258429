/** What the parts of the program know of traces. The library is loaded only if traces are configured. */

export type Facts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer'
  /** The parent in another process, as `current` returned it there. Defaults to the current span. */
  readonly parent?: string | undefined
  readonly facts?: Facts
}

export interface OpenSpan {
  /** Adds what is known only later. `name` replaces the name. */
  note(facts: Facts, name?: string): void
  fail(): void
}

export interface Tracing {
  /** Runs `work` in a span. If it throws, the span has failed. */
  span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>
  /** Adds a span that has just ended to the current one. Without a current span it has no effect. */
  record(name: string, options: SpanOptions & { readonly milliseconds: number; readonly isFailed?: boolean }): void
  /** The current span in the form of W3C Trace Context. */
  current(): string | undefined
  /** Sends what is not sent yet. */
  close(): Promise<void>
}
