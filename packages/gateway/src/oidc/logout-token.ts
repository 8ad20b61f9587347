import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import { ProblemError } from '../http/problem.ts'
import type { Discovery, RelyingParty } from './oidc-discovery.ts'
import type { LogoutNotice } from './provider.ts'
import { fetchFromProvider, providerUnavailable } from './provider-fetch.ts'

/** The event that makes a token one of logout (OpenID Connect Back-Channel Logout section 2.4). */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** 2 min: what the specification advises for `exp`. A token is not believed for longer, whatever its `exp` says. */
export const longestLifeS = 120

/** 5 s: as far as clocks of provider and gateway may differ. */
export const clockLeewayS = 5

/** The provider's metadata, as discovery has it. */
type Provider = Awaited<ReturnType<Discovery['known']>>

/** 255 characters, as a session's subject and `sid` have. */
export const longestName = 255

const name = z.string().min(1).max(longestName)

const claimsSchema = z
  .looseObject({
    iss: z.string(),
    // As in an ID token that this client believes: for nobody else (OpenID Connect Core section 3.1.3.7).
    aud: z.union([z.string(), z.array(z.string()).length(1)]),
    iat: z.number(),
    exp: z.number(),
    jti: name,
    sub: name.optional(),
    sid: name.optional(),
    events: z.looseObject({ [logoutEvent]: z.looseObject({}) }),
    // Keeps an ID token from passing for a logout token, and the other way round (section 2.4).
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined, { path: ['sub'] })

/**
 * Makes the judge of a provider's logout tokens (section 2.6): issuer, audience and signature as of an ID token for this
 * client, by the one algorithm that is registered for it, and fresh.
 *
 * Rejections: `ProblemError` `request_invalid`; `identity_provider_unavailable` when the provider's keys cannot be had.
 */
export function createLogoutTokenJudge(party: RelyingParty, discovery: Discovery): (token: string) => Promise<LogoutNotice> {
  let held: { readonly address: string; readonly keys: JWTVerifyGetKey } | undefined

  /**
   * Keys that are not known are asked for at most every 30 s, all askers at once. Each login brings new metadata: the key
   * set goes by its address, or whoever opens the login would have it asked for again.
   */
  function keysOf(provider: Provider): JWTVerifyGetKey {
    const { jwks_uri: address } = provider.serverMetadata()
    if (address === undefined) throw providerUnavailable('metadata without a jwks_uri')
    if (held?.address !== address) held = { address, keys: keySetAt(address, party.timeoutMs) }
    return held.keys
  }

  return async (token) => {
    const provider = await discovery.known()
    const payload = await verified(token, keysOf(provider), {
      issuer: provider.serverMetadata().issuer,
      audience: party.clientId,
      algorithms: [party.idTokenAlgorithm],
      maxTokenAge: longestLifeS,
      clockTolerance: clockLeewayS,
    })
    return noticeOf(payload)
  }
}

function keySetAt(address: string, timeoutMs: number): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(address), {
    timeoutDuration: timeoutMs,
    cooldownDuration: 30_000,
    [customFetch]: (url, { headers, ...init }) =>
      fetchFromProvider(url, { ...init, redirect: 'manual', headers: Object.fromEntries(headers) }),
  })
}

async function verified(token: string, keys: JWTVerifyGetKey, options: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, options)
    // Section 2.4 recommends the type. One that names another kind of token is refused (RFC 8725 section 3.11).
    if (!['logout+jwt', undefined].includes(typeOf(protectedHeader.typ))) throw refused('typ')
    return payload
  } catch (error) {
    if (error instanceof errors.JWKSTimeout) throw providerUnavailable('the key set did not come in time')
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) throw refused(error.claim)
    if (error instanceof errors.JOSEError) throw refused('form or signature')
    throw error
  }
}

/** Media types are compared without case, and without the prefix that may be left out (RFC 7515 section 4.1.9). */
function typeOf(typ: string | undefined): string | undefined {
  return typ?.toLowerCase().replace(/^application\//, '')
}

function noticeOf(payload: JWTPayload): LogoutNotice {
  const claims = claimsSchema.safeParse(payload)
  if (!claims.success) throw refused(String(claims.error.issues[0]?.path[0]))
  const { iss, sub, sid, jti, iat, exp } = claims.data
  return {
    issuer: iss,
    subject: sub ?? null,
    idpSession: sid ?? null,
    jti,
    // The second more is the one under way: the check of the token counts whole ones.
    believedUntilMs: (Math.min(exp, iat + longestLifeS) + clockLeewayS + 1) * 1_000,
  }
}

/** Names of claims only: the values are of somebody whom nobody knows yet. */
function refused(what: string): ProblemError {
  return new ProblemError('request_invalid', { detail: `logout_token: not as expected: ${what}` })
}
