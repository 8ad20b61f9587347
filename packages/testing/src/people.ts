import { randomUUID } from 'node:crypto'
import type { AnyContract } from '@single-state/core'
import type { Authentication, IdentityProvider } from '@single-state/gateway'
import type { z } from 'zod'

/** Who signs in, and what their session starts with. Everything has a default. */
export interface Person<C extends AnyContract = AnyContract> {
  /** Default `'ada'`. */
  readonly subject?: string
  /** Single entitlements; the others are those of the test gateway's `person`, then the schema's defaults. */
  readonly entitlements?: Partial<z.input<C['entitlements']>>
  /** Single keys of the context, as `entitlements`. */
  readonly context?: Partial<z.input<C['context']>>
  /** Authentication context class. Default null. */
  readonly acr?: string | null
  /** Authentication methods. Default none. */
  readonly amr?: readonly string[]
  /** Milliseconds since 1970. Default now, by the test clock. */
  readonly authenticatedAtMs?: number
  /** The identity provider's own session id. Default null. */
  readonly idpSession?: string | null
}

/** An identity provider that signs in whoever the test names: the gateway's real login runs, only the form is left out. */
export interface TestPeople {
  readonly provider: IdentityProvider
  /** What the browser brings back to the gateway when `authentication` was vouched for, from the address that it was sent to. */
  readonly answer: (begun: URL, authentication: Authentication) => URL
}

/** `iss` of everybody. */
export const testIssuer = 'https://idp.example'

/** Makes the provider of one test gateway. */
export function createPeople(): TestPeople {
  const answers = new Map<string, Authentication>()
  return {
    provider: {
      name: 'whoever the test names',
      issuer: testIssuer,
      check: () => undefined,
      begin: async ({ state, redirectUri }) => {
        const url = new URL('/authorize', testIssuer)
        url.search = new URLSearchParams({ state, redirect_uri: redirectUri }).toString()
        return url
      },
      finish: async (answer) => {
        const code = answer.searchParams.get('code') ?? ''
        const authentication = answers.get(code)
        if (!authentication) throw new TypeError('the test gateway was given a code that nobody signed in with')
        answers.delete(code)
        return authentication
      },
      endSessionUrl: async () => null,
      judgeLogoutToken: async () => {
        throw new TypeError('the provider of a test gateway sends no logout tokens')
      },
      page: async () => null,
    },
    answer: (begun, authentication) => {
      const code = randomUUID()
      answers.set(code, authentication)
      const url = new URL(begun.searchParams.get('redirect_uri') as string)
      url.search = new URLSearchParams({ code, state: begun.searchParams.get('state') as string }).toString()
      return url
    },
  }
}
