import type { RuntimeGlobals } from './runtime.ts'
import { type ClientTimers, systemTimers } from './timers.ts'
import { systemVerifier, type TokenVerifier } from './token-verifier.ts'

/** What a client takes from the process around it, beside its options; each has the default that an application wants. */
export interface ClientProcess {
  readonly timers: ClientTimers
  /** From 0 up to 1: spreads heartbeats. Default `Math.random`. */
  readonly random: () => number
  /** Imports keys and verifies tokens. Default WebCrypto, whose answers come when its threads are done. */
  readonly verifier: TokenVerifier
  /** Tells where the process runs. Default `globalThis`. */
  readonly globals: RuntimeGlobals
}

/** The process that this code runs in, for whatever is not given. */
export function clientProcess(given: Partial<ClientProcess>): ClientProcess {
  return { timers: systemTimers, random: Math.random, verifier: systemVerifier, globals: globalThis as RuntimeGlobals, ...given }
}
