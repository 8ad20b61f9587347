import { randomBytes } from 'node:crypto'
import type { Heard, KnownReaders, Reader } from './store.ts'

/** The readers that a store knows. */
export interface ReaderTable {
  /** Notes what was heard, and answers all that are known then. */
  hear(heard: Heard | undefined): KnownReaders
}

/**
 * Readers in the memory of the one process that has the store open. They need no disk: when the process is over they are
 * gone, and the registry has another name.
 */
export function createReaderTable(): ReaderTable {
  const registry = randomBytes(12).toString('hex')
  const readers = new Map<string, Reader>()
  return {
    hear(heard) {
      for (const { process, mark } of heard?.forget ?? []) if (readers.get(process)?.mark === mark) readers.delete(process)
      for (const { process, epoch, seq } of heard?.readers ?? []) readers.set(process, { process, epoch, seq, mark: heard?.mark ?? '' })
      return { registry, readers: [...readers.values()] }
    },
  }
}
