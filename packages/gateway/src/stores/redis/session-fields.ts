import type { AuditRecord } from '../../audit/record.ts'
import type { SessionRecord } from '../store.ts'

/** The hash of a session as a script packs it: a JSON object whose values are texts. */
export type Packed = string

/** Fields and values by turns, as Redis answers an entry of a stream. */
export type Fields = readonly string[]

/** A session of what its hash holds; a field that is not there is null. */
export function recordOf(packed: Packed): SessionRecord {
  const found: Unpacked = JSON.parse(packed)
  return {
    id: found.id ?? '',
    idHash: found.idHash ?? '',
    issuer: found.issuer ?? '',
    subject: found.subject ?? '',
    reign: Number(found.reign),
    version: Number(found.version),
    draw: found.draw ?? '',
    contract: Number(found.contract),
    body: found.body ?? '',
    signals: signalsOf(found.signals ?? ''),
    idpSession: found.idpSession ?? null,
    createdAtMs: Number(found.createdAtMs),
    expiresAtMs: Number(found.expiresAtMs),
    idleAtMs: Number(found.idleAtMs),
    lastExchangeAtMs: Number(found.lastExchangeAtMs),
    ended: found.ended ?? null,
    endedAtMs: numberOrNull(found.endedAtMs),
    generation: Number(found.generation),
    confirmedAtMs: numberOrNull(found.confirmedAtMs),
    writes: writesOf(found.writes ?? ''),
  }
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

type Unpacked = { readonly [Name in keyof SessionRecord]?: Name extends 'ended' ? NonNullable<SessionRecord['ended']> : string }

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}

function fieldsOf(fields: Fields): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let index = 0; index < fields.length; index += 2) found.set(fields[index] ?? '', fields[index + 1] ?? '')
  return found
}

/** The value of a signal stays the text that it came as: Lua would take an empty list for an empty object. */
function signalsOf(text: string): SessionRecord['signals'] {
  if (text === '[]') return {}
  const list: readonly [name: string, expiresAtMs: number, value: string][] = JSON.parse(text)
  return Object.fromEntries(list.map(([name, expiresAtMs, value]) => [name, { value: JSON.parse(value), expiresAtMs }]))
}

function writesOf(text: string): SessionRecord['writes'] {
  if (text === '[]') return []
  const list: readonly [key: string, requestHash: string, version: number][] = JSON.parse(text)
  return list.map(([key, requestHash, version]) => ({ key, requestHash, version }))
}
