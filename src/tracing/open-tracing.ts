/** Traces with OpenTelemetry. The current span is kept here and not in globals of the library. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Facts, SpanOptions, Tracing } from './tracing.ts'

export interface TracingOptions {
  readonly serviceName: string
  /** The command that the process runs. */
  readonly process: string
  /** The share of traces that are recorded, from 0 to 1. */
  readonly ratio: number
  /** The address of an OTLP receiver, or a processor of spans. */
  readonly to: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | SpanProcessor
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const
/** A receiver that does not respond must not delay the end of the process. */
const longestGoodbyeMs = 2_000

export function openTracing({ serviceName, process: role, ratio, to }: TracingOptions): Tracing {
  // The decision depends on the trace's id alone, so that all processes decide alike, and no sender of a request
  // decides for us.
  const byId = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.instance.id': `${role}-${process.pid}`,
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: byId, remoteParentSampled: byId, remoteParentNotSampled: byId }),
    // Statements can be long.
    spanLimits: { attributeValueLengthLimit: 1_000 },
    spanProcessors: [
      'url' in to
        ? new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ ...to, headers: { ...to.headers } }) })
        : to,
    ],
  })
  const tracer = provider.getTracer('essentials-graph')
  const currentContext = new AsyncLocalStorage<Context>()

  const start = (name: string, { kind, parent, facts = {} }: SpanOptions, startTime?: number): Span => {
    const known = { attributes: valuesOf(facts), ...(kind && { kind: kinds[kind] }), ...(startTime && { startTime }) }
    return tracer.startSpan(name, known, contextOf(parent) ?? currentContext.getStore() ?? ROOT_CONTEXT)
  }

  return {
    async span(name, options, work) {
      const span = start(name, options)
      const fail = () => span.setStatus({ code: SpanStatusCode.ERROR })
      const note = (facts: Facts, newName?: string) => {
        span.setAttributes(valuesOf(facts))
        if (newName !== undefined) span.updateName(newName)
      }
      try {
        return await currentContext.run(trace.setSpan(ROOT_CONTEXT, span), () => work({ note, fail }))
      } catch (error) {
        // The message may contain data of users.
        span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
        fail()
        throw error
      } finally {
        span.end()
      }
    },
    record(name, { milliseconds, isFailed, ...options }) {
      if (currentContext.getStore() === undefined) return
      const now = Date.now()
      const span = start(name, options, now - milliseconds)
      if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end(now)
    },
    current() {
      const context = currentContext.getStore()
      const span = context && trace.getSpanContext(context)
      if (!span) return undefined
      return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}`
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, longestGoodbyeMs).unref())
      await Promise.race([provider.shutdown().catch(() => {}), late])
    },
  }
}

/** Undefined if the text is no trace context: requests may contain anything. */
function contextOf(parent: string | undefined): Context | undefined {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/.exec(parent ?? '') ?? []
  if (traceId === '') return undefined
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function valuesOf(facts: Facts) {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'object' ? [...value] : value]],
    ),
  )
}
