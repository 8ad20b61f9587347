import { createSessionClient, isSessionError, type SessionClient, type SessionResult } from '@single-state/core'
import type { Operation, ReadOperation } from '../../faults/history/operation.ts'
import type { Random } from '../../faults/load/random.ts'
import { contract, origin, portalKey } from '../site/contract.ts'
import { verifier } from '../site/tokens.ts'
import { createTransport } from '../site/transport.ts'
import type { Process } from '../world/process.ts'
import type { Recorder } from './recorder.ts'
import type { Visitor } from './visitor.ts'

/** One process of the portal, with a client of its own; it writes down everything that it does. */
export interface Application {
  readonly process: Process
  read(visitor: Visitor, traceId: string, freshness: 'live' | 'strict'): Promise<void>
  /** Puts the stamp of this write on the session, on the condition that nobody was faster. */
  stamp(visitor: Visitor, traceId: string, settle: Settle): Promise<void>
  publish(visitor: Visitor, traceId: string): Promise<void>
  /** Ends the session. */
  signOut(visitor: Visitor, traceId: string): Promise<void>
  close(): void
}

/** `'commit'` does not wait until the write holds everywhere. */
type Settle = 'everywhere' | 'commit'

type Opened = ReturnType<SessionClient<typeof contract, 'portal'>['open']>
type Result = SessionResult<NonNullable<Awaited<ReturnType<Opened['get']>>>>

interface ApplicationOptions extends Omit<Parameters<typeof createTransport>[0], 'way'> {
  readonly random: Random
  readonly recorder: Recorder
  /** Most bytes of documents in its cache. */
  readonly bytes: number
  /** Whether a change that is refused is not applied all the same: the network may have made two of one. */
  readonly refusalsHold: boolean
  /** Told of every change as soon as it is acknowledged, and which reads must know of it from then on. */
  readonly onChange: (visitor: Visitor, freshness: 'live' | 'strict') => void
}

/** Starts the real client in a process of the world. */
export function createApplication({ recorder, bytes, refusalsHold, onChange, ...options }: ApplicationOptions): Application {
  const { process, random, scheduler } = options
  const { clock, timers, name } = process
  let connections = 0
  const client = createSessionClient(
    contract,
    {
      ...{ application: 'portal', gateway: origin, key: portalKey, clock, log: () => {}, cache: { bytes, entries: 100 } },
      // The first is for reads and writes, the second for heartbeats.
      transport: () => createTransport({ ...options, way: `${name} ${connections++ === 0 ? 'calls' : 'heartbeats'}` }),
    },
    { timers, random, verifier, globals: { process: { versions: { node: '24.0.0' } } } },
  )

  function asked(visitor: Visitor) {
    const startMs = scheduler.nowMs()
    return () => ({ process: name, session: visitor.name, startMs, endMs: scheduler.nowMs() })
  }

  function keepCookie(visitor: Visitor, opened: Opened): void {
    visitor.keep(opened.headersFor(() => null)?.setCookie ?? null)
  }

  async function write(
    visitor: Visitor,
    traceId: string,
    settle: Settle | 'signal',
    act: (opened: Opened, base: (version: number) => void) => Promise<Seen>,
  ) {
    const opened = client.open(visitor.request(traceId))
    const done = asked(visitor)
    let basedOn: number | null = null
    const isSent = () => settle === 'signal' || basedOn !== null
    const base = (version: number) => {
      basedOn = version
    }
    // A conditional change that was not decided on was not sent.
    const unknown = (): Operation => ({
      ...done(),
      kind: 'write',
      id: traceId,
      basedOn,
      outcome: { status: isSent() ? 'unknown' : 'refused' },
    })
    const noted = recorder.begin(unknown)
    try {
      const { version, stamp } = await act(opened, base)
      // What it is told may be newer than what it wrote, and then is a read: nobody has waited for that.
      recorder.add({
        ...done(),
        kind: 'read',
        promise: 'strict',
        found: { status: 'active', version, stamp: stamp ?? firstStamp(visitor) },
      })
      noted.end(settle === 'commit' ? unknown() : { ...done(), kind: 'write', id: traceId, basedOn, outcome: { status: 'ok', version } })
      onChange(visitor, settle === 'commit' ? 'strict' : 'live')
    } catch (error) {
      const isRefused = refusalsHold && statusOf(error) === 'refused'
      noted.end(isRefused ? { ...done(), kind: 'write', id: traceId, basedOn, outcome: { status: 'refused' } } : unknown())
      if (isOver(error)) recorder.add({ ...done(), kind: 'read', promise: 'strict', found: { status: 'ended' } })
    }
    keepCookie(visitor, opened)
  }

  return {
    process,
    async read(visitor, traceId, freshness) {
      const opened = client.open(visitor.request(traceId))
      const done = asked(visitor)
      const result = await opened.resolve({ freshness })
      recorder.add({ ...done(), kind: 'read', promise: freshness, found: foundIn(result, visitor) })
      keepCookie(visitor, opened)
    },
    stamp: (visitor, traceId, settle) =>
      write(visitor, traceId, settle, async (opened, base) => {
        const decide = ({ version }: { readonly version: number }) => {
          base(version)
          return { 'context.stamp': traceId }
        }
        const written = await opened.update('stamp', decide, settle === 'commit' ? { settle } : {})
        return { version: written.version, stamp: written.context.stamp }
      }),
    publish: (visitor, traceId) =>
      write(visitor, traceId, 'signal', async (opened) => {
        await opened.publish('ping', traceId)
        const result = await opened.resolve()
        if (result.status !== 'active') throw new Error(`a session was ${result.status} after its own write`)
        return { version: result.version, stamp: result.session.context.stamp }
      }),
    async signOut(visitor, traceId) {
      const opened = client.open(visitor.request(traceId))
      const done = asked(visitor)
      const noted = recorder.begin(() => ({ ...done(), kind: 'end', outcome: { status: 'unknown' } }))
      try {
        await opened.signOut('sign_out')
        noted.end({ ...done(), kind: 'end', outcome: { status: 'ok' } })
        onChange(visitor, 'live')
      } catch (error) {
        noted.end({ ...done(), kind: 'end', outcome: { status: refusalsHold ? statusOf(error) : 'unknown' } })
      }
    },
    close: () => client.close(),
  }
}

interface Seen {
  readonly version: number
  readonly stamp: string | null
}

/** What the creation of a session has left on it, until a write does. */
export function firstStamp(visitor: Pick<Visitor, 'name'>): string {
  return `creation of ${visitor.name}`
}

function foundIn(result: Result, visitor: Visitor): ReadOperation['found'] {
  if (result.status === 'active') {
    return { status: 'active', version: result.version, stamp: result.session.context.stamp ?? firstStamp(visitor) }
  }
  if (result.status === 'ended') return { status: 'ended', why: result.reason }
  return result.status === 'anonymous' ? { status: 'anonymous' } : { status: 'unknown', why: result.code }
}

/** Nothing was written where the write lost, or where nothing can be written for now. */
function statusOf(error: unknown): 'refused' | 'unknown' {
  if (!isSessionError(error)) throw error
  return error.name === 'SessionConflictError' || error.name === 'SessionUnavailableError' ? 'refused' : 'unknown'
}

function isOver(error: unknown): boolean {
  return isSessionError(error) && error.name === 'SessionMissingError' && (error.code === 'session_ended' || error.code === 'token_reused')
}
