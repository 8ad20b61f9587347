import { getIronSession, sealData } from 'iron-session'
import { answerOf, type SampleSession, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'

const options = { cookieName: 'iron', password: 'a password of the benchmark, of at least 32 characters' }

/** iron-session: the whole session, sealed, in the cookie. */
export const ironSession: Variant = {
  name: 'iron-session',
  stale: 'until the cookie is written again',
  peer: 'iron-session',
  needs: {},
  async prepare(_, count) {
    const cookies: string[] = []
    for (let index = 0; index < count; index += 1) {
      cookies.push(`iron=${encodeURIComponent(await sealData(sampleSession(index), { password: options.password }))}`)
    }
    return {
      cookies,
      express(app) {
        app.get('/', async (request, response) => {
          const session = await getIronSession<Partial<SampleSession>>(request, response, options)
          if (session.subject === undefined) return void response.status(401).end()
          response.json(answerOf(session as SampleSession))
        })
      },
      hono(app) {
        app.get('/', async (context) => {
          const session = await getIronSession<Partial<SampleSession>>(context.req.raw, context.res, options)
          if (session.subject === undefined) return context.body(null, 401)
          return context.json(answerOf(session as SampleSession))
        })
      },
    }
  },
}
