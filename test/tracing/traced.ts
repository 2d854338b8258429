/** Traces that are kept in memory. */
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { openTracing } from '../../src/tracing/open-tracing.ts'

export function traced(ratio = 1) {
  const exporter = new InMemorySpanExporter()
  const tracing = openTracing({
    serviceName: 'test',
    process: 'serve',
    ratio,
    to: new SimpleSpanProcessor({ exporter }),
  })
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      id: span.spanContext().spanId,
      traceId: span.spanContext().traceId,
      parent: span.parentSpanContext?.spanId,
      facts: span.attributes,
      isFailed: span.status.code === 2,
    }))
  return { tracing, spans }
}
