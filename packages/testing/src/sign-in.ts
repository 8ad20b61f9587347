import type { AnyContract } from '@single-state/core'
import type { Authentication } from '@single-state/gateway'
import type { z } from 'zod'
import type { TestClock } from './clock.ts'
import { type Person, type TestPeople, testIssuer } from './people.ts'

/** A session that the gateway has started. */
export interface SignedIn {
  readonly id: string
  readonly subject: string
  readonly issuer: string
  /** The token that the cookie carries; a later exchange makes another, in the answer of the application. */
  readonly token: string
  /** What a browser sends as its `Cookie` header: `name=value`. */
  readonly cookie: string
}

/** What a sign-in needs. */
export interface SignInParts<C extends AnyContract> {
  readonly contract: C
  readonly origin: string
  /** The gateway itself, with no faults before it. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly people: TestPeople
  readonly clock: TestClock
  /** What a person has that names nothing else. */
  readonly person: Person<C>
}

/**
 * Walks the gateway's login as a browser does: `/login`, the provider, `/callback`. `previous` is the session that the
 * browser had before.
 *
 * @throws TypeError when the person does not fit the contract.
 */
export async function signIn<C extends AnyContract>(parts: SignInParts<C>, person: Person<C>, previous?: SignedIn): Promise<SignedIn> {
  const { origin, fetch, people } = parts
  const authentication = authenticationOf(parts, person)
  const begun = await fetch(new Request(`${origin}/login`))
  const provider = new URL(await locationOf(begun))
  const cookies = [...begun.headers.getSetCookie().map(pairOf), ...(previous ? [previous.cookie] : [])]
  const finished = await fetch(new Request(people.answer(provider, authentication), { headers: { cookie: cookies.join('; ') } }))
  await locationOf(finished)
  const cookie = finished.headers.getSetCookie().map(pairOf).find(isSessionCookie)
  if (cookie === undefined) throw new Error('the gateway finished the login without a session cookie')
  return signedIn(authentication, cookie)
}

/** The session of a token that another answer brought. */
export function signedIn({ issuer, subject }: Pick<Authentication, 'issuer' | 'subject'>, cookie: string): SignedIn {
  const token = cookie.slice(cookie.indexOf('=') + 1)
  return { id: sessionIdOf(token), issuer, subject, token, cookie }
}

/** The session that a token names; nothing is verified, tests show tokens of every kind. */
export function sessionIdOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { readonly sid: string }
  return claims.sid
}

function authenticationOf<C extends AnyContract>({ contract, clock, person: defaults }: SignInParts<C>, person: Person<C>): Authentication {
  const { subject = 'ada', acr = null, amr = [], idpSession = null, authenticatedAtMs } = { ...defaults, ...person }
  const claims = {
    entitlements: { ...defaults.entitlements, ...person.entitlements },
    context: { ...defaults.context, ...person.context },
  }
  checkFits(contract.entitlements, claims.entitlements, 'entitlements')
  checkFits(contract.context, claims.context, 'context')
  return { issuer: testIssuer, subject, acr, amr, idpSession, authenticatedAtMs: authenticatedAtMs ?? clock.wallMs(), claims }
}

/** The gateway would refuse the login and only its log would say why. */
function checkFits(schema: z.ZodType, value: unknown, part: string): void {
  const parsed = schema.safeParse(value)
  if (parsed.success) return
  const problems = parsed.error.issues.map(({ path, message }) => `${[part, ...path].join('.')}: ${message}`).join('; ')
  throw new TypeError(`signIn: ${problems}; give it here, or to createTestGateway as person`)
}

async function locationOf(response: Response): Promise<string> {
  const location = response.headers.get('location')
  if (response.status === 302 && location !== null) return location
  throw new Error(`the gateway refused the sign-in with ${response.status}: ${await response.text()}`)
}

function pairOf(setCookie: string): string {
  return setCookie.split(';', 1)[0] as string
}

function isSessionCookie(pair: string): boolean {
  return /^__(Host|Secure)-session=./.test(pair)
}
