import { createSnapshotCache } from './cache/snapshot-cache.ts'
import { createBreaker } from './client/breaker.ts'
import { systemClock } from './client/clock.ts'
import { createContextIntake } from './client/context-intake.ts'
import { createExchange } from './client/exchange.ts'
import { freshnessOf } from './client/freshness.ts'
import { createGatewayCalls } from './client/gateway-calls.ts'
import { createHeartbeats, type LeaseKeeper, refuseLeases } from './client/heartbeat.ts'
import { createIntake } from './client/intake.ts'
import { createKnownGateway } from './client/known-gateway.ts'
import { consoleLog, createReport, guardedLog } from './client/log.ts'
import { createOperations, type Operations } from './client/operations.ts'
import { gatewayAddressOf, type SessionClientOptions } from './client/options.ts'
import { type ClientProcess, clientProcess } from './client/process.ts'
import { createReadFlights } from './client/read-flights.ts'
import { freezingPlatform } from './client/runtime.ts'
import { sessionContextSeconds } from './client/session-context.ts'
import { createSessionReader } from './client/session-reader.ts'
import type { ReadOptions, SessionResult } from './client/session-result.ts'
import { createSessionWriter } from './client/session-writer.ts'
import { createTokenCheck } from './client/token-check.ts'
import { fetchTransport, type Transport } from './client/transport.ts'
import type { AnyContract, ApplicationName } from './contract/define-contract.ts'
import { parseDuration } from './contract/duration.ts'
import type { PublishableSignal, SessionChanges, SessionView, SignalValue, WriteReason } from './contract/session-view.ts'
import { createViewReader } from './document/parse-view.ts'
import type { UpdateOptions } from './http/changes.ts'
import type { RequestHead } from './http/request-head.ts'
import { openRequest, type RequestParts, type RequestSession } from './http/request-session.ts'
import type { HeaderChanges } from './http/response-headers.ts'

/** The session of one request, typed by the contract. */
export interface ApplicationSession<C extends AnyContract, A extends ApplicationName<C>>
  extends Omit<RequestSession<SessionView<C, A>>, 'update' | 'publish'> {
  /**
   * Changes the session for a reason that the contract grants. A function decides from the session as it is now, and again
   * after each conflict (three times by default); changes given as they are, are tried once and the conflict is the caller's.
   *
   * @throws SessionConflictError when the session has changed since this request read it.
   * @throws SessionUnavailableError when nothing was written and nothing can be, for now.
   * @throws SessionError `outcome_unknown` when the answer was lost even after repeating the write with its key.
   */
  update<Reason extends WriteReason<C, A>>(
    reason: Reason,
    changes: SessionChanges<C, A, Reason> | ((session: SessionView<C, A>) => Decision<C, A, Reason> | Promise<Decision<C, A, Reason>>),
    options?: UpdateOptions,
  ): Promise<SessionView<C, A>>
  /** Publishes a signal to the other applications; the last writer wins. */
  publish<Name extends PublishableSignal<C, A>>(signal: Name, value: SignalValue<C, Name>): Promise<void>
}

/** Changes to make, or null to leave the session as it is. */
export type Decision<C extends AnyContract, A extends ApplicationName<C>, Reason extends WriteReason<C, A>> = SessionChanges<
  C,
  A,
  Reason
> | null

/** Reads and changes sessions for one application. One per process. */
export interface SessionClient<C extends AnyContract, A extends ApplicationName<C>> {
  /** The single door: a request in, what is known of its session and the headers for its answer out. */
  resolve(
    request: RequestHead,
    options?: ReadOptions,
  ): Promise<{ readonly result: SessionResult<SessionView<C, A>>; readonly headers: HeaderChanges }>
  /** Opens the session of one request: nothing is read before it is asked for. */
  open(request: RequestHead): ApplicationSession<C, A>
  /** For an application that operates `'all'`; the actor is the session of the request that asked. */
  readonly operations: Operations<ApplicationSession<C, A>>
  /** Ends the heartbeats for good; from then on every read asks the gateway. They do not keep a process alive. */
  close(): void
}

/**
 * Makes the client of one application. It connects at first use.
 *
 * ```ts
 * const client = createSessionClient(contract, { application: 'portal' })
 * const { result } = await client.resolve(request)
 * if (result.status === 'active') result.session.identity.subject
 * ```
 *
 * @param process For tests and simulations: what is otherwise taken from the process around the client.
 * @throws TypeError that names the option when address, key or application do not fit.
 */
export function createSessionClient<C extends AnyContract, const A extends ApplicationName<C>>(
  contract: C,
  options: SessionClientOptions<A>,
  process: Partial<ClientProcess> = {},
): SessionClient<C, A> {
  const { leases, ...parts } = assemble(contract, options, clientProcess(process))
  const open = (head: RequestHead) => openRequest(parts, head) as unknown as ApplicationSession<C, A>
  return {
    open,
    async resolve(request, readOptions) {
      const session = open(request)
      const result = await session.resolve(readOptions)
      return {
        result,
        headers: session.headersFor() ?? { set: {}, setCookie: null },
      }
    },
    operations: createOperations(parts.writer, (actor: ApplicationSession<C, A>) => actor.presented()),
    close: () => leases.close(),
  }
}

function assemble<C extends AnyContract, A extends ApplicationName<C>>(
  contract: C,
  options: SessionClientOptions<A>,
  process: ClientProcess,
): RequestParts<SessionView<C, A> & object> & { readonly leases: LeaseKeeper } {
  const { application, clock = systemClock, transport = fetchTransport } = options
  const { timers, verifier } = process
  const readView = createViewReader(contract, application)
  const { origin, key } = gatewayAddressOf(options)
  const { stale } = contract.applications[application]
  const staleMs = stale === undefined ? 0 : parseDuration(stale, 'stale')
  const platform = freezingPlatform(process.globals)
  const defaults = defaultsOf(options, platform, staleMs)

  const log = guardedLog(options.log ?? consoleLog)
  const report = createReport(log, clock)
  const callsOver = (carrier: Transport) =>
    createGatewayCalls({ transport: carrier, breaker: createBreaker(clock), key, revision: contract.revision })
  const carrier = transport(origin)
  const calls = callsOver(carrier)
  const known = createKnownGateway({ calls, verifier, clock, report, application, contractName: contract.name })
  const tokens = createTokenCheck(known, verifier, clock)
  const cache = createSnapshotCache<SessionView<C, A> & object>(options.cache)
  const intake = createIntake(cache, readView, report)
  const ask = createReadFlights({ calls, cache, intake, clock, timers })
  // A breaker of their own: while the store takes no writes exchanges get no answer, and reads go on.
  const exchange = createExchange({ calls: callsOver(carrier), intake, clock, timers })
  // A transport of their own: heartbeats must not queue behind reads.
  const leases =
    platform === null
      ? createHeartbeats({ ...process, calls: callsOver(transport(origin)), cache, known, tokens, clock, timers, report })
      : refuseLeases(platform, log)
  if (platform !== null && defaults.freshness === 'live') leases.want()
  return {
    known,
    tokens,
    reader: createSessionReader({ cache, ask, leases, clock, staleMs }),
    exchange,
    contexts: options.forwardAuth ? createContextIntake({ application, intake, clock }) : null,
    writer: createSessionWriter({ calls, intake, ask, exchange, clock }),
    clock,
    timers,
    defaults,
    leases,
  }
}

/** Live, unless something else is named, a proxy passes on what it was told, or the process is frozen between requests. */
function defaultsOf({ defaults = {}, forwardAuth = false }: SessionClientOptions, platform: string | null, staleMs: number): ReadOptions {
  freshnessOf(defaults)
  if (forwardAuth && staleMs === 0) {
    throw new TypeError("forwardAuth: expected a contract that lets this application be stale, such as stale: '5s'; found none")
  }
  if (forwardAuth) return { freshness: { maxAge: `${sessionContextSeconds}s` }, ...defaults }
  return platform === null ? { freshness: 'live', ...defaults } : defaults
}
