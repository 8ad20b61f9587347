import type { SessionStore } from '../store.ts'
import type { Links } from './links.ts'
import { positionOf } from './outcomes.ts'
import { failureOf } from './redis-failure.ts'
import type { RedisSettings } from './redis-options.ts'
import { appendAuditScript, pollScript, saveKeysScript, sweepScript } from './scripts/housekeeping.ts'
import { healthScript, keysScript } from './scripts/looks.ts'
import { notesOf } from './server-notes.ts'
import type { Calls } from './session-calls.ts'
import { nullable } from './verb-arguments.ts'

/** The verbs that concern no session. */
export function housekeepingVerbs(
  calls: Calls,
  links: Links,
  settings: RedisSettings,
): Pick<SessionStore, 'appendAudit' | 'sweep' | 'signingKeys' | 'saveSigningKeys' | 'health' | 'diagnose' | 'close'> {
  return {
    async appendAudit(entry) {
      await calls.write(appendAuditScript, [JSON.stringify(entry), nullable(entry.session)])
    },
    async sweep({ endedBeforeMs, auditBeforeMs, limit }) {
      const [, , , , sessions, audit] = await calls.write(sweepScript, [endedBeforeMs, auditBeforeMs, limit])
      return { sessions: sessions as number, audit: audit as number }
    },
    async signingKeys() {
      const [, , , , revision, keys] = await calls.read(keysScript, [])
      return { revision: revision as number, keys: JSON.parse(keys as string) }
    },
    async saveSigningKeys(revision, keys) {
      const [, , , kind] = await calls.write(saveKeysScript, [revision, JSON.stringify(keys)])
      return kind === 'saved'
    },
    async health() {
      // Asks again after a refused write, so that a store that recovers is noticed without traffic.
      if (!calls.isWritable()) await calls.touch(pollScript, [0]).catch(() => {})
      const reply = await calls.read(healthScript, [])
      return { ...positionOf(reply), writable: calls.isWritable(), endings: reply[4] as number }
    },
    async diagnose() {
      const link = links.current()
      const facts = await link.facts().catch((error: unknown) => {
        throw failureOf(error, 'read')
      })
      return notesOf(facts, link.replicas(), settings)
    },
    async close() {
      links.close()
      await settings.journal?.close()
    },
  }
}
