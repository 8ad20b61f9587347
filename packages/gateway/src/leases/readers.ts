import type { KnownReaders, Position, Reader } from '../stores/store.ts'

/** What one gateway has seen of the readers that its store knows, on its own monotonic clock. */
export interface Sighted {
  readonly epoch: string
  readonly registry: string
  /** When this gateway first saw this epoch and this registry. */
  readonly firstMs: number
  /** By the name of the process. */
  readonly readers: ReadonlyMap<string, SightedReader>
}

interface SightedReader extends Reader {
  /** When this gateway first saw it with this mark: it was heard of then at the latest. */
  readonly sinceMs: number
}

/** 1,000 processes: what is beyond them counts as one that never says where it stands, and costs every write its whole wait. */
export const mostReaders = 1_000

/** The name that all go by who are beyond the limit; an application's processes have its name before theirs. */
const nameless = '*'

/** What is known after another look, whose answer came at `nowMs`. */
export function sightedAfter(
  before: Sighted | null,
  { epoch, registry, readers }: Pick<Position, 'epoch'> & KnownReaders,
  nowMs: number,
): Sighted {
  // A store that has lost readers has lost the marks of those that are left, too: nothing of before is comparable.
  const same = before !== null && before.epoch === epoch && before.registry === registry ? before : null
  const sighted = readers.map((reader): [string, SightedReader] => {
    const earlier = same?.readers.get(reader.process)
    return [reader.process, { ...reader, sinceMs: earlier?.mark === reader.mark ? earlier.sinceMs : nowMs }]
  })
  return { epoch, registry, firstMs: same?.firstMs ?? nowMs, readers: new Map(sighted) }
}

/**
 * Rule 5, before the wait is over: whether nobody can hold a lease from before a change any more, by a look into the store
 * that began after the change.
 *
 * A reader has no lease from before a change that it has taken in. One that has been silent for the whole wait has no lease
 * at all: its last one began before it was last heard of. One that the look does not show was not known at that moment, so
 * that a lease of its own begins after the change. But a failover, or a restart, may have lost readers: what is known
 * counts once a whole wait has passed since it was first seen.
 */
export function haveTakenIn(sighted: Sighted, change: Pick<Position, 'epoch' | 'seq'>, nowMs: number, waitMs: number): boolean {
  if (sighted.epoch !== change.epoch || nowMs - sighted.firstMs < waitMs) return false
  const isBehind = (reader: SightedReader) => reader.epoch !== change.epoch || reader.seq < change.seq
  return ![...sighted.readers.values()].some((reader) => isBehind(reader) && nowMs - reader.sinceMs < waitMs)
}

/** Readers that have been silent for the whole wait: their leases are over, and the next one makes them known again. */
export function silentReaders(sighted: Sighted | null, nowMs: number, waitMs: number): readonly SightedReader[] {
  return [...(sighted?.readers.values() ?? [])].filter(({ sinceMs }) => nowMs - sinceMs >= waitMs)
}

/** Where a process stands by its heartbeat, under the name that it is known by. */
export function readerOf(sighted: Sighted | null, reader: Omit<Reader, 'mark'>): Omit<Reader, 'mark'> {
  const known = sighted?.readers
  if (known === undefined || known.size < mostReaders || known.has(reader.process)) return reader
  return { process: nameless, epoch: '', seq: 0 }
}
