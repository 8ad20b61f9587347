import { type AnyContract, type SessionCookie, verifyToken } from '@single-state/core/protocol'
import { type DrainPorts, startDraining } from './audit/drain.ts'
import { openSink } from './audit/open-sink.ts'
import type { AuditSink } from './audit/sink.ts'
import type { GatewayConfig } from './config.ts'
import { type CheckedConfig, checkConfig, type Environment } from './configure.ts'
import { describeGateway } from './describe.ts'
import { sealedStore } from './encryption/sealed-store.ts'
import { createSealing, noSealing } from './encryption/sealing.ts'
import { endByProvider } from './end-by-provider.ts'
import { guardStore } from './guarded-store.ts'
import { createChangePoll } from './leases/poll.ts'
import { createSettling, noSettling } from './leases/settle.ts'
import type { SessionStart } from './oidc/login-ports.ts'
import { loginRoutes } from './oidc/login-routes.ts'
import type { Authentication, LogoutNotice } from './oidc/provider.ts'
import { createFailedKeys } from './policy/failed-keys.ts'
import { createParsedDocuments } from './policy/parsed-documents.ts'
import type { GatewayPorts } from './ports.ts'
import { createApi } from './routes/api.ts'
import { deriveSecrets } from './secrets.ts'
import { createSessions, type LoginContext, type Sessions } from './sessions.ts'
import { openStore } from './stores/open-store.ts'
import type { SessionStore } from './stores/store.ts'
import { startSweeping } from './sweep.ts'
import { createLog } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { traceIdOf } from './telemetry/trace.ts'
import { afterForWaiters, processTimers, type Timers } from './timers.ts'
import { issueToken } from './tokens/issue.ts'
import { openKeyring, startWatchingKeys } from './tokens/keys.ts'
import { rememberVerified } from './tokens/verified-tokens.ts'

/** What a gateway takes from the process around it; each has the default that a server wants. */
export interface GatewayOptions {
  /** Wall clock, milliseconds since 1970; also that of a store opened from a text. Default `Date.now`. */
  readonly clock?: () => number
  /** Milliseconds that only ever go forward: the wait of a write is measured on it. Default `performance.now`. */
  readonly monotonic?: () => number
  /** Default `process.env`; `NODE_ENV` and `SINGLE_STATE_SECRET` are read. */
  readonly env?: Environment
  /** Where log lines go. Default standard output. */
  readonly logTo?: { write(line: string): void }
  /** Default the process's own, which do not keep it alive. */
  readonly timers?: Timers
  /** Verifies and signs session tokens. Default WebCrypto, whose answers come when its threads are done. */
  readonly tokens?: { readonly verifyToken: typeof verifyToken; readonly issueToken: typeof issueToken }
}

/** A running gateway. It has no port: give `fetch` to any server, or to `serveGateway`. */
export interface Gateway {
  readonly origin: string
  readonly contract: AnyContract
  readonly cookie: SessionCookie
  /** Answers a request. The address of who sent it, where it is known, tells those apart who show wrong keys. */
  readonly fetch: (request: Request, sender?: { readonly address: string | null }) => Promise<Response>
  /**
   * Creates a session for somebody whom this process has authenticated itself, as the login does: for tests, and for
   * programs that sign people in by other means. Rejects with the store's `SessionError`.
   */
  readonly startSession: (authentication: Authentication, login?: Partial<LoginContext>) => Promise<SessionStart>
  /** What it is configured to do, in lines for people. No secrets. */
  readonly describe: () => string[]
  /**
   * Stops the sweep, passes on what the sink does not have (for 3 s at most), closes the sink, and closes the store, unless it
   * was given one that was open already. Once is enough, twice does no harm.
   */
  readonly close: () => Promise<void>
}

/**
 * Makes a gateway of a configuration.
 *
 * ```ts
 * const gateway = await createGateway({ contract, origin: 'http://localhost:4400', store: 'memory', idp, applications })
 * const response = await gateway.fetch(new Request('http://localhost:4400/healthz'))
 * ```
 *
 * @throws TypeError that names the option and the fix; `SessionError` `store_unavailable` when the store does not answer.
 */
export async function createGateway<C extends AnyContract>(config: GatewayConfig<C>, options: GatewayOptions = {}): Promise<Gateway> {
  const given = config as unknown as GatewayConfig
  const checked = checkConfig(given, options.env ?? process.env)
  const { sink: namedSink } = given.audit ?? {}
  const sink = namedSink === undefined ? null : openSink(namedSink, options.logTo ?? process.stdout)
  const store = await openStore(config.store, options.clock ? { clock: options.clock } : {})
  const closeStore = async () => (typeof config.store === 'string' ? store.close() : undefined)
  try {
    const ports = await openPorts(given, checked, store, options)
    return assemble(checked, ports, { closeStore, sink, timers: options.timers ?? processTimers })
  } catch (error) {
    await closeStore()
    throw error
  }
}

async function openPorts(
  config: GatewayConfig,
  checked: CheckedConfig,
  opened: SessionStore,
  { clock = Date.now, monotonic = () => performance.now(), logTo, timers, tokens = { verifyToken, issueToken } }: GatewayOptions,
): Promise<GatewayPorts> {
  const { contract, origin, production, applications, cookie } = checked
  const { after } = timers ?? processTimers
  const waiting = { monotonicMs: monotonic, after: timers?.after ?? afterForWaiters }
  const secrets = deriveSecrets(checked.secret)
  const log = createLog(checked.logLevel, logTo)
  const metrics = createMetrics()
  const { encryption } = checked
  const sealing = encryption === null ? noSealing : await createSealing(encryption.keys, encryption.allowPlain)
  const store = guardStore(sealedStore(opened, sealing), { metrics, log, after })
  const { signingAlgorithm: alg } = checked
  const poll = checked.live ? createChangePoll({ store, ...waiting }) : null
  const keys = await openKeyring(store, { encryptionKey: secrets.keyEncryption, now: clock, alg, idleMs: contract.lifetime.idleMs })
  return {
    contract,
    origin,
    production,
    applications,
    failedKeys: createFailedKeys(clock),
    cookie,
    idp: config.idp,
    derive: config.derive ?? null,
    claimsOf: config.claimsOf ?? null,
    sessionsPerSubject: config.sessionsPerSubject ?? null,
    keepAuditMs: checked.keepAuditMs,
    secrets,
    store,
    keys,
    documents: createParsedDocuments(contract, sealing),
    log,
    metrics,
    now: clock,
    poll,
    settling: poll === null ? noSettling : createSettling({ ...waiting, poll }),
    after,
    issueToken: tokens.issueToken,
    verifyToken: rememberVerified(tokens.verifyToken),
  }
}

interface Surroundings {
  readonly closeStore: () => Promise<void>
  readonly sink: AuditSink | null
  readonly timers: Timers
}

function assemble(checked: CheckedConfig, ports: GatewayPorts, { closeStore, sink, timers }: Surroundings): Gateway {
  const { contract, origin, cookie, store, idp } = ports
  const { tokenMs, absoluteMs } = contract.lifetime
  const sessions = createSessions(ports)
  const app = createApi(ports, loginRoutes(loginPorts(checked, ports, sessions)))
  let closed: Promise<void> | undefined
  const stopSweeping = startSweeping(store, { tokenMs, absoluteMs, auditMs: checked.keepAuditMs }, timers, ports.log)
  const stopDraining = sink === null ? async () => {} : startDraining(store, sink, drainPorts(ports, timers))
  const stopWatching = startWatchingKeys(ports.keys, timers.every, (error) =>
    ports.log.debug({ err: error }, 'the keys were not looked up'),
  )
  return {
    origin,
    contract,
    cookie,
    fetch: async (request, { address } = { address: null }) => app.fetch(request, { address }),
    startSession: async (authentication, login = {}) => {
      const endingsAtStart = login.endingsAtStart ?? (await store.health()).endings
      return sessions.start(authentication, { presentedToken: null, traceId: null, ...login, endingsAtStart })
    },
    describe: () => describeGateway(checked, idp, store),
    close: () => {
      stopSweeping()
      stopWatching()
      closed ??= stopDraining().then(closeStore)
      return closed
    },
  }
}

/** Whoever closes a gateway waits for its sink: the process must not end before. */
function drainPorts({ log, metrics }: GatewayPorts, timers: Timers): DrainPorts {
  const afterForStop = timers === processTimers ? afterForWaiters : timers.after
  return { ...timers, afterForStop, log, behind: metrics.auditSinkBehind }
}

function loginPorts({ allowedOrigins }: CheckedConfig, ports: GatewayPorts, sessions: Sessions) {
  const { contract, origin, idp, cookie, production, log, now, store, secrets } = ports
  return {
    contract,
    origin,
    idp,
    cookie,
    allowedOrigins,
    transactionKey: secrets.transaction,
    production,
    log,
    now,
    traceIdOf,
    startSession: sessions.start,
    endPresented: sessions.endPresented,
    endByProvider: (notice: LogoutNotice, traceId: string | null) => endByProvider(ports, notice, traceId),
    endings: async () => (await store.health()).endings,
  }
}
