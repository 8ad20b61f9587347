import { pickGranted } from '../consistency/grants.ts'
import { remainingMs, visibleSignals } from '../consistency/signals.ts'
import type { SessionHeader, SessionParts, WireDocument, WireSignal } from './session-document.ts'

/** A published signal as a store keeps it. */
export interface StoredSignal {
  readonly value: unknown
  /** By the store's clock. */
  readonly expiresAtMs: number
}

/** A whole session, as the gateway holds it after reading the store. */
export interface WholeSession extends SessionHeader, SessionParts {
  readonly signals: Readonly<Record<string, StoredSignal>>
}

/** What an application receives of a session: the header and what its `reads` name, nothing else (rule 12). */
export function project(session: WholeSession, reads: readonly string[], nowMs: number): WireDocument {
  const identity = pickGranted(reads, 'identity', session.identity as unknown as Record<string, unknown>)
  const entitlements = pickGranted(reads, 'entitlements', session.entitlements)
  const context = pickGranted(reads, 'context', session.context)
  const signals = pickGranted(reads, 'signals', visibleSignals(session.signals, nowMs))
  return {
    id: session.id,
    version: session.version,
    contract: session.contract,
    createdAt: session.createdAt,
    expiresAt: session.expiresAt,
    ...(identity && { identity }),
    ...(entitlements && { entitlements }),
    ...(context && { context }),
    ...(signals && { signals: onTheWire(signals, nowMs) }),
  }
}

function onTheWire(signals: Readonly<Record<string, StoredSignal>>, nowMs: number): Record<string, WireSignal> {
  return Object.fromEntries(
    Object.entries(signals).map(([name, { value, expiresAtMs }]) => [name, { value, remainingMs: remainingMs(expiresAtMs, nowMs) }]),
  )
}
