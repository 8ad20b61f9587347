import type { EndReason } from '@single-state/core/protocol'

/** One end, as it is told to whoever may have lost it. */
export interface JournalEntry {
  /** `sessions` names those that were ended; `all` says that everybody was. */
  readonly kind: 'sessions' | 'all'
  readonly ids: readonly string[]
  readonly reason: EndReason
  /** Hash of the subject whose cutoff was raised with it; null where none was. */
  readonly subjectKey: string | null
  /** The count of subject endings by then. */
  readonly endings: number
}

/**
 * Where ends are kept beside the store, so that a store that lost its newest changes is told of them again.
 *
 * It must not fail together with the store: a second Redis, or a file where there is one gateway. A gateway acknowledges
 * an end only when the journal has it.
 */
export interface EndsJournal {
  /** What the start-up lines call it. */
  readonly name: string
  /** Resolves when the entry is kept. */
  append(entry: JournalEntry): Promise<void>
  /** Entries after a mark, in order; `''` for the beginning. `mark` is where they end, the one given where there are none. */
  since(mark: string): Promise<{ readonly entries: readonly JournalEntry[]; readonly mark: string }>
  close(): Promise<void>
}
