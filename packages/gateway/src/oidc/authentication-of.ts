import { SessionError } from '@single-state/core/errors'
import type { Authentication } from './provider.ts'

/** The claims of an ID token whose signature, audience, nonce and times have been checked. */
interface VerifiedIdToken {
  readonly iss: string
  readonly sub: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly auth_time?: number
  readonly [claim: string]: unknown
}

/** Longest values that a session document takes over. */
export const longest = { subject: 255, issuer: 2_048, acr: 255, amr: 64, amrEntries: 16, idpSession: 255 }

/**
 * The facts of a login from a verified ID token. What is optional there (`acr`, `amr`, `sid`) counts as absent when it has
 * an odd type or length; the two that name the person must be right.
 */
export function authenticationOf(token: VerifiedIdToken, claims: Readonly<Record<string, unknown>>): Authentication {
  if (token.sub === '' || token.sub.length > longest.subject || token.iss.length > longest.issuer) {
    // OpenID Connect Core section 2: at most 255 characters.
    throw new SessionError('login_failed', `sub: expected 1 to ${longest.subject} characters, found ${token.sub.length}`)
  }
  // An operator could not name it: a path cannot carry it.
  if (token.sub === '.' || token.sub === '..') throw new SessionError('login_failed', `sub: expected a name, found "${token.sub}"`)
  return {
    issuer: token.iss,
    subject: token.sub,
    authenticatedAtMs: (typeof token.auth_time === 'number' ? token.auth_time : token.iat) * 1_000,
    acr: textUpTo(token['acr'], longest.acr),
    amr: methodsOf(token['amr']),
    idpSession: textUpTo(token['sid'], longest.idpSession),
    claims,
  }
}

function methodsOf(amr: unknown): readonly string[] {
  if (!Array.isArray(amr)) return []
  return amr.filter((method): method is string => textUpTo(method, longest.amr) !== null).slice(0, longest.amrEntries)
}

function textUpTo(value: unknown, characters: number): string | null {
  return typeof value === 'string' && value.length <= characters ? value : null
}
