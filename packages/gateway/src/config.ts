import type { AnyContract, ApplicationName, Duration, Frozen } from '@single-state/core/protocol'
import type { z } from 'zod'
import type { Authentication, IdentityProvider } from './oidc/provider.ts'
import type { SessionStore } from './stores/store.ts'

/** What the gateway knows of one application beside its grants in the contract. */
export interface ApplicationConfig {
  /** Its key (`ss_<application>_…`), or the key's hash (`sha256:…`) as `single-state keys create` prints both. */
  readonly key: string | undefined
  /** Where it is reached by browsers, such as `https://portal.example.com`. May be empty for one that has no pages. */
  readonly origins: readonly string[]
}

/** What a provider says of a person, unchecked: what `derive` makes of it is checked against the contract at every login. */
// biome-ignore lint/suspicious/noExplicitAny: a claim may be anything, and so may be read as anything until the contract judges it.
export type Claims = Readonly<Record<string, any>>

/** What `derive` makes of a person's claims: the first content of the session. Parts that it leaves out start from their schema's defaults. */
export interface Derived<C extends AnyContract> {
  readonly entitlements?: Frozen<z.input<C['entitlements']>>
  readonly context?: Frozen<z.input<C['context']>>
}

/** Everything that a gateway is told. */
export interface GatewayConfig<C extends AnyContract = AnyContract> {
  readonly contract: C
  /** The gateway's public address, such as `https://session.example.com`; issuer and audience of its tokens. */
  readonly origin: string
  /** `'memory'`, `'sqlite:./sessions.db'`, or a store. */
  readonly store: string | SessionStore
  readonly idp: IdentityProvider
  readonly applications: { readonly [A in ApplicationName<C>]: ApplicationConfig }
  /** Entitlements and first context of a session, from what the provider says of the person. Must not reach out: it runs inside the login. */
  readonly derive?: (claims: Claims, person: Authentication) => Derived<C> | Promise<Derived<C>>
  readonly cookie?: {
    /** Parent domain that all applications and the gateway share, when they are on several hosts. Every host under it receives the token. */
    readonly domain?: string
  }
  /**
   * 32 or more random characters: encrypts the signing keys in the store, signs login transactions, keys the hashes in
   * audit and logs. Default: the environment's `SINGLE_STATE_SECRET`. A memory store does without: its keys die with it.
   */
  readonly secret?: string | undefined
  /** Most sessions of one person that may live at once. Default: no limit. */
  readonly sessionsPerSubject?: {
    readonly max: number
    /** What a login beyond the limit does: `'deny'` refuses it, `'end-oldest'` ends the person's oldest sessions. */
    readonly onOverflow: 'deny' | 'end-oldest'
  }
  /** Lets a memory store run where `NODE_ENV` is production: every restart signs everybody out. Default false. */
  readonly allowMemoryInProduction?: boolean
  readonly audit?: {
    /** How long audit records are kept. Default `'90d'`. */
    readonly keep?: Duration
  }
  readonly log?: {
    /** Default `'info'`. */
    readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  }
}

/** Gives a configuration its types; what it returns is what it was given. */
export function defineGateway<C extends AnyContract, const D extends Derived<C>>(
  config: Omit<GatewayConfig<C>, 'derive'> & { readonly derive?: (claims: Claims, person: Authentication) => D | Promise<D> },
): GatewayConfig<C> {
  return config as GatewayConfig<C>
}
