import type { StoreNote } from '../store.ts'
import type { RedisSettings } from './redis-options.ts'
import type { ServerFacts } from './server-facts.ts'

/** What whoever operates a Redis store should know of it. `needed` replicas have to have a change before it is acknowledged. */
export function notesOf(facts: ServerFacts, needed: number, { journal, afterEpoch }: RedisSettings): readonly StoreNote[] {
  return [
    { level: 'ok', found: `Redis ${facts.version}, primary, nothing is evicted`, fix: null },
    persistenceNote(facts),
    replicationNote(facts, needed),
    failoverNote(journal?.name ?? null, afterEpoch),
  ]
}

function persistenceNote({ keepsFile }: ServerFacts): StoreNote {
  if (keepsFile) return { level: 'ok', found: 'changes are appended to a file', fix: null }
  return { level: 'warn', found: 'no append-only file: a restart loses what changed last', fix: 'set appendonly yes' }
}

function replicationNote({ replicas }: ServerFacts, needed: number): StoreNote {
  const found = `${replicas} replicas connected, ${needed} have to have a change before it is acknowledged`
  if (replicas < needed)
    return { level: 'fail', found: `${found}: nothing is served`, fix: 'connect the replicas, or set the option replicas' }
  if (needed === 0) return { level: 'warn', found: 'no replica: the store is away while the primary is', fix: 'connect a replica' }
  if (replicas > needed) return { level: 'warn', found, fix: 'set the option replicas to every replica that may be promoted' }
  return { level: 'ok', found, fix: null }
}

function failoverNote(journal: string | null, afterEpoch: RedisSettings['afterEpoch']): StoreNote {
  if (journal !== null) return { level: 'ok', found: `ends are kept in the journal ${journal}: a new primary is told of them`, fix: null }
  if (afterEpoch === 'end-all') {
    const found = 'no journal of ends: a restart or a new primary ends every session'
    return { level: 'warn', found, fix: 'give the store a journal' }
  }
  return {
    level: 'fail',
    found: "afterEpoch 'unsafe-keep': an ended session may come back with a new primary",
    fix: 'give the store a journal',
  }
}
