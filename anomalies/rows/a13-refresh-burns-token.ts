import type { Anomaly, Verdict } from '../anomaly.ts'
import { createGate } from '../gate.ts'
import type { Scope } from '../scope.ts'
import { meOf } from '../site.ts'
import { authCoreSite } from '../sites/auth-core.ts'
import { onEach, ownSite } from '../sites/single-state.ts'
import type { Framework } from '../sites/single-state-routes.ts'

/** Two processes exchange the same expired token; the answer to the first is held until the second has gone on. */
async function twoExchanges(scope: Scope, framework: Framework): Promise<Verdict> {
  const gate = createGate(1)
  const one = await ownSite(scope, framework, { afterAnswer: async ({ path }) => (path === '/v1/session/token' ? gate.pass() : undefined) })
  const other = await ownSite(scope, framework, { shared: one.gateway })
  const session = await one.gateway.signIn()
  one.gateway.clock.advance(one.gateway.contract.lifetime.tokenMs + 6_000)
  const [first, second] = [one.open(session), other.open(session)]
  const exchanging = one.me(first)
  await gate.waiting()
  const answers = [await other.me(second), await other.me(second)]
  gate.open()
  answers.push(await exchanging, await one.me(first))
  const isOut = answers.some(({ status }) => status !== 200) || (await meOf(other, second)) === null
  return isOut ? 'happens' : 'holds'
}

/** The jwt callback of the guide on refresh token rotation, over a provider whose refresh tokens can be used once. */
async function guideOfAuthCore(scope: Scope): Promise<Verdict> {
  const gate = createGate(1)
  let valid = 'refresh-0'
  let issued = 0
  const site = await authCoreSite(scope, {
    strategy: 'jwt',
    jwt: async ({ token }) => {
      const { refresh_token: shown = 'refresh-0', expires_at: expiresAt = 0 } = token as { refresh_token?: string; expires_at?: number }
      if (Date.now() < expiresAt * 1_000) return token
      await gate.pass()
      if (shown !== valid) return { ...token, error: 'RefreshTokenError' }
      issued += 1
      valid = `refresh-${issued}`
      return { ...token, refresh_token: valid, expires_at: Math.floor(Date.now() / 1_000) + 3_600 }
    },
  })
  const browser = await site.signIn()
  const slow = site.client(browser)
  await gate.waiting()
  await site.client(browser)
  gate.open()
  await slow
  const session = (await (await site.client(browser)).json()) as { readonly error?: string } | null
  return session === null || session.error !== undefined ? 'happens' : 'holds'
}

const none = 'it refreshes nothing by itself'

export const a13: Anomaly = {
  id: 'A13',
  title: 'parallel refreshes burn the token',
  what: 'Two requests at once refresh with the same single-use token; the second is refused, and the person has to sign in again.',
  cells: {
    'single-state': { run: onEach(twoExchanges) },
    'express-session': none,
    'express-openid-connect': none,
    'nextjs-auth0': 'it refreshes at its provider when an access token is asked for: not reproduced here',
    'hono-session': none,
    'better-auth': 'it refreshes at the provider of an account when an access token is asked for: not reproduced here',
    'auth-core': { note: 'the jwt callback of its guide on refresh token rotation (nextauthjs/next-auth#7558)', run: guideOfAuthCore },
    'iron-session': none,
    clerk: 'the token is renewed by its script in the page, against its own service',
  },
}
