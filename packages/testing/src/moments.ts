import type { AnyContract } from '@single-state/core'
import { wire } from '@single-state/core/protocol'
import type { Person } from './people.ts'
import { type SignedIn, signedIn } from './sign-in.ts'
import type { TestGateway } from './test-gateway.ts'

/** Signs a person in and moves the gateway's clock to a moment in the life of that session. */
export type Moment = <C extends AnyContract>(gateway: TestGateway<C>, person?: Person<C>) => Promise<SignedIn>

type MomentName = 'freshlySignedIn' | 'tokenHalfway' | 'tokenExpired' | 'idleAlmostOver' | 'idleOver' | 'absoluteOver'

/** 6 s: a second more than the clocks of applications and gateway may differ by before a token counts as expired. */
const pastLeewayMs = 6_000

/** A second before an end: so near that the next step is over it. */
const almostMs = 1_000

/**
 * Sessions at the moments that matter, by the lifetimes of the contract:
 *
 * - `freshlySignedIn`: the token is new.
 * - `tokenHalfway`: the token is due for exchange; a request by cookie gets its successor.
 * - `tokenExpired`: the token has run out, the session has not; a request by cookie is signed in all the same.
 * - `idleAlmostOver`, `idleOver`: a second before nobody has used it for too long, and when that is so.
 * - `absoluteOver`: used all the time, and over all the same. The token is the last that was issued.
 */
export const moments: Readonly<Record<MomentName, Moment>> = {
  freshlySignedIn: (gateway, person) => gateway.signIn(person),
  tokenHalfway: (gateway, person) => later(gateway, person, gateway.contract.lifetime.tokenMs / 2),
  tokenExpired: (gateway, person) => later(gateway, person, gateway.contract.lifetime.tokenMs + pastLeewayMs),
  idleAlmostOver: (gateway, person) => later(gateway, person, gateway.contract.lifetime.idleMs - almostMs),
  idleOver: (gateway, person) => later(gateway, person, gateway.contract.lifetime.idleMs),
  absoluteOver: async (gateway, person) => {
    const { idleMs, absoluteMs } = gateway.contract.lifetime
    let session = await gateway.signIn(person)
    const endsAtMs = gateway.clock.monotonicMs() + absoluteMs
    for (let leftMs = absoluteMs; leftMs >= idleMs; leftMs = endsAtMs - gateway.clock.monotonicMs()) {
      gateway.clock.advance(idleMs - almostMs)
      session = await exchange(gateway, session)
    }
    gateway.clock.advance(endsAtMs - gateway.clock.monotonicMs())
    return session
  },
}

async function later<C extends AnyContract>(gateway: TestGateway<C>, person: Person<C> | undefined, ms: number): Promise<SignedIn> {
  const session = await gateway.signIn(person)
  gateway.clock.advance(Math.ceil(ms))
  return session
}

/** What an adapter does when a session is used. */
async function exchange<C extends AnyContract>(gateway: TestGateway<C>, session: SignedIn): Promise<SignedIn> {
  const [key] = Object.values<string>(gateway.keys)
  const headers = {
    ...{ authorization: `Bearer ${key}`, 'session-token': session.token, 'content-type': 'application/json' },
    'contract-revision': String(gateway.contract.revision),
  }
  const request = new Request(`${gateway.origin}/v1/session/token`, { method: 'POST', body: '{}', headers })
  const response = await gateway.fetch(request)
  const { token } = wire.exchangeAnswerSchema.parse(await response.json())
  return signedIn(session, `${session.cookie.slice(0, session.cookie.indexOf('='))}=${token}`)
}
