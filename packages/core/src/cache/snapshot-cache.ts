import { LRUCache } from 'lru-cache'
import type { EndReason } from '../consistency/ended.ts'
import { type Lease, mayInstall, mayServeLocally, type StorePosition } from '../consistency/lease.ts'
import { reconcile } from '../consistency/reconcile.ts'
import { createRemembered } from './remembered.ts'

/** A session as this process last knew it: parsed and frozen once, confirmed many times. */
export interface Snapshot<View> {
  readonly id: string
  readonly version: number
  readonly etag: string
  /** The document without its signals, frozen. */
  readonly view: View
  /** Signals with the end of each, on this process's monotonic clock. */
  readonly signals: Readonly<Record<string, { readonly value: unknown; readonly expiresAtMs: number }>>
  /** When the request that confirmed it was sent, on this process's monotonic clock. */
  readonly confirmedAtMs: number
  /** Generation of the token that was shown with that request: the gateway knows of every token up to it that it is in use. */
  readonly generation: number
  /** Size of the document on the wire, for the bound of the cache. */
  readonly bytes: number
}

/** What is known of a session after an answer has arrived. */
export type Installed<View> =
  /** The newest that is held: what arrived, or something newer that arrived before. */
  | { readonly kind: 'current'; readonly snapshot: Snapshot<View> }
  /** The answer is older than what this process has already shown, and what it has shown is no longer held. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'ended'; readonly reason: EndReason }

/** Bounds of a cache. */
export interface CacheLimits {
  /** Most sessions held. Default 10,000. */
  readonly entries?: number
  /** Most bytes of documents held, as on the wire. Default 32 MiB. */
  readonly bytes?: number
}

/** Snapshots by session id. Keeps the higher version, never revives an ended session, never passes its bounds. */
export interface SnapshotCache<View> {
  get(id: string): Snapshot<View> | undefined
  /** The snapshot, while it may be served without asking the gateway: under a lease that is in force at this moment. */
  leased(id: string, monotonicMs: number, wallMs: number): Snapshot<View> | undefined
  /** Offers what an answer brought and where the store stood when it was read; answers what is known for it. */
  install(snapshot: Snapshot<View>, read: StorePosition | null): Installed<View>
  /** Takes in that a request found `etag` to be current still; when it was sent, and the generation of the token it showed. */
  confirm(id: string, etag: string, confirmed: Pick<Snapshot<View>, 'confirmedAtMs' | 'generation'>): Installed<View>
  /** The lease of the last heartbeat, in force or not; null before the first. */
  lease(): Lease | null
  /** Takes in a heartbeat: drops what it says has changed (null: everything), and then holds its lease. */
  renew(lease: Lease, changed: readonly string[] | null): void
  /** Remembers that a session is over, and why. */
  end(id: string, reason: EndReason): void
  endReason(id: string): EndReason | undefined
}

/** 10,000 sessions: more people than one process of an application serves in the life of a token. */
export const defaultEntries = 10_000

/** 32 MiB: ten thousand documents of a few kilobytes. */
export const defaultBytes = 33_554_432

/** 10,000: however small the cache is, an end has to be remembered for as long as an answer may be under way. */
const fewestEnded = 10_000

/** 1,000,000: ten times as many versions and ends are remembered, and a `Map` takes no more than 16 million. */
const largestEntries = 1_000_000

/**
 * Makes an empty cache.
 *
 * Rule 6 is held beyond eviction: the highest version of ten times as many sessions is remembered, at little cost for each.
 * Rule 9 likewise: an ended session is remembered, so that an answer under way cannot bring it back.
 * Rule 5 under a lease: what a heartbeat has dropped comes back only from an answer that was read after the drop.
 *
 * @throws TypeError that names the bound that is none.
 */
export function createSnapshotCache<View>(limits: CacheLimits = {}): SnapshotCache<View> {
  const entries = boundOf('cache.entries', limits.entries ?? defaultEntries, largestEntries)
  const snapshots = new LRUCache<string, Snapshot<View>>({
    max: entries,
    maxSize: boundOf('cache.bytes', limits.bytes ?? defaultBytes, Number.MAX_SAFE_INTEGER),
    sizeCalculation: ({ bytes }) => Math.max(1, bytes),
  })
  const highest = createRemembered<number>(entries * 10)
  const over = createRemembered<EndReason>(Math.max(entries * 10, fewestEnded))
  let lease: Lease | null = null

  function install(arrived: Snapshot<View>, read: StorePosition | null): Installed<View> {
    const reason = over.get(arrived.id)
    if (reason) return { kind: 'ended', reason }
    const held = snapshots.get(arrived.id)
    const kept = reconcile(held, arrived)
    if (kept.version < (highest.get(arrived.id) ?? 0)) return { kind: 'passed' }
    highest.set(kept.id, kept.version)
    if (kept !== held) keep(kept, read)
    return { kind: 'current', snapshot: kept }
  }

  /** What may not be kept is shown all the same, and then nothing older may stay (rule 6). */
  function keep(snapshot: Snapshot<View>, read: StorePosition | null): void {
    if (mayInstall(lease, read)) snapshots.set(snapshot.id, snapshot)
    else snapshots.delete(snapshot.id)
  }

  function confirm(id: string, etag: string, confirmed: Pick<Snapshot<View>, 'confirmedAtMs' | 'generation'>): Installed<View> {
    const held = snapshots.get(id)
    // Held still, so no heartbeat has dropped it: it stays, wherever the store stood when it was found to be current.
    if (held?.etag === etag) return install({ ...held, ...confirmed }, lease)
    if (held) return { kind: 'current', snapshot: held }
    const reason = over.get(id)
    return reason ? { kind: 'ended', reason } : { kind: 'passed' }
  }

  /** Remembered anew: of all versions these are the ones that an answer under way may fall behind. */
  function drop(id: string): void {
    const held = snapshots.peek(id)
    if (!held) return
    highest.set(id, held.version)
    snapshots.delete(id)
  }

  return {
    get: (id) => snapshots.get(id),
    leased: (id, monotonicMs, wallMs) => (mayServeLocally(lease, monotonicMs, wallMs) ? snapshots.get(id) : undefined),
    install,
    confirm,
    lease: () => lease,
    renew(renewed, changed) {
      if (changed === null) snapshots.clear()
      else for (const id of changed) drop(id)
      lease = renewed
    },
    end(id, reason) {
      snapshots.delete(id)
      // The first reason stands: what a person is told does not change with time.
      if (over.get(id) === undefined) over.set(id, reason)
    },
    endReason: (id) => over.get(id),
  }
}

function boundOf(option: string, bound: number, most: number): number {
  if (Number.isSafeInteger(bound) && bound >= 1 && bound <= most) return bound
  throw new TypeError(`${option}: expected a whole number from 1 to ${most}, found ${bound}`)
}
