import { open, readFile } from 'node:fs/promises'
import { SessionError } from '@single-state/core/protocol'
import type { EndsJournal, JournalEntry } from './ends-journal.ts'

/** How a journal in a file is made. */
export interface FileJournalOptions {
  /** The file; made when it is not there. Its folder must exist. */
  readonly path: string
}

/**
 * A journal of ends in a file, for a store that one gateway alone uses: what another gateway ended is not in it.
 *
 * @throws TypeError when `path` is not the name of a file.
 */
export function fileJournal({ path }: FileJournalOptions): EndsJournal {
  if (typeof path !== 'string' || path === '') throw new TypeError(`path: expected the name of a file, found ${JSON.stringify(path)}`)
  let last: Promise<unknown> = Promise.resolve()

  /** One line after the other: a line that was cut short by a crash is ended first, and is no entry. */
  async function write(entry: JournalEntry): Promise<void> {
    const file = await open(path, 'a', 0o600)
    try {
      await file.write(`\n${JSON.stringify(entry)}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  return {
    name: `file:${path}`,
    append: (entry) => {
      const written = last.then(() => write(entry))
      last = written.catch(() => {})
      return written.catch((error: unknown) => {
        throw new SessionError('store_unavailable', 'redis: the journal of ends cannot be written', { cause: error })
      })
    },
    since: async (mark) => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
        throw error
      })
      const lines = text.split('\n')
      return { entries: lines.slice(Number(mark || 0)).flatMap(entryOf), mark: `${lines.length - 1}` }
    },
    close: async () => {
      await last
    },
  }
}

function entryOf(line: string): readonly JournalEntry[] {
  if (line === '') return []
  try {
    return [JSON.parse(line)]
  } catch {
    return []
  }
}
