import { randomBytes } from 'node:crypto'
import type { AnyContract, ApplicationName, SessionClientOptions } from '@single-state/core'
import { type AuditRecord, createGateway, type Derived, type GatewayConfig, memoryStore } from '@single-state/gateway'
import { createTestClock, type TestClock } from './clock.ts'
import { createConflicts } from './conflicts.ts'
import { type Carry, createFaults, type GatewayCall, type GatewayFaults } from './faults.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { createOtherWriter, type OtherChange, type StoredSession } from './other-writer.ts'
import { createPeople, type Person } from './people.ts'
import { type RequestOptions, signedHeaders, signedRequest } from './requests.ts'
import { type SignedIn, signIn } from './sign-in.ts'

/** How a test gateway is made. Everything has a default. */
export interface TestGatewayOptions<C extends AnyContract> {
  /** Default a new one. */
  readonly clock?: TestClock
  /** What everybody has who names nothing else: entitlements and context that the contract has no default for. */
  readonly person?: Person<C>
  /** Default `http://localhost:4400`; nothing listens there. */
  readonly origin?: string
  /** Where browsers reach the applications. Default `http://localhost:4410` and on, in the order of the contract. */
  readonly origins?: { readonly [A in ApplicationName<C>]?: string }
  /** Needed where origins are on several hosts. */
  readonly cookie?: { readonly domain?: string }
  readonly sessionsPerSubject?: NonNullable<GatewayConfig<C>['sessionsPerSubject']>
}

/** What applications report that nobody sees: their own mistakes and the gateway's state. */
export type ClientReport = Parameters<NonNullable<SessionClientOptions['log']>>[0]

/** The real gateway in this process, over a memory store and a clock that tests move, with faults by name. */
export interface TestGateway<C extends AnyContract = AnyContract> extends GatewayFaults {
  readonly contract: C
  readonly origin: string
  /** Origins of the applications, by name. */
  readonly origins: Readonly<Record<ApplicationName<C>, string>>
  /** Application keys, by name. */
  readonly keys: Readonly<Record<ApplicationName<C>, string>>
  readonly clock: TestClock
  /** What applications have asked of the gateway, in order. */
  readonly calls: readonly GatewayCall[]
  /** What the clients made with `optionsFor` have reported, instead of writing it to the console. */
  readonly reports: readonly ClientReport[]
  /** Options for `createSession` or `createSessionClient`: this gateway, in this process, on the test clock. */
  readonly optionsFor: <A extends ApplicationName<C>>(application: A) => SessionClientOptions<A>
  /** Signs a person in by the gateway's own login. `previous` is the session that the browser had. */
  readonly signIn: (person?: Person<C>, previous?: SignedIn) => Promise<SignedIn>
  /** A request to an application, of somebody who has just signed in or of `session`. */
  readonly request: (application: ApplicationName<C>, options?: RequestOptions<C>) => Promise<Request>
  /** The headers of such a request, for test tools that make their own. */
  readonly headers: (options?: RequestOptions<C>) => Promise<Record<string, string>>
  /** Somebody else changes the session, now. */
  readonly change: (session: Pick<SignedIn, 'id'>, change?: OtherChange<C>) => Promise<void>
  /** The next conditional write loses: somebody else is faster, and changes this. */
  readonly conflictNext: (change?: OtherChange<C>) => void
  /** Somebody else ends the session, now. */
  readonly revokeNow: (session: Pick<SignedIn, 'id'>) => Promise<void>
  /** The session as the store holds it. */
  readonly inspect: (session: Pick<SignedIn, 'id'>) => Promise<StoredSession<C>>
  /** The audit, oldest first. */
  readonly audit: () => Promise<readonly AuditRecord[]>
  /** Answers a request to `origin` as the gateway, faults included. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly close: () => Promise<void>
}

/** More than any test writes. */
const mostAuditRecords = 10_000

/**
 * Starts the real gateway in this process. Only the identity provider's form is left out; the rest is what runs in
 * production, over a memory store. It grants no leases (`live: false`): every read asks it and writes are acknowledged at
 * once, so that a test sees at its next line what the line before has done.
 *
 * ```ts
 * const gateway = await createTestGateway(contract)
 * const app = createApp(createSession(contract, gateway.optionsFor('portal')))
 * const response = await app.fetch(await gateway.request('portal', { entitlements: { roles: ['admin'] } }))
 * ```
 *
 * @throws TypeError that names the option.
 */
export async function createTestGateway<C extends AnyContract>(contract: C, options: TestGatewayOptions<C> = {}): Promise<TestGateway<C>> {
  const clock = options.clock ?? createTestClock()
  const addresses = addressesOf(contract, options)
  const { origin, origins } = addresses
  const store = memoryStore({ clock: clock.wallMs })
  const people = createPeople()
  const config = configOf(contract, options, addresses, { store, idp: people.provider })
  const gateway = await createGateway(config, { clock: clock.wallMs, env: {} })

  const others = createOtherWriter(contract, store)
  const conflicts = createConflicts(others)
  const { faults, carry, calls } = createFaults({ clock, fetch: gateway.fetch, before: conflicts.before })
  const parts = { contract, origin, people, clock, fetch: gateway.fetch, person: options.person ?? {} }
  const enter = (person: Person<C> = {}, previous?: SignedIn) => signIn(parts, person, previous)
  return {
    ...addresses,
    ...faults,
    ...{ contract, clock, calls },
    ...clientsOf(addresses, clock, carry),
    signIn: enter,
    request: (application, wanted = {}) => signedRequest(origins[application], wanted, enter),
    headers: (wanted = {}) => signedHeaders(wanted, enter),
    change: ({ id }, change = {}) => others.change(id, change),
    conflictNext: conflicts.next,
    revokeNow: ({ id }) => others.revoke(id),
    inspect: ({ id }) => others.inspect(id),
    audit: () => store.auditQuery({ afterSeq: 0, idHash: null, limit: mostAuditRecords }),
    fetch: (request) => carry(request),
    async close() {
      await gateway.close()
      await store.close()
    },
  }
}

type Addresses<C extends AnyContract> = Pick<TestGateway<C>, 'origin' | 'origins' | 'keys'>

/** One host by default, so that the cookie is a `__Host-` one as in the smallest set-up; ports do not matter to cookies. */
function addressesOf<C extends AnyContract>(contract: C, options: TestGatewayOptions<C>): Addresses<C> {
  const names = Object.keys(contract.applications) as ApplicationName<C>[]
  const given = (options.origins ?? {}) as Readonly<Record<string, string | undefined>>
  const unknown = Object.keys(given).find((name) => !names.includes(name as ApplicationName<C>))
  if (unknown !== undefined) throw new TypeError(`origins.${unknown}: the contract has no such application; it has ${names.join(', ')}`)
  return {
    origin: options.origin ?? 'http://localhost:4400',
    origins: byName(names, (name, at) => given[name] ?? `http://localhost:${4410 + at}`),
    keys: byName(names, (name) => `ss_${name}_${randomBytes(32).toString('base64url')}`),
  }
}

function byName<Name extends string>(names: readonly Name[], make: (name: Name, at: number) => string): Record<Name, string> {
  return Object.fromEntries(names.map((name, at) => [name, make(name, at)])) as Record<Name, string>
}

function configOf<C extends AnyContract>(
  contract: C,
  { cookie, sessionsPerSubject }: TestGatewayOptions<C>,
  { origin, origins, keys }: Addresses<C>,
  ports: Pick<GatewayConfig<C>, 'store' | 'idp'>,
): GatewayConfig<C> {
  const names = Object.keys(keys) as ApplicationName<C>[]
  const applications = Object.fromEntries(names.map((name) => [name, { key: keys[name], origins: [origins[name]] }]))
  return {
    ...ports,
    contract,
    origin,
    applications: applications as unknown as GatewayConfig<C>['applications'],
    derive: (claims) => claims as Derived<C>,
    log: { level: 'silent' },
    // Under a clock that stands still a lease would never run out, and what `change` and `revokeNow` do would not be seen.
    live: false,
    ...(cookie && { cookie }),
    ...(sessionsPerSubject && { sessionsPerSubject }),
  }
}

/** Clients are in this process too: they write to nobody's console and reach nobody's network. */
function clientsOf<C extends AnyContract>(
  { origin, keys }: Addresses<C>,
  clock: TestClock,
  carry: Carry,
): Pick<TestGateway<C>, 'optionsFor' | 'reports'> {
  const reports: ClientReport[] = []
  return {
    reports,
    optionsFor: (application) => ({
      application,
      gateway: origin,
      key: keys[application],
      transport: () => inProcessTransport(origin, carry),
      clock,
      log: (entry) => reports.push(entry),
    }),
  }
}
