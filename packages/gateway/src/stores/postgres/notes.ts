import type { StoreNote } from '../store.ts'
import { knownSchema } from './schema.ts'

/** What the server's settings make of a commit; one row of `readSettings`. */
export interface ServerSettings {
  readonly version: string
  readonly fsync: string
  readonly wait: string
  readonly standbys: string
  /** Standbys that are connected, of whatever kind. */
  readonly connected: number
  readonly schema: number
}

/** What of them somebody who operates the store should know. `server` is empty where the server does not tell its timeline. */
export function notesOf(settings: ServerSettings, server: string): readonly StoreNote[] {
  const { version, schema } = settings
  const served = schema === knownSchema
  return [
    ok(`PostgreSQL ${version}, a primary`),
    served
      ? ok(`schema ${schema}`)
      : {
          level: 'warn',
          found: `schema ${schema} where this release knows ${knownSchema}`,
          fix: 'take every gateway to the newer release',
        },
    diskNote(settings),
    replicationNote(settings),
    ...(server === '' ? [unknownTimeline] : []),
  ]
}

function ok(found: string): StoreNote {
  return { level: 'ok', found, fix: null }
}

function diskNote({ fsync, wait }: ServerSettings): StoreNote {
  if (fsync === 'on') return ok(`a commit is on the disk before it is acknowledged, synchronous_commit ${wait}`)
  return { level: 'fail', found: 'fsync is off: a crash of the machine loses or spoils sessions', fix: 'set fsync = on' }
}

function replicationNote({ standbys, wait, connected }: ServerSettings): StoreNote {
  if (standbys === '' || wait === 'local') {
    if (connected === 0) return ok('no standby: what this disk loses is lost')
    const found = 'no standby is synchronous: a promoted one may lack the last commits, ends of sessions among them'
    return { level: 'warn', found, fix: "set synchronous_standby_names, or run 'single-state end-all' after a promotion" }
  }
  if (connected > 0) return ok(`commits wait for ${standbys}; ${connected} connected`)
  const found = `commits wait for ${standbys}, and no standby is connected: every write ends without an answer`
  return { level: 'fail', found, fix: 'start the standby, or take it out of synchronous_standby_names' }
}

const unknownTimeline: StoreNote = {
  level: 'warn',
  found: 'the server does not tell its timeline: a promotion is not noticed',
  fix: 'let this role call pg_control_system, pg_current_wal_lsn and pg_walfile_name',
}
