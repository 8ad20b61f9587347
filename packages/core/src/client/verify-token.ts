import { compactVerify, errors } from 'jose'
import { z } from 'zod'
import { longestKid, longestToken } from '../document/wire-limits.ts'

/** `typ` of a session token: no other kind of token passes for one (RFC 8725 section 3.11). */
export const sessionTokenType = 'session+jwt'

/** The algorithms of session tokens: Ed25519 (RFC 8037), and P-256 where that is what is asked for. */
export const tokenAlgorithms = ['EdDSA', 'ES256'] as const

export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

/** What a session token says. Who the person is, the document says. */
export interface TokenClaims {
  /** The gateway's public origin; `aud` is the same. */
  readonly iss: string
  /** The session's id. */
  readonly sid: string
  /** Generation in the session's line of tokens, from 1. */
  readonly gen: number
  /** Seconds since 1970. */
  readonly iat: number
  /** Seconds since 1970; at most 300 after `iat`. */
  readonly exp: number
}

/** A key of the gateway, bound to the one algorithm it is used with (RFC 8725 section 3.1). */
export interface VerificationKey {
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly key: CryptoKey
}

/** Valid, invalid and unknown are three answers: only the middle one says that the token is bad. */
export type TokenVerdict =
  | { readonly status: 'valid'; readonly claims: TokenClaims; readonly kid: string; readonly expired: boolean }
  | { readonly status: 'invalid'; readonly why: string }
  /** Signed by a key that is not in the set held here: it may be newer than the set. */
  | { readonly status: 'unknown'; readonly kid: string }

/** 5 s: clocks of applications and gateway may differ by this much before a token counts as expired. */
export const clockLeewayMs = 5_000

/** 5 min: the longest that a contract can give a token. */
export const longestLifeS = 300

/** Letters that a canonical base64url text of length 4n+2 and 4n+3 may end with: the bits beyond the last byte are zero. */
const lastOfTwo = /[AQgw]$/
const lastOfThree = /[AEIMQUYcgkosw048]$/

const headerSchema = z.strictObject({
  alg: z.enum(tokenAlgorithms),
  typ: z.literal(sessionTokenType),
  kid: z.string().min(1).max(longestKid),
})
const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  gen: z.int().min(1),
  iat: z.int().min(0),
  exp: z.int().min(0),
})

/**
 * Verifies a session token against the gateway's keys.
 *
 * The form is judged before the signature library sees the text: one spelling per token, three parts of canonical
 * base64url, no header member but `alg`, `typ` and `kid`, so that `jku`, `x5u`, `x5c`, `jwk` and `crit` are refused
 * (RFC 8725 sections 3.1, 3.10 and 3.11).
 */
export async function verifyToken(
  token: string,
  gateway: { readonly origin: string; readonly keyOf: (kid: string) => VerificationKey | undefined },
  nowMs: number,
): Promise<TokenVerdict> {
  const encodedHeader = token.length > longestToken ? undefined : headerOf(token)
  if (encodedHeader === undefined) return invalid('not a compact JWS')
  const header = headerSchema.safeParse(decodeJson(encodedHeader))
  if (!header.success) return invalid('not the header of a session token')
  const key = gateway.keyOf(header.data.kid)
  if (!key) return { status: 'unknown', kid: header.data.kid }
  return judge(token, key, gateway.origin, nowMs)
}

/** The first of three parts of canonical base64url; undefined when it is anything else (RFC 7515 section 7.1). */
export function headerOf(token: string): string | undefined {
  const parts = token.split('.', 4)
  return parts.length === 3 && parts.every(isCanonicalBase64url) ? parts[0] : undefined
}

async function judge(token: string, { kid, alg, key }: VerificationKey, origin: string, nowMs: number): Promise<TokenVerdict> {
  let payload: Uint8Array
  try {
    payload = (await compactVerify(token, key, { algorithms: [alg] })).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return invalid('the signature does not hold')
    throw error
  }
  const claims = claimsSchema.safeParse(parseJson(new TextDecoder().decode(payload)))
  if (!claims.success) return invalid('not the claims of a session token')
  const { iss, aud, sid, gen, iat, exp } = claims.data
  if (iss !== origin || aud !== origin) return invalid('of another gateway')
  if (exp <= iat || exp - iat > longestLifeS) return invalid('a life that no gateway gives')
  // Verdicts are remembered: they share the texts of the key and of the gateway, which are the same in every token.
  return { status: 'valid', kid, claims: { iss: origin, sid, gen, iat, exp }, expired: isExpired(exp, nowMs) }
}

/** Whether a token that ends at `exp` (seconds) is past its end, the leeway between clocks included. */
export function isExpired(exp: number, nowMs: number): boolean {
  return nowMs > exp * 1_000 + clockLeewayMs
}

function isCanonicalBase64url(part: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return false
  const beyond = part.length % 4
  if (beyond === 1) return false
  return beyond === 0 || (beyond === 2 ? lastOfTwo : lastOfThree).test(part)
}

/** The JSON of a part; undefined when it is none. */
export function decodeJson(part: string): unknown {
  const text = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  return parseJson(text)
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalid(why: string): TokenVerdict {
  return { status: 'invalid', why }
}
