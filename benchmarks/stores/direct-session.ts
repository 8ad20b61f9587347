import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isSessionError } from '@single-state/core'
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

/** Creations under way at once while a store is filled: more would only wait in the store's queue. */
const lanes = 16

/** A store gives a call up after a second. On a busy machine, or while its log is synced, one of 100,000 takes longer. */
const attempts = 10

/** Fills a store that has the people up to `have` with those up to `count`, many at once, and says how far it is. */
export async function fillDirectly(store: SessionStore, have: number, count: number, subject?: string): Promise<void> {
  let next = have
  const lane = async () => {
    while (next < count) {
      const index = next++
      if (index > have && index % 100_000 === 0) process.stderr.write(`  ${index} of ${count}\n`)
      await createPatiently(store, index, subject)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** A creation that nobody knows the outcome of may have happened: one session more is no harm to a fill. */
async function createPatiently(store: SessionStore, index: number, subject?: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await createDirectly(store, index, subject)
      return
    } catch (error) {
      if (!isSessionError(error) || attempt === attempts) throw error
      await pause(500)
    }
  }
}

/** One conditional commit in the store itself, as the gateway makes one for an `update`; answers the next record. */
export async function commitDirectly(store: SessionStore, record: SessionRecord, index: number): Promise<SessionRecord> {
  const { id, version, draw, body } = record
  const write = { key: randomBytes(16).toString('base64url'), requestHash: randomBytes(32).toString('base64url') }
  const base = { expected: { version, draw }, basedOn: body }
  const change = { id, ...base, draw: newDraw(), contract: 1, shown: 1, body: bodyOf(index), signal: null, write }
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
