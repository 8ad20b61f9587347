import type { Installed, Snapshot, SnapshotCache } from '../cache/snapshot-cache.ts'
import type { StorePosition } from '../consistency/lease.ts'
import type { ViewReader } from '../document/parse-view.ts'
import type { WireDocument } from '../document/session-document.ts'
import type { Report } from './log.ts'
import { foundIn, type ReadFailure, type ReadOutcome, type Unavailable, unavailable } from './outcome.ts'
import type { TokenClaims } from './verify-token.ts'

/** A document as an answer brought it. */
export interface ArrivedDocument {
  /** Not judged yet. */
  readonly document: unknown
  readonly etag: string | null
  /** Where the store stood when it was read; null where the answer did not say. */
  readonly read: StorePosition | null
  /** Its size on the wire. */
  readonly bytes: number
}

/** What is known of a session with an answer taken in. `'passed'`: newer was shown and is not held, so there is nothing to show (rule 6). */
export type Known<View> = ReadOutcome<View> | 'passed'

/** Takes what the gateway answers into the cache, whichever call it answered. */
export interface Intake<View> {
  /** Takes in a document that a request with this token brought, sent at `sentAtMs`; answers the newest that is known of the session. */
  document(shown: TokenClaims, arrived: ArrivedDocument, sentAtMs: number): Known<View>
  /** Takes in that the version with this tag was current still when such a request asked. */
  unchanged(shown: TokenClaims, etag: string, sentAtMs: number): Known<View>
  /** Takes in that a session could not be read, or is over. */
  failure<Failure extends ReadFailure>(id: string, failure: Failure): Failure
}

/** Makes the intake of one application's cache. */
export function createIntake<View>(cache: SnapshotCache<View>, readView: ViewReader<View>, report: Report): Intake<View> {
  function mistake(code: 'contract_mismatch' | 'internal_error', message: string): Unavailable {
    report(code, message)
    return unavailable(code)
  }

  return {
    document({ sid, gen }, { document, etag, read, bytes }, sentAtMs) {
      const reading = readView(document as WireDocument)
      if (!reading.ok)
        return mistake('contract_mismatch', `the session document does not fit the contract of this application: ${reading.why}`)
      // The reader of the view has checked the header.
      const { id, version } = document as WireDocument
      if (id !== sid || etag === null) return mistake('internal_error', 'the gateway answered with another session or without an ETag')
      const signals = endsOf(reading.signals, sentAtMs)
      const { view } = reading
      return known(cache.install({ id, version, etag, view, signals, confirmedAtMs: sentAtMs, generation: gen, bytes }, read))
    },
    unchanged: ({ sid, gen }, etag, sentAtMs) => known(cache.confirm(sid, etag, { confirmedAtMs: sentAtMs, generation: gen })),
    failure(id, failure) {
      if (failure.status === 'ended') cache.end(id, failure.reason)
      if (failure.status === 'unavailable') report(failure.code, `a session could not be had: ${failure.code}`, failure.silence?.cause)
      return failure
    },
  }
}

function known<View>(installed: Installed<View>): Known<View> {
  if (installed.kind === 'current') return foundIn(installed.snapshot, 'gateway')
  return installed.kind === 'ended' ? { status: 'ended', reason: installed.reason } : 'passed'
}

/** One for all: most sessions have none, and an object of its own is 56 bytes of each snapshot. */
const noSignals: Snapshot<unknown>['signals'] = Object.freeze({})

/** Rule 2: a signal carries the milliseconds it has left, counted from when the request was sent. */
function endsOf(
  signals: Readonly<Record<string, { readonly value: unknown; readonly remainingMs: number }>>,
  sentAtMs: number,
): Snapshot<unknown>['signals'] {
  const published = Object.entries(signals)
  if (published.length === 0) return noSignals
  const ends: Record<string, { readonly value: unknown; readonly expiresAtMs: number }> = {}
  for (const [name, { value, remainingMs }] of published) ends[name] = { value, expiresAtMs: sentAtMs + remainingMs }
  return ends
}
