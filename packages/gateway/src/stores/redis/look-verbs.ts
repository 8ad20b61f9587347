import type { SessionRecord, SessionStore } from '../store.ts'
import { positionOf, recordsIn } from './outcomes.ts'
import { createDigests, type Read } from './read-digests.ts'
import { hearArguments, readersIn } from './reader-notes.ts'
import { auditQueryScript, changesScript, hearScript, listScript, readScript } from './scripts/looks.ts'
import { confirmScript } from './scripts/tokens.ts'
import type { Calls } from './session-calls.ts'
import { auditRecordOf, type Fields } from './session-fields.ts'
import { idpKey, nullable, subjectKey } from './verb-arguments.ts'

/** The verbs that read. */
export function lookVerbs(
  calls: Calls,
): Pick<SessionStore, 'read' | 'confirm' | 'listBySubject' | 'findByIdpSession' | 'changesSince' | 'auditQuery'> {
  const list = async (index: string) => {
    // Who ends all that are in a list has to know of every one: a primary that was replaced may lack the newest.
    const reply = await calls.look(listScript, [index])
    return { ...positionOf(reply), records: recordsIn(reply) as readonly SessionRecord[] }
  }
  const digests = createDigests()
  const read: SessionStore['read'] = async (ids, met = []) => {
    const asked = ids.flatMap((id, at) => [id, digests.of(met[at])])
    const reply = await calls.read(readScript, asked)
    const records = (reply[4] as readonly Read[]).map((found, at) => (found === 1 ? (met[at] as SessionRecord) : digests.recordOf(found)))
    return { ...positionOf(reply), records }
  }
  const readOne = async (id: string) => {
    const { records, ...position } = await read([id])
    return { ...position, record: records[0] ?? null }
  }

  return {
    read,
    async confirm(id, shown) {
      try {
        const reply = await calls.touch(confirmScript, [id, shown])
        return { ...positionOf(reply), record: recordsIn(reply)[0] ?? null }
      } catch {
        // A read must not fail because its token cannot be marked as seen (rule 11); where nothing can be read this says so.
        return readOne(id)
      }
    },
    listBySubject: (person) => list(`subject:${subjectKey(person)}`),
    findByIdpSession: (issuer, idpSession) => list(`idp:${idpKey(issuer, idpSession)}`),
    async changesSince(since, ofEpoch, heard) {
      const asked = [since, ofEpoch]
      const reply = await (heard ? calls.hear(hearScript, [...asked, ...hearArguments(heard)]) : calls.look(changesScript, asked))
      const [, , , kind, ids, noted] = reply
      // Only a failover loses readers, and that begins another epoch.
      const known = { registry: '', readers: readersIn(noted as string[]) }
      if (kind === 'reset') return { ...positionOf(reply), kind, ...known }
      return { ...positionOf(reply), kind: 'changes', ids: ids as string[], ...known }
    },
    async auditQuery({ afterSeq, idHash, limit }) {
      const [, , , , records] = await calls.read(auditQueryScript, [afterSeq, nullable(idHash), limit])
      return (records as (readonly [string, Fields])[]).map(auditRecordOf)
    },
  }
}
