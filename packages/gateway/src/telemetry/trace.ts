import { context, isSpanContextValid, propagation, SpanKind, SpanStatusCode, type TextMapGetter, trace } from '@opentelemetry/api'

/** Ids of zeros only are not valid, nor is version ff (W3C Trace Context section 3.2.2). */
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/

/** The trace that a request belongs to: that of the span under way, else what its `traceparent` says, else null. */
export function traceIdOf(request: Request): string | null {
  const active = trace.getActiveSpan()?.spanContext()
  if (active && isSpanContextValid(active)) return active.traceId
  const [, version, traceId, more] = traceparent.exec(request.headers.get('traceparent') ?? '') ?? []
  // Only a version after 00 may say more.
  return traceId === undefined || (version === '00' && more !== undefined) ? null : traceId
}

/** What a span says of a request once it is answered. */
export interface SpanFacts {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly failed: boolean
}

const inHeaders: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, name) => headers.get(name) ?? undefined,
}

/** Runs `answer` inside a server span that continues the caller's trace. Without an SDK in the process it costs next to nothing. */
export async function withServerSpan(request: Request, answer: () => Promise<SpanFacts>): Promise<void> {
  const parent = propagation.extract(context.active(), request.headers, inHeaders)
  const tracer = trace.getTracer('@single-state/gateway')
  await tracer.startActiveSpan(request.method, { kind: SpanKind.SERVER }, parent, async (span) => {
    try {
      const { name, attributes, failed } = await answer()
      span.updateName(name)
      span.setAttributes(attributes)
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
    } finally {
      span.end()
    }
  })
}
