import { LRUCache } from 'lru-cache'
import type { AtOnce } from './at-once.ts'
import type { Clock } from './clock.ts'
import type { GatewayFacts, KnownGateway } from './known-gateway.ts'
import type { TokenVerifier } from './token-verifier.ts'
import { isExpired, type TokenVerdict } from './verify-token.ts'

/** Verifies tokens, each once. */
export interface TokenCheck {
  /** At once for a token that was verified before. */
  check(token: string, facts: GatewayFacts): AtOnce<TokenVerdict>
  /** Forgets what was verified: the keys have changed. */
  forget(): void
}

/** 10,000 tokens of some 350 bytes: a few megabytes, for as many people at once. */
export const rememberedTokens = 10_000

/**
 * Remembers what it has verified: a signature costs some 200 µs, a look-up less than one. The token itself is the key of
 * the look-up; its end and its key are compared at every use, so a key that is withdrawn takes its tokens along.
 */
export function createTokenCheck(known: KnownGateway, verifier: TokenVerifier, clock: Clock): TokenCheck {
  const verified = new LRUCache<string, Valid>({ max: rememberedTokens })

  async function verify(token: string, { application, keyOf }: GatewayFacts): Promise<TokenVerdict> {
    const verdict = await verifier.verify(token, { origin: application.issuer, keyOf }, clock.wallMs())
    // A copy: cut out of a `Cookie` header it would keep the whole header in memory.
    if (verdict.status === 'valid') verified.set(structuredClone(token), verdict)
    return verdict
  }

  async function verifyAnew(token: string, facts: GatewayFacts): Promise<TokenVerdict> {
    const verdict = await verify(token, facts)
    if (verdict.status !== 'unknown') return verdict
    const found = await known.findKey(verdict.kid)
    if (found === 'unknown') return verdict
    return found === 'absent' ? { status: 'invalid', why: 'signed with a key that the gateway does not have' } : verify(token, found)
  }

  return {
    check(token, facts) {
      const held = verified.get(token)
      if (!held || !facts.keyOf(held.kid)) return verifyAnew(token, facts)
      const expired = isExpired(held.claims.exp, clock.wallMs())
      return expired === held.expired ? held : { ...held, expired }
    },
    forget: () => verified.clear(),
  }
}

type Valid = Extract<TokenVerdict, { status: 'valid' }>
