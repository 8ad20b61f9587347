import type { AskedAssurance } from '@single-state/core/protocol'

/** What the gateway remembers of a login under way; travels in a signed cookie of the browser that began it. */
export interface LoginTransaction {
  readonly state: string
  readonly nonce: string
  /** PKCE (RFC 7636). */
  readonly codeVerifier: string
  /** The gateway's own `/callback`. */
  readonly redirectUri: string
  /** What is asked of the authentication; the gateway judges what comes back by it. */
  readonly assurance: AskedAssurance
}

/** What a provider vouches for after a login. */
export interface Authentication {
  readonly issuer: string
  readonly subject: string
  readonly authenticatedAtMs: number
  readonly acr: string | null
  readonly amr: readonly string[]
  /** The provider's own session id (`sid`), or null. */
  readonly idpSession: string | null
  /** What `derive` is given. Never stored. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Whom a provider has signed out on its side. One of `subject` and `idpSession` is there; with both, it is that session of that person. */
export interface LogoutNotice {
  readonly issuer: string
  readonly subject: string | null
  /** The provider's own session id (`sid`). */
  readonly idpSession: string | null
  /** Names the token that said so: it is obeyed once. */
  readonly jti: string
  /** From then on the token is refused for its age. */
  readonly believedUntilMs: number
}

/**
 * Who signs people in. `oidc` and `developmentPeople` make one.
 *
 * Rejections of `begin`, `finish` and `endSessionUrl`: `SessionError` `identity_provider_unavailable` when it cannot be
 * reached, `login_failed` when it says no or its answer does not hold.
 */
export interface IdentityProvider {
  /** What the start-up lines call it. */
  readonly name: string
  /** The issuer of its people. */
  readonly issuer: string
  /** Throws a TypeError that names the fix when it must not be used with this gateway. */
  check(gateway: { readonly origin: string; readonly production: boolean }): void
  /** Where to send the browser. */
  begin(transaction: LoginTransaction): Promise<URL>
  /** Judges the answer that the browser brought to `/callback`. */
  finish(answer: URL, transaction: LoginTransaction): Promise<Authentication>
  /**
   * Where to send the browser so that the provider's own session ends too, or null when it has no such place. The provider
   * sends it on to `returnTo`, an address of the gateway that is registered there, and hands `state` back.
   */
  endSessionUrl(returnTo: string, state: string): Promise<URL | null>
  /**
   * Judges a token that came to `/backchannel-logout`. Rejections: `ProblemError` `request_invalid` for one that does not
   * hold, `SessionError` `identity_provider_unavailable` when that cannot be known.
   */
  judgeLogoutToken(token: string): Promise<LogoutNotice>
  /** Serves a page of the provider's own at the gateway's origin; null for every other request. */
  page(request: Request): Promise<Response | null>
}
