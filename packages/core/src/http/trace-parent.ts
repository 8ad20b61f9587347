import type { RequestHead } from './request-head.ts'

/** Version, trace, parent and flags; all zeros and version ff are none (W3C Trace Context section 3.2). */
const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace that a request belongs to. Anything else in the header stays here: it would travel on in a header of ours. */
export function traceParentOf({ headers }: RequestHead): string | undefined {
  const text = headers.get('traceparent')
  return text !== null && form.test(text) ? text : undefined
}
