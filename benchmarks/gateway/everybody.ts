import { setTimeout as pause } from 'node:timers/promises'
import type { IdentityProvider } from '@single-state/gateway'
import { sampleSession, subjectOf } from '../reads/sample-session.ts'

const issuer = 'https://idp.example.com'

/** A provider that vouches for whoever is named in the code: signing in is not measured, but it is the gateway's own login. */
export const everybody: IdentityProvider = {
  name: 'the people of the benchmark',
  issuer,
  check: () => undefined,
  begin: async ({ state, redirectUri }) => new URL(`${issuer}/authorize?${new URLSearchParams({ state, redirect_uri: redirectUri })}`),
  async finish(answer) {
    const index = Number(answer.searchParams.get('code'))
    const claims = { ...sampleSession(index) }
    return { issuer, subject: subjectOf(index), authenticatedAtMs: Date.now(), acr: null, amr: [], idpSession: null, claims }
  },
  endSessionUrl: async () => null,
  judgeLogoutToken: async () => {
    throw new TypeError('nobody logs out by this provider')
  },
  page: async () => null,
}

type Fetch = (request: Request) => Promise<Response> | Response

/** A store that is slow for a moment answers a login with 503, which asks to come again. */
const attempts = 20

/** Signs person number `index` in at a gateway, as a browser would; answers the session's `Cookie` header. */
export async function signIn(origin: string, fetch: Fetch, index: number): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await loggedIn(origin, fetch, index)
    const pairs = answer.headers.getSetCookie().map(pairOf)
    const session = pairs.find((pair) => /^__(Host|Secure)-session=./.test(pair))
    if (session !== undefined) return session
    if (answer.status !== 503 || attempt === attempts) throw new Error(`the gateway refused person ${index}: ${answer.status}`)
    await pause(250)
  }
}

async function loggedIn(origin: string, fetch: Fetch, index: number): Promise<Response> {
  const begun = await fetch(new Request(`${origin}/login`))
  const location = begun.headers.get('location')
  if (location === null) return begun
  const state = new URL(location).searchParams.get('state') ?? ''
  const cookie = begun.headers.getSetCookie().map(pairOf).join('; ')
  const callback = `${origin}/callback?${new URLSearchParams({ code: String(index), state })}`
  return fetch(new Request(callback, { headers: { cookie } }))
}

function pairOf(line: string): string {
  return line.split(';', 1)[0] ?? ''
}
