import { randomBytes } from 'node:crypto'
import type { AnyContract, EndReason, Identity } from '@single-state/core'
import { checkParts, endReasonOf, parseStored, serializeStored } from '@single-state/core/protocol'
import type { AuditEntry, SessionRecord, SessionStore } from '@single-state/gateway'
import type { z } from 'zod'

/** What somebody else changes, by key. Nothing at all is a change too: the version rises. */
export interface OtherChange<C extends AnyContract = AnyContract> {
  readonly entitlements?: Partial<z.input<C['entitlements']>>
  readonly context?: Partial<z.input<C['context']>>
}

/** A session as the store holds it, whole. */
export interface StoredSession<C extends AnyContract = AnyContract> {
  readonly version: number
  /** Null while it is alive. */
  readonly ended: EndReason | null
  readonly identity: Identity
  readonly entitlements: z.output<C['entitlements']>
  readonly context: z.output<C['context']>
}

/** Somebody who works on sessions beside the application under test: real commits and ends, each with its audit record. */
export interface OtherWriter<C extends AnyContract> {
  /** @throws Error when there is no living session of that id. */
  readonly change: (id: string, change: OtherChange<C>) => Promise<void>
  readonly revoke: (id: string) => Promise<void>
  /** @throws Error when the store does not know the id. */
  readonly inspect: (id: string) => Promise<StoredSession<C>>
}

/** Makes the other writer of a store. */
export function createOtherWriter<C extends AnyContract>(contract: C, store: SessionStore): OtherWriter<C> {
  async function load(id: string) {
    const { records, nowMs } = await store.read([id])
    const record = records[0]
    if (!record) throw new Error('the test gateway has no session of this id')
    return { record, ended: endReasonOf(record, nowMs), parts: partsOf(contract, record) }
  }

  return {
    async change(id, { entitlements, context }) {
      const { record, parts } = await load(id)
      const next = { ...parts, entitlements: { ...parts.entitlements, ...entitlements }, context: { ...parts.context, ...context } }
      const checked = checkParts(contract, next)
      if (!checked.ok) throw new TypeError(`change: expected a change that fits the contract, found ${checked.why}`)
      const body = serializeStored(id, checked.parts)
      const draw = randomBytes(6).toString('base64url')
      const outcome = await store.commit(
        { id, expected: record, draw, contract: contract.revision, shown: null, body, signal: null, write: null },
        entryOf('update', [...keysOf('entitlements', entitlements), ...keysOf('context', context)]),
      )
      if (outcome.kind !== 'committed') throw new Error(`change: expected a living session, found ${outcome.kind}`)
    },
    async revoke(id) {
      const { kind } = await store.end(id, 'revoked', entryOf('end', []))
      if (kind === 'absent') throw new Error('the test gateway has no session of this id')
    },
    async inspect(id) {
      const { record, ended, parts } = await load(id)
      return { version: record.version, ended, ...parts } as StoredSession<C>
    },
  }
}

function partsOf(contract: AnyContract, { id, body }: SessionRecord) {
  const document = parseStored(contract, id, body)
  if (!document.ok) throw new Error(`the stored document is not valid: ${document.why}`)
  return document.parts
}

function keysOf(part: string, change: object = {}): string[] {
  return Object.keys(change).map((key) => `${part}.${key}`)
}

function entryOf(operation: 'update' | 'end', paths: readonly string[]): AuditEntry {
  const act = { application: 'test', actor: null, reason: 'test', traceId: null }
  return { ...act, operation, paths, outcome: 'committed', session: null, subject: null }
}
