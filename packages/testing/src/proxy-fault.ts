/** From the client to the server, back, or both. */
export type ProxyWay = 'requests' | 'answers' | 'both'

/** What happens to connections, those that are open included. Milliseconds and bytes are whole numbers from 0. */
export type ProxyFault =
  | { readonly kind: 'pass' }
  /** Every chunk arrives that much later, in its order, `jitterMs` more at most; on one way or (default) on both. Late is not lost. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number; readonly way?: ProxyWay }
  /**
   * Nothing arrives, and nobody is told; on one way or (default) on both. A connection that lost bytes is reset when the
   * fault ends: what follows would make no sense to either side.
   */
  | { readonly kind: 'blackhole'; readonly way?: ProxyWay }
  /** Connections are reset, and so is every new one. */
  | { readonly kind: 'reset' }
  /** Each connection brings that many more bytes of answers, then it ends. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** As if nothing listened: connections are reset, new ones refused. */
  | { readonly kind: 'refuse' }
  /** One side learns that much later that the other has closed. */
  | { readonly kind: 'slow-close'; readonly ms: number }

const kinds: Readonly<Record<ProxyFault['kind'], readonly string[]>> = {
  pass: [],
  latency: ['ms', 'jitterMs', 'way'],
  blackhole: ['way'],
  reset: [],
  cut: ['afterBytes'],
  refuse: [],
  'slow-close': ['ms'],
}

/** A mistyped fault would be none, and its test would pass. */
export function checkFault(fault: ProxyFault): void {
  if (!Object.hasOwn(kinds, fault.kind))
    throw new TypeError(`fault: expected ${Object.keys(kinds).join(', ')}; found ${String(fault.kind)}`)
  for (const [name, value] of Object.entries(fault)) {
    if (name === 'kind' || value === undefined) continue
    if (!kinds[fault.kind].includes(name)) throw new TypeError(`fault.${name}: a ${fault.kind} has no such setting`)
    if (name === 'way' ? !['requests', 'answers', 'both'].includes(value) : !Number.isSafeInteger(value) || value < 0) {
      throw new TypeError(
        `fault.${name}: expected ${name === 'way' ? 'requests, answers or both' : 'a whole number from 0'}, found ${value}`,
      )
    }
  }
}
