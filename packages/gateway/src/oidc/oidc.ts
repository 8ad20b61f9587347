import { isSessionError, SessionError } from '@single-state/core/errors'
import { isLoopback } from '@single-state/core/protocol'
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
} from 'openid-client'
import { assuranceParameters } from './asked-assurance.ts'
import { authenticationOf } from './authentication-of.ts'
import { causeText } from './cause-text.ts'
import { createLogoutTokenJudge } from './logout-token.ts'
import { createDiscovery, type RelyingParty } from './oidc-discovery.ts'
import type { Authentication, IdentityProvider, LoginTransaction } from './provider.ts'
import { providerUnavailable } from './provider-fetch.ts'

/** How the gateway is registered with an OpenID Connect provider. */
export interface OidcOptions {
  /** The provider's issuer URL, spelt as the provider spells it. `https:`, or `http:` on a loopback host. */
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  /** Leave it out for a public client, which is known by PKCE alone. */
  readonly clientSecret?: string | undefined
  /** How the secret is sent (OpenID Connect Core section 9): `'basic'` in a header, `'post'` in the body. Default `'basic'`. */
  readonly clientAuthentication?: 'basic' | 'post'
  /** The one algorithm by which the provider signs ID and logout tokens for this client. Default `'RS256'`, as everywhere (OpenID Connect Core section 2). */
  readonly idTokenAlgorithm?: string
  /** Default `['openid']`. More scopes give `derive` more claims; none of them is stored. */
  readonly scopes?: readonly string[]
  /** Asks the userinfo endpoint too, for providers that keep roles out of the ID token. One request more per login. Default false. */
  readonly userinfo?: boolean
  /** For each request to the provider, connecting and answering together; a login makes up to four. Milliseconds, 100 to 30,000. Default 3,000. */
  readonly timeoutMs?: number
}

/**
 * People who sign in with an OpenID Connect provider: authorization code flow with PKCE (RFC 7636), state and nonce.
 *
 * ```ts
 * idp: oidc({ issuer: 'https://login.example.com', clientId: 'gateway', clientSecret: process.env.IDP_SECRET })
 * ```
 *
 * @throws TypeError that names the option.
 */
export function oidc(options: OidcOptions): IdentityProvider {
  const party = partyOf(options)
  const scope = scopeOf(options.scopes ?? ['openid'])
  const discovery = createDiscovery(party)
  return {
    name: `OpenID Connect, ${party.issuer}`,
    issuer: party.issuer,
    check: () => undefined,
    begin: (transaction) =>
      // Metadata in hand does not prove that the provider is there, and a browser sent to a dead one is lost.
      judged(async () => authorizationUrl(await discovery.ask(), transaction, scope)),
    finish: (answer, transaction) =>
      judged(async () => authenticate(await discovery.known(), answer, transaction, options.userinfo ?? false)),
    endSessionUrl: (returnTo, state) =>
      judged(async () => {
        const provider = await discovery.ask()
        if (!provider.serverMetadata().end_session_endpoint) return null
        return buildEndSessionUrl(provider, { post_logout_redirect_uri: returnTo, state })
      }),
    judgeLogoutToken: createLogoutTokenJudge(party, discovery),
    page: async () => null,
  }
}

async function authorizationUrl(provider: Configuration, transaction: LoginTransaction, scope: string): Promise<URL> {
  return buildAuthorizationUrl(provider, {
    redirect_uri: transaction.redirectUri,
    scope,
    state: transaction.state,
    nonce: transaction.nonce,
    code_challenge: await calculatePKCECodeChallenge(transaction.codeVerifier),
    code_challenge_method: 'S256',
    ...assuranceParameters(transaction.assurance),
  })
}

async function authenticate(
  provider: Configuration,
  answer: URL,
  transaction: LoginTransaction,
  userinfo: boolean,
): Promise<Authentication> {
  const { maxAgeS } = transaction.assurance
  const tokens = await authorizationCodeGrant(provider, answer, {
    expectedState: transaction.state,
    expectedNonce: transaction.nonce,
    pkceCodeVerifier: transaction.codeVerifier,
    idTokenExpected: true,
    // Then the ID token must say when (OpenID Connect Core section 3.1.3.7, rule 11): its own age would pass for it.
    ...(maxAgeS !== null && { maxAge: maxAgeS }),
  })
  const claims = tokens.claims()
  if (!claims) throw new SessionError('login_failed', 'expected an ID token, found none')
  if (!userinfo) return authenticationOf(claims, claims)
  // Claims of the ID token win: they are signed.
  return authenticationOf(claims, { ...(await fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims })
}

/** Turns every failure of a login into one of two: the provider is away, or the login is refused. */
async function judged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = sessionErrorIn(error)
    if (failure) throw failure
    if (isOutage(error)) throw providerUnavailable(causeText(error))
    throw new SessionError('login_failed', undefined, { cause: new Error(causeText(error)) })
  }
}

/** The library wraps what our fetch rejects with. */
function sessionErrorIn(error: unknown): SessionError | undefined {
  if (isSessionError(error)) return error
  return error instanceof Error && isSessionError(error.cause) ? error.cause : undefined
}

/** The two error answers that stand for 500 and 503, which a redirect cannot carry (RFC 6749 section 4.1.2.1). */
function isOutage(error: unknown): boolean {
  return error instanceof AuthorizationResponseError && (error.error === 'server_error' || error.error === 'temporarily_unavailable')
}

function partyOf(options: OidcOptions): RelyingParty {
  const { clientAuthentication = 'basic', timeoutMs = 3_000, idTokenAlgorithm = 'RS256' } = options
  if (clientAuthentication !== 'basic' && clientAuthentication !== 'post') {
    throw new TypeError(`clientAuthentication: expected 'basic' or 'post', found ${JSON.stringify(clientAuthentication)}`)
  }
  if (!(timeoutMs >= 100 && timeoutMs <= 30_000)) throw new TypeError(`timeoutMs: expected 100 to 30000, found ${timeoutMs}`)
  // A MAC would need a secret that both sides sign with, and `none` nothing at all.
  if (!/^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/.test(idTokenAlgorithm)) {
    throw new TypeError(
      `idTokenAlgorithm: expected one with a public key such as 'RS256' or 'ES256', found ${JSON.stringify(idTokenAlgorithm)}`,
    )
  }
  return {
    issuer: issuerOf(options.issuer),
    clientId: textOf(options.clientId, 'clientId'),
    clientSecret: 'clientSecret' in options ? textOf(options.clientSecret, 'clientSecret') : null,
    clientAuthentication,
    idTokenAlgorithm,
    timeoutMs,
  }
}

function issuerOf(issuer: string | undefined): string {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : null
  // An issuer has neither query nor fragment (OpenID Connect Core section 1.2).
  if (!issuer || !url || /[?#]/.test(issuer) || url.username || url.password) {
    throw new TypeError(`issuer: expected a URL such as https://login.example.com, found ${JSON.stringify(issuer)}`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TypeError(`issuer: expected https, or http on a loopback host, found ${url.origin}`)
  }
  return issuer
}

/** An empty variable of the environment must not turn a client with a secret into one without. */
function textOf(value: string | undefined, option: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`${option}: expected a text, found ${value === '' ? 'an empty one' : typeof value}`)
}

function scopeOf(scopes: readonly string[]): string {
  if (!scopes.includes('openid')) throw new TypeError(`scopes: expected 'openid' among them, found ${JSON.stringify(scopes)}`)
  const odd = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (odd !== undefined) throw new TypeError(`scopes: expected names without spaces or quotes, found ${JSON.stringify(odd)}`)
  return scopes.join(' ')
}
