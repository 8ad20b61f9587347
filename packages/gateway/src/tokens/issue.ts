import { sessionTokenType, type TokenClaims, tokenEnd } from '@single-state/core/protocol'
import { CompactSign } from 'jose'
import type { SigningKey } from './keys.ts'

/** What a token is issued for. */
export interface TokenGrant {
  readonly id: string
  readonly generation: number
  /** Absolute end of the session. */
  readonly expiresAtMs: number
}

/** A token and when it stops being believed. */
export interface IssuedToken {
  readonly token: string
  readonly expiresAtMs: number
}

/**
 * The times of a token issued at `nowMs`, in whole seconds (RFC 7519 section 2). The end never lies beyond that of the
 * session; in its last second the beginning gives way, so that a token always has a life.
 */
export function tokenTimes(nowMs: number, tokenMs: number, expiresAtMs: number): { readonly iat: number; readonly exp: number } {
  const exp = Math.floor(tokenEnd(nowMs, tokenMs, expiresAtMs) / 1_000)
  return { iat: Math.min(Math.floor(nowMs / 1_000), exp - 1), exp }
}

/** Signs a token of a session's generation. Signing again makes the same successor anew. */
export async function issueToken(
  grant: TokenGrant,
  issuer: { readonly origin: string; readonly tokenMs: number; readonly key: SigningKey },
  nowMs: number,
): Promise<IssuedToken> {
  const { iat, exp } = tokenTimes(nowMs, issuer.tokenMs, grant.expiresAtMs)
  const claims: TokenClaims & { readonly aud: string } = {
    iss: issuer.origin,
    aud: issuer.origin,
    sid: grant.id,
    gen: grant.generation,
    iat,
    exp,
  }
  const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: issuer.key.alg, typ: sessionTokenType, kid: issuer.key.kid })
    .sign(issuer.key.key)
  return { token, expiresAtMs: exp * 1_000 }
}
