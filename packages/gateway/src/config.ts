import type { AnyContract, ApplicationName, Duration, Frozen } from '@single-state/core/protocol'
import type { z } from 'zod'
import type { AuditSink } from './audit/sink.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { Authentication, IdentityProvider } from './oidc/provider.ts'
import type { SessionStore } from './stores/store.ts'

/** What the gateway knows of one application beside its grants in the contract. */
export interface ApplicationConfig {
  /**
   * Its key (`ss_<application>_…`), or the key's hash (`sha256:…`) as `single-state keys create` prints both. Two while a new
   * one takes the place of the old: both are good.
   */
  readonly key: string | undefined | readonly [string | undefined, string | undefined]
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
  /** `'memory'`, `'sqlite:./sessions.db'`, `'redis://…'`, `'postgres://…'`, or a store. */
  readonly store: string | SessionStore
  readonly idp: IdentityProvider
  readonly applications: { readonly [A in ApplicationName<C>]: ApplicationConfig }
  /** Entitlements and first context of a session, from what the provider says of the person. Must not reach out: it runs inside the login. */
  readonly derive?: (claims: Claims, person: Authentication) => Derived<C> | Promise<Derived<C>>
  /**
   * What the provider says of a person now, for a refresh of entitlements by an operator; null for somebody whom it no longer
   * knows. May reach out, for 5 s at most. Default: there is no refresh.
   */
  readonly claimsOf?: (issuer: string, subject: string) => Claims | null | Promise<Claims | null>
  readonly cookie?: {
    /** Parent domain that all applications and the gateway share, when they are on several hosts. Every host under it receives the token. */
    readonly domain?: string
  }
  /**
   * 32 or more random characters: encrypts the signing keys in the store, signs login transactions, keys the hashes in
   * audit and logs. Default: the environment's `SINGLE_STATE_SECRET`. A memory store does without: its keys die with it.
   */
  readonly secret?: string | undefined
  /** Encrypts documents and signals before the store gets them. Default: they are stored as they are. */
  readonly encryption?: {
    /** As `single-state keys create --encryption` prints them. The first encrypts, all decrypt: a new one is added as the last, and moved to the front once every gateway has it. */
    readonly keys: readonly (string | undefined)[]
    /** Reads documents that were stored before encryption was switched on; until the last of them has ended. Default false. */
    readonly allowPlain?: boolean
  }
  /**
   * Algorithm of the keys that sign tokens. Default `'EdDSA'`; `'ES256'` where that is what is asked for. A gateway that finds
   * keys of the other one rotates them: nobody is signed out by a change.
   */
  readonly signingAlgorithm?: 'EdDSA' | 'ES256'
  /** Limits of the connections to `single-state gateway`. */
  readonly connections?: ConnectionLimits
  /**
   * Files of the listener's certificate and private key, as PEM, from the folder that the command is called in: then
   * `single-state gateway` speaks HTTPS itself, and reads them again on SIGHUP. Default: plain HTTP, for what ends TLS
   * before it.
   */
  readonly tls?: {
    readonly key: string
    /** With its chain. */
    readonly cert: string
  }
  /**
   * Grants leases, by which applications read sessions from their own memory, never older than any acknowledged write; a
   * write then takes half a second until it is acknowledged. `false` answers writes at once, and every read asks the
   * gateway. The same in all gateways of a store. Default true.
   */
  readonly live?: boolean
  /** Most sessions of one person that may live at once. Default: no limit. */
  readonly sessionsPerSubject?: {
    readonly max: number
    /** What a login beyond the limit does: `'deny'` refuses it, `'end-oldest'` ends the person's oldest sessions. */
    readonly onOverflow: 'deny' | 'end-oldest'
  }
  /** Lets a memory store run where `NODE_ENV` is production: every restart signs everybody out. Default false. */
  readonly allowMemoryInProduction?: boolean
  readonly audit?: {
    /** How long audit records are kept. Default `'90d'`; no less than the absolute and the token life and an hour. */
    readonly keep?: Duration
    /** Where records go beside the store: `'stdout'`, `'file:./audit.jsonl'`, or a sink. Default: nowhere. */
    readonly sink?: string | AuditSink
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
