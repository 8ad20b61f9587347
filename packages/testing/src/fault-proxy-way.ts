import type { Socket } from 'node:net'
import type { ProxyFault, ProxyWay } from './proxy-fault.ts'

/** One direction of one connection. */
export interface Way {
  /** Whether bytes, or the end, were swallowed: then it can never go on. */
  hasLost(): boolean
  /** Another fault holds from now on. */
  faultChanged(): void
}

interface WayOptions {
  readonly from: Socket
  readonly to: Socket
  readonly way: 'requests' | 'answers'
  readonly fault: () => ProxyFault
  readonly random: () => number
  readonly passed: (bytes: number) => void
  readonly lost: (bytes: number) => void
  /** Ends the connection, now that the last byte that may arrive is on its way. */
  readonly cut: () => void
}

/** Carries the bytes of one direction, under whatever fault holds when each chunk comes. */
export function carryBytes({ from, to, way, fault, random, passed, lost, cut }: WayOptions): Way {
  let hasLost = false
  let arrived: Promise<void> | null = null
  let lastDueMs = 0
  let leftBytes = leftOf(fault())

  function deliver(chunk: Buffer): void {
    passed(chunk.byteLength)
    if (!to.writable || to.write(chunk)) return
    from.pause()
    to.once('drain', () => from.resume())
  }
  // Nobody will drain it any more, and an end that is never read is never passed on.
  to.once('close', () => from.resume())

  /** Later, but never before what came before it. */
  function deliverLater(delayMs: number, act: () => void): void {
    lastDueMs = Math.max(lastDueMs, performance.now() + delayMs)
    const dueMs = lastDueMs
    const before = arrived
    const mine = (async () => {
      await before
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
      act()
    })()
    arrived = mine
    // Nothing is on its way any more: the next chunk need not queue behind a timer.
    void mine.then(() => {
      if (arrived === mine) arrived = null
    })
  }

  function take(chunk: Buffer): void {
    const isCut = fault().kind === 'cut' && way === 'answers'
    deliver(isCut ? chunk.subarray(0, leftBytes) : chunk)
    leftBytes -= chunk.byteLength
    if (isCut && leftBytes <= 0) cut()
  }

  function swallows(): boolean {
    const now = fault()
    return now.kind === 'blackhole' && concerns(now.way, way)
  }

  function inOrder(delayMs: number, act: () => void): void {
    if (delayMs === 0 && arrived === null) act()
    else deliverLater(delayMs, act)
  }

  from.on('data', (chunk: Buffer) => {
    if (swallows()) {
      hasLost = true
      lost(chunk.byteLength)
    } else inOrder(delayOf(fault(), way, random), () => take(chunk))
  })
  from.on('end', () => {
    if (swallows()) hasLost = true
    else inOrder(endDelayOf(fault(), way, random), () => to.end())
  })
  from.on('close', (hadError) => {
    if (!hadError) return
    if (swallows()) hasLost = true
    else inOrder(endDelayOf(fault(), way, random), () => to.resetAndDestroy())
  })
  return {
    hasLost: () => hasLost,
    faultChanged() {
      leftBytes = leftOf(fault())
    },
  }
}

function leftOf(fault: ProxyFault): number {
  return fault.kind === 'cut' ? fault.afterBytes : 0
}

function delayOf(fault: ProxyFault, way: ProxyWay, random: () => number): number {
  if (fault.kind !== 'latency' || !concerns(fault.way, way)) return 0
  return fault.ms + (fault.jitterMs ?? 0) * random()
}

function endDelayOf(fault: ProxyFault, way: ProxyWay, random: () => number): number {
  return fault.kind === 'slow-close' ? fault.ms : delayOf(fault, way, random)
}

function concerns(named: ProxyWay = 'both', way: ProxyWay): boolean {
  return named === 'both' || named === way
}
