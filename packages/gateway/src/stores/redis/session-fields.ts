import type { AuditRecord } from '../../audit/record.ts'
import type { SessionRecord } from '../store.ts'

/** Fields and values by turns, as Redis answers a hash. */
export type Fields = readonly string[]

/** A session of what its hash holds; a field that is not there is null. */
export function recordOf(fields: Fields): SessionRecord {
  const found = fieldsOf(fields)
  const text = (name: string) => found.get(name) ?? ''
  const number = (name: string) => Number(found.get(name))
  const numberOrNull = (name: string) => (found.has(name) ? number(name) : null)
  return {
    id: text('id'),
    idHash: text('idHash'),
    issuer: text('issuer'),
    subject: text('subject'),
    reign: number('reign'),
    version: number('version'),
    draw: text('draw'),
    contract: number('contract'),
    body: text('body'),
    signals: signalsOf(text('signals')),
    idpSession: found.get('idpSession') ?? null,
    createdAtMs: number('createdAtMs'),
    expiresAtMs: number('expiresAtMs'),
    idleAtMs: number('idleAtMs'),
    lastExchangeAtMs: number('lastExchangeAtMs'),
    ended: (found.get('ended') as SessionRecord['ended'] | undefined) ?? null,
    endedAtMs: numberOrNull('endedAtMs'),
    generation: number('generation'),
    confirmedAtMs: numberOrNull('confirmedAtMs'),
    writes: writesOf(text('writes')),
  }
}

/** The count of the last change of a session: what a poll has to cover before it is served. */
export function changedAt(fields: Fields): number {
  return Number(fieldsOf(fields).get('seq'))
}

/** An audit record of an entry of the stream. */
export function auditRecordOf([id, fields]: readonly [id: string, fields: Fields]): AuditRecord {
  const found = fieldsOf(fields)
  const entry = JSON.parse(found.get('entry') ?? '{}')
  return {
    ...entry,
    seq: Number.parseInt(id, 10),
    at: new Date(Number(found.get('at'))).toISOString(),
    session: found.get('session') ?? entry.session,
    subject: found.get('subject') ?? entry.subject,
    fromVersion: found.has('from') ? Number(found.get('from')) : null,
    toVersion: found.has('to') ? Number(found.get('to')) : null,
  }
}

function fieldsOf(fields: Fields): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let index = 0; index < fields.length; index += 2) found.set(fields[index] ?? '', fields[index + 1] ?? '')
  return found
}

/** The value of a signal stays the text that it came as: Lua would take an empty list for an empty object. */
function signalsOf(text: string): SessionRecord['signals'] {
  const list: readonly [name: string, expiresAtMs: number, value: string][] = JSON.parse(text)
  return Object.fromEntries(list.map(([name, expiresAtMs, value]) => [name, { value: JSON.parse(value), expiresAtMs }]))
}

function writesOf(text: string): SessionRecord['writes'] {
  const list: readonly [key: string, requestHash: string, version: number][] = JSON.parse(text)
  return list.map(([key, requestHash, version]) => ({ key, requestHash, version }))
}
