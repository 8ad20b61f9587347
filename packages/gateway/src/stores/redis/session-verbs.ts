import type { SessionStore } from '../store.ts'
import type { JournalEntry } from './ends-journal.ts'
import { newEpoch } from './epoch.ts'
import { commitOutcome, createOutcome, endOutcome, exchangeOutcome, positionOf } from './outcomes.ts'
import { commitScript } from './scripts/commit.ts'
import { createScript } from './scripts/create.ts'
import { endAllScript, endScript, endSubjectScript } from './scripts/ends.ts'
import { exchangeScript } from './scripts/tokens.ts'
import type { Calls } from './session-calls.ts'
import { commitArguments, createArguments, nullable, subjectKey } from './verb-arguments.ts'

/** The verbs that change sessions. */
export function sessionVerbs(calls: Calls): Pick<SessionStore, 'create' | 'commit' | 'end' | 'endSubject' | 'endAll' | 'exchange'> {
  return {
    async create(session, entry) {
      return createOutcome(await calls.write(createScript, createArguments(session, entry), ([, , , , , ended]) => endOf(ended)))
    },
    async commit(change, entry) {
      return commitOutcome(await calls.write(commitScript, commitArguments(change, entry)))
    },
    async end(id, reason, entry) {
      const ended = ([, , , kind]: readonly unknown[]) => (kind === 'ended' ? { ...endOfOne(id), reason } : null)
      return endOutcome(await calls.write(endScript, [id, reason, JSON.stringify(entry)], ended))
    },
    async endSubject(person, except, entry) {
      const args = [
        subjectKey(person),
        `${person.issuer} ${person.subject}`,
        nullable(except),
        JSON.stringify({ ...entry, session: null, subject: null }),
      ]
      const reply = await calls.write(endSubjectScript, args, ([, , , , ids, endings]) => ({
        ...{ kind: 'sessions', ids: ids as string[], reason: 'revoked' },
        ...{ subjectKey: subjectKey(person), endings: endings as number },
      }))
      return { ...positionOf(reply), ended: reply[4] as string[] }
    },
    async endAll(entry) {
      const args = [newEpoch(), JSON.stringify({ ...entry, session: null, subject: null })]
      const ended = ([, , , , endings]: readonly unknown[]): JournalEntry => ({
        ...endOfOne(null),
        kind: 'all',
        endings: endings as number,
      })
      return positionOf(await calls.write(endAllScript, args, ended))
    },
    async exchange(id, shown, idleMs, reuse) {
      const ended = ([, , , kind]: readonly unknown[]): JournalEntry | null =>
        kind === 'reused' ? { ...endOfOne(id), reason: 'reused' } : null
      return exchangeOutcome(await calls.write(exchangeScript, [id, shown, idleMs, JSON.stringify(reuse)], ended))
    },
  }
}

function endOf(ids: unknown): JournalEntry | null {
  return Array.isArray(ids) && ids.length > 0 ? { ...endOfOne(null), ids } : null
}

function endOfOne(id: string | null): JournalEntry {
  return { kind: 'sessions', ids: id === null ? [] : [id], reason: 'revoked', subjectKey: null, endings: 0 }
}
