import type { GatewayOptions } from '@single-state/gateway'
import type { TokenVerifier } from '../../packages/core/src/client/token-verifier.ts'
import { isExpired, type TokenClaims, type VerificationKey } from '../../packages/core/src/client/verify-token.ts'
import { tokenTimes } from '../../packages/gateway/src/tokens/issue.ts'

// Signatures come from threads of WebCrypto, whose order no seed decides. Here a token is only what it says: nobody in the
// world forges one.

const unsigned = Buffer.from('{}').toString('base64url')

const verifyToken: TokenVerifier['verify'] = async (token, { origin, keyOf }, nowMs) => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as TokenClaims & { readonly kid: string }
  const { kid, iss, sid, gen, iat, exp } = claims
  if (!keyOf(kid)) return { status: 'unknown', kid }
  if (iss !== origin) return { status: 'invalid', why: 'of another gateway' }
  return { status: 'valid', kid, claims: { iss, sid, gen, iat, exp }, expired: isExpired(exp, nowMs) }
}

/** How clients of the world verify tokens. */
export const verifier: TokenVerifier = {
  importKeys: async ({ keys }) =>
    new Map(
      (keys as readonly { kid: string }[]).map((key) => [key.kid, { kid: key.kid, alg: 'EdDSA', key } as unknown as VerificationKey]),
    ),
  verify: verifyToken,
}

/** How gateways of the world verify and issue them. */
export const tokens: NonNullable<GatewayOptions['tokens']> = {
  verifyToken,
  issueToken: async ({ id, generation, expiresAtMs }, { origin, tokenMs, key }, nowMs) => {
    const { iat, exp } = tokenTimes(nowMs, tokenMs, expiresAtMs)
    const claims = { iss: origin, sid: id, gen: generation, iat, exp, kid: key.kid }
    return { token: `${unsigned}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${unsigned}`, expiresAtMs: exp * 1_000 }
  },
}
