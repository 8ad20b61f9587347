import type { Transport } from '@single-state/core'
import type { Carry } from './faults.ts'

/**
 * A transport to a gateway in the same process. It has no deadline in real time: on a busy machine a call in process may
 * be late without anything being wrong. The deadline is kept by the test clock, where `latency()` is.
 */
export function inProcessTransport(origin: string, carry: Carry): Transport {
  return async ({ method, path, headers, body, timeoutMs }) => {
    const request = new Request(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) })
    const response = await carry(request, timeoutMs)
    return { status: response.status, header: (name) => response.headers.get(name), body: await response.text() }
  }
}
