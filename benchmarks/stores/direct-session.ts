import { randomBytes } from 'node:crypto'
import type { AuditEntry, SessionRecord, SessionStore } from '@single-state/gateway'
import { sampleSession, subjectOf } from '../reads/sample-session.ts'

const hourMs = 3_600_000

/** What the audit is told of everything that happens without a gateway. */
function entryOf(operation: AuditEntry['operation']): AuditEntry {
  const reason = operation === 'create' ? 'login' : 'tenant.switch'
  const paths = operation === 'update' ? ['context.tenant'] : []
  return {
    ...{ application: 'portal', actor: null, operation, paths, reason },
    ...{ traceId: null, outcome: 'committed', session: null, subject: null },
  }
}

/** Creates the session of person number `index` in the store itself; `subject` for one of a person with many. */
export async function createDirectly(store: SessionStore, index: number, subject = subjectOf(index)): Promise<SessionRecord> {
  const id = randomBytes(32).toString('base64url')
  const outcome = await store.create(
    {
      ...{ id, idHash: id.slice(0, 16), issuer: 'https://idp.example.com', subject, draw: newDraw(), contract: 1 },
      body: bodyOf(index),
      ...{ idpSession: null, idleMs: hourMs, absoluteMs: 12 * hourMs, endingsAtStart: 0, limit: null, replaces: null },
    },
    entryOf('create'),
  )
  if (outcome.kind !== 'created') throw new Error(`the store answered ${outcome.kind}`)
  return outcome.record
}

/** Creations under way at once while a store is filled. */
const lanes = 64

/** Fills a store that has the people up to `have` with those up to `count`, many at once, and says how far it is. */
export async function fillDirectly(store: SessionStore, have: number, count: number, subject?: string): Promise<void> {
  let next = have
  const lane = async () => {
    while (next < count) {
      const index = next++
      if (index > have && index % 100_000 === 0) process.stderr.write(`  ${index} of ${count}\n`)
      await createDirectly(store, index, subject)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** One conditional commit in the store itself, as the gateway makes one for an `update`; answers the next record. */
export async function commitDirectly(store: SessionStore, record: SessionRecord, index: number): Promise<SessionRecord> {
  const { id, version, draw } = record
  const write = { key: randomBytes(16).toString('base64url'), requestHash: randomBytes(32).toString('base64url') }
  const change = { id, expected: { version, draw }, draw: newDraw(), contract: 1, shown: 1, body: bodyOf(index), signal: null, write }
  const outcome = await store.commit(change, entryOf('update'))
  if (outcome.kind !== 'committed') throw new Error(`the store answered ${outcome.kind}`)
  return outcome.record
}

function bodyOf(index: number): string {
  return JSON.stringify(sampleSession(index))
}

function newDraw(): string {
  return randomBytes(6).toString('base64url')
}
