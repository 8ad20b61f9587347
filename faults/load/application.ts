import { createSessionClient, isSessionError, type SessionClient, type SessionResult } from '@single-state/core'
import type { RequestHead } from '@single-state/core/adapter'
import { undiciTransport } from '@single-state/core/node'
import type { contract } from '../gateway/contract.ts'
import { contract as current } from '../gateway/contract.ts'
import type { ReadOperation, WriteOperation } from '../history/operation.ts'
import type { Site } from '../site/site.ts'
import { type HumReport, hum } from './hum.ts'
import type { Recorder } from './recorder.ts'
import type { Visitor } from './visitor.ts'

/** One process of the portal, with a client of its own; it writes down everything that it does. */
export interface Application {
  read(visitor: Visitor, traceId: string): Promise<void>
  /** Puts the stamp of this write on the session, on the condition that nobody was faster. */
  stamp(visitor: Visitor, traceId: string): Promise<void>
  publish(visitor: Visitor, traceId: string): Promise<void>
  /** Ends the session. */
  signOut(visitor: Visitor, traceId: string): Promise<void>
  /** Reads of sessions that nobody changes, at a steady pace and into no history, until the process ends. */
  hum(visitors: readonly Visitor[], readsPerSecond: number, onReport: (report: HumReport) => void): void
  /** Keeps no lease any more. */
  close(): void
}

type Opened = ReturnType<SessionClient<typeof contract, 'portal'>['open']>
type Result = SessionResult<NonNullable<Awaited<ReturnType<Opened['get']>>>>

/** Makes an application over the real client and its own connections; all its reads are of one freshness. */
export function createApplication(
  name: string,
  freshness: 'strict' | 'live',
  { origin, keys }: Pick<Site, 'origin' | 'keys'>,
  recorder: Recorder,
): Application {
  const client = createSessionClient(current, {
    application: 'portal',
    gateway: origin,
    key: keys.portal,
    transport: undiciTransport(),
    defaults: { freshness },
    log: () => undefined,
  })

  const asked = (visitor: Visitor) => {
    const startMs = recorder.nowMs()
    return () => ({ process: name, session: visitor.session, startMs, endMs: recorder.nowMs() })
  }

  async function keepCookie(visitor: Visitor, opened: Opened): Promise<void> {
    visitor.keep(opened.headersFor()?.setCookie ?? null)
  }

  async function write(
    visitor: Visitor,
    traceId: string,
    act: (opened: Opened, base: (version: number) => void) => Promise<number>,
  ): Promise<void> {
    const opened = client.open(visitor.request(traceId))
    const done = asked(visitor)
    let basedOn: number | null = null
    const base = (version: number) => {
      basedOn = version
    }
    const outcome = await act(opened, base).then(
      (version) => ({ status: 'ok' as const, version }),
      (error: unknown) => failureOf(error, done, freshness, recorder),
    )
    recorder.add({ ...done(), kind: 'write', id: traceId, basedOn, outcome })
    await keepCookie(visitor, opened)
  }

  return {
    async read(visitor, traceId) {
      const opened = client.open(visitor.request(traceId))
      const done = asked(visitor)
      const result = await opened.resolve()
      // Without a lease a live read is a strict one, and what the gateway answers is judged as such.
      const promise = result.status === 'active' && result.source === 'gateway' ? 'strict' : freshness
      recorder.add({ ...done(), kind: 'read', promise, found: foundIn(result, visitor.session) })
      await keepCookie(visitor, opened)
    },
    stamp: (visitor, traceId) =>
      write(visitor, traceId, async (opened, base) => {
        const written = await opened.update('stamp', ({ version }) => {
          base(version)
          return { 'context.stamp': traceId }
        })
        return written.version
      }),
    publish: (visitor, traceId) =>
      write(visitor, traceId, async (opened) => {
        await opened.publish('ping', traceId)
        const result = await opened.resolve()
        if (result.status !== 'active') throw new Error(`a session was ${result.status} after its own write`)
        return result.version
      }),
    async signOut(visitor, traceId) {
      const opened = client.open(visitor.request(traceId))
      const done = asked(visitor)
      const outcome = await opened.signOut('sign_out').then(
        () => ({ status: 'ok' as const }),
        (error: unknown) => failureOf(error, done, freshness, recorder),
      )
      recorder.add({ ...done(), kind: 'end', outcome })
    },
    hum(visitors, readsPerSecond, onReport) {
      const read = async (request: RequestHead) => {
        const opened = client.open(request)
        const result = await opened.resolve()
        const source = result.status === 'active' ? result.source : 'unknown'
        return { source, setCookie: opened.headersFor()?.setCookie ?? null }
      }
      hum({ process: name, recorder, read }, visitors, readsPerSecond, onReport)
    },
    close: client.close,
  }
}

/** What the creation of a session has left on it, until a write does. */
export function firstStamp(session: string): string {
  return `creation of ${session}`
}

function foundIn(result: Result, session: string): ReadOperation['found'] {
  if (result.status === 'active') {
    const { version, source } = result
    return { status: 'active', version, stamp: result.session.context.stamp ?? firstStamp(session), source }
  }
  if (result.status === 'ended') return { status: 'ended', why: result.reason }
  return result.status === 'anonymous' ? { status: 'anonymous' } : { status: 'unknown', why: result.code }
}

/** What a rejection says of the write; that a session is over is an answer of its own. */
function failureOf(
  error: unknown,
  done: () => Pick<WriteOperation, 'process' | 'session' | 'startMs' | 'endMs'>,
  promise: 'strict' | 'live',
  recorder: Recorder,
): { readonly status: 'refused' | 'unknown'; readonly why: string } {
  if (!isSessionError(error)) {
    recorder.surprise(String(error))
    return { status: 'unknown', why: String(error) }
  }
  if (error.name === 'SessionMissingError') {
    const status = error.code === 'session_ended' || error.code === 'token_reused' ? 'ended' : 'anonymous'
    recorder.add({ ...done(), kind: 'read', promise, found: { status } })
  } else if (error.name === 'SessionError' && error.code !== 'outcome_unknown') recorder.surprise(error.code)
  // What a session looked like before it ended nobody says any more, a write that had stood included.
  const isDefinite = error.name === 'SessionConflictError' || error.name === 'SessionUnavailableError'
  return { status: isDefinite ? 'refused' : 'unknown', why: `${error.code}: ${error.message}${error.cause ? ` (${error.cause})` : ''}` }
}
