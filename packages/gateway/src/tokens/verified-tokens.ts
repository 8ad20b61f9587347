import { type AtOnce, isExpired, type TokenVerdict, type verifyToken } from '@single-state/core/protocol'
import { createRecent } from '../recent.ts'

/** 100,000 tokens of some 350 bytes: at most 60 MB, for everybody who is shown in one life of a token. */
export const rememberedTokens = 100_000

/**
 * Verifies each token once: a signature costs some 150 µs, a look-up less than one. The token itself is the key of the
 * look-up. Its end and its key are judged at every use, so that a key which is withdrawn takes its tokens along; the name
 * of a key is its thumbprint (RFC 7638), so none comes back as another.
 */
export function rememberVerified(verify: typeof verifyToken): TokenCheck {
  const verified = createRecent<Valid>(rememberedTokens)
  const verifyAnew: typeof verifyToken = async (token, gateway, nowMs) => {
    const verdict = await verify(token, gateway, nowMs)
    // A copy: cut out of a `Cookie` header it would keep the whole header in memory.
    if (verdict.status === 'valid') verified.set(structuredClone(token), verdict)
    return verdict
  }
  return (token, gateway, nowMs) => {
    const held = verified.get(token)
    if (!held || !gateway.keyOf(held.kid)) return verifyAnew(token, gateway, nowMs)
    const expired = isExpired(held.claims.exp, nowMs)
    return held.expired === expired ? held : { ...held, expired }
  }
}

/** As `verifyToken`, at once for a token that was met before. */
export type TokenCheck = (...asked: Parameters<typeof verifyToken>) => AtOnce<TokenVerdict>

type Valid = Extract<TokenVerdict, { status: 'valid' }>
