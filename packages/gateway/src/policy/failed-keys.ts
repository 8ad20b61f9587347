/** Counts application keys that were refused, so that who guesses, or forgot to change a key, gets slow answers. */
export interface FailedKeys {
  /**
   * Counts one more of this name from this address. Answers the milliseconds until it may be tried again, or null while
   * there have not been too many. A key that is right is never asked about here, whatever came before it.
   */
  readonly failed: (name: string, address: string | null) => number | null
}

/** 20 in a minute: a process that starts with a wrong key asks about once a second, and its log says so by then. */
export const mostFailures = 20
export const windowMs = 60_000

/** 1,000 names and networks; beyond that the one that was first seen is forgotten. */
export const mostCounted = 1_000

interface Count {
  readonly sinceMs: number
  readonly failures: number
}

export function createFailedKeys(now: () => number): FailedKeys {
  const counts = new Map<string, Count>()
  return {
    failed(name, address) {
      const who = `${name} ${networkOf(address ?? '')}`
      const nowMs = now()
      const { sinceMs, failures } = current(counts.get(who), nowMs)
      if (failures >= mostFailures) return sinceMs + windowMs - nowMs
      const [oldest] = counts.keys()
      if (!counts.has(who) && counts.size >= mostCounted && oldest !== undefined) counts.delete(oldest)
      counts.set(who, { sinceMs, failures: failures + 1 })
      return null
    },
  }
}

/** A window that is over counts for nothing, nor one from the future of a clock that was set back. */
function current(count: Count | undefined, nowMs: number): Count {
  return count && nowMs >= count.sinceMs && nowMs < count.sinceMs + windowMs ? count : { sinceMs: nowMs, failures: 0 }
}

/** The first 64 bits of an IPv6 address: whoever has one of such a network has all of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [head = '', tail] = address.split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
