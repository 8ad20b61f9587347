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

/** Signs person number `index` in at a gateway, as a browser would; answers the session's `Cookie` header. */
export async function signIn(origin: string, fetch: (request: Request) => Promise<Response> | Response, index: number): Promise<string> {
  const begun = await fetch(new Request(`${origin}/login`))
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const cookie = begun.headers.getSetCookie().map(pairOf).join('; ')
  const callback = `${origin}/callback?${new URLSearchParams({ code: String(index), state })}`
  const finished = await fetch(new Request(callback, { headers: { cookie } }))
  const session = finished.headers
    .getSetCookie()
    .map(pairOf)
    .find((pair) => /^__(Host|Secure)-session=./.test(pair))
  if (session === undefined) throw new Error(`the gateway refused person ${index}: ${finished.status}`)
  return session
}

function pairOf(line: string): string {
  return line.split(';', 1)[0] ?? ''
}
