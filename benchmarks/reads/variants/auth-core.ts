import { Auth, type AuthConfig } from '@auth/core'
import { encode } from '@auth/core/jwt'
import { answerOf, type SampleSession, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'

const secret = 'a secret of the benchmark, of at least 32 characters'
const cookieName = 'authjs.session-token'

const config: AuthConfig = {
  providers: [],
  secret,
  trustHost: true,
  basePath: '/auth',
  session: { strategy: 'jwt' },
  callbacks: {
    session: ({ session, token }) => ({ ...session, person: token['person'] as SampleSession }),
  },
}

/** What the packages for Express and other frameworks do: the core's own session action, asked in process. */
async function sessionOf(headers: Headers): Promise<SampleSession | null> {
  const answer = await Auth(new Request('http://localhost/auth/session', { headers }), config)
  const session = (await answer.json()) as { readonly person?: SampleSession } | null
  return session?.person ?? null
}

/** @auth/core with its encrypted JWT session. */
export const authCore: Variant = {
  name: '@auth/core, JWT session',
  stale: 'until the token is made again',
  peer: '@auth/core',
  needs: {},
  async prepare(_, count) {
    const cookies: string[] = []
    for (let index = 0; index < count; index += 1) {
      const person = sampleSession(index)
      const token = await encode({ token: { sub: person.subject, person }, secret, salt: cookieName })
      cookies.push(`${cookieName}=${token}`)
    }
    return {
      cookies,
      express(app) {
        app.get('/', async (request, response) => {
          const person = await sessionOf(new Headers({ cookie: request.headers.cookie ?? '' }))
          if (person === null) return void response.status(401).end()
          response.json(answerOf(person))
        })
      },
      hono(app) {
        app.get('/', async (context) => {
          const person = await sessionOf(context.req.raw.headers)
          return person === null ? context.body(null, 401) : context.json(answerOf(person))
        })
      },
    }
  },
}
