import { project, type SessionParts, type WholeSession, type WireDocument } from '@single-state/core/protocol'
import type { Application } from '../policy/applications.ts'
import type { Position, SessionRecord } from '../stores/store.ts'
import { entityTag } from './entity-tag.ts'

/** A session and where the store stood when it was read or changed. */
interface Read {
  readonly record: SessionRecord
  readonly parts: SessionParts
  readonly position: Position
}

/** Sends JSON. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json', ...headers } })
}

/** The headers of every answer with a document, and of every 304: what a reader needs to keep the newer of two answers. */
export function storeHeaders({ seq, epoch }: Position): Readonly<Record<string, string>> {
  return { 'Store-Seq': String(seq), 'Store-Epoch': epoch }
}

/** A document as an application is granted to see it. */
export function documentFor(application: Application, { record, parts, position }: Read): WireDocument {
  const whole: WholeSession = {
    id: record.id,
    version: record.version,
    contract: record.contract,
    createdAt: instant(record.createdAtMs),
    expiresAt: instant(record.expiresAtMs),
    ...parts,
    signals: record.signals,
  }
  return project(whole, application.reads, position.nowMs)
}

/** The tag of the representation that an application sees. */
export function tagFor(application: Application, record: SessionRecord): string {
  return entityTag(record, application.projection)
}

/** Sends a document with its tag, and what else belongs to the answer. */
export function sendDocument(application: Application, read: Read, others: object = {}): Response {
  const headers = { ETag: tagFor(application, read.record), ...storeHeaders(read.position) }
  return json({ document: documentFor(application, read), ...others }, headers)
}

/** RFC 3339 in UTC, of milliseconds since 1970. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
