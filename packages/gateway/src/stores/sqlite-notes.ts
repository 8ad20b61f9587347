import type Database from 'better-sqlite3'
import type { StoreNote } from './store.ts'

/** What is to be known of a database: how it persists, which schema it has, and whether its pages hold together. */
export function notesOf(database: Database.Database): readonly StoreNote[] {
  const pragma = (name: string) => database.pragma(name, { simple: true })
  const damage = String(pragma('quick_check(1)'))
  return [
    {
      level: 'ok',
      found: `one file, journal ${pragma('journal_mode')}, synchronous ${pragma('synchronous')}, schema ${pragma('user_version')}`,
      fix: null,
    },
    damage === 'ok'
      ? { level: 'ok', found: 'the pages of the file hold together', fix: null }
      : { level: 'fail', found: `the file is damaged: ${damage}`, fix: "restore a backup, then run 'single-state end-all --offline'" },
  ]
}
