import { randomBytes } from 'node:crypto'
import { RedisStore } from 'connect-redis'
import { sign } from 'cookie-signature'
import expressSession from 'express-session'
import { createClient } from 'redis'
import { answerOf, type SampleSession, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'

declare module 'express-session' {
  interface SessionData extends Partial<SampleSession> {}
}

const secret = 'a secret of the benchmark and of nothing else'

/** express-session with connect-redis, `resave` and `saveUninitialized` off as both documentations advise. */
export const expressSessionRedis: Variant = {
  name: 'express-session + connect-redis',
  stale: 'never',
  peer: 'express-session',
  only: 'express',
  needs: { redis: true },
  async prepare({ redisUrl }, count) {
    const client = createClient({ url: redisUrl })
    await client.connect()
    const store = new RedisStore({ client })
    const cookies: string[] = []
    for (let index = 0; index < count; index += 1) {
      const id = randomBytes(24).toString('base64url')
      const cookie = { originalMaxAge: null, httpOnly: true, path: '/' }
      await store.set(id, { cookie, ...sampleSession(index) } as unknown as expressSession.SessionData)
      cookies.push(`connect.sid=${encodeURIComponent(`s:${sign(id, secret)}`)}`)
    }
    return {
      cookies,
      express(app) {
        // A touch on every read is the default of the pair; it is what keeps people signed in.
        app.use(expressSession({ store, secret, resave: false, saveUninitialized: false }))
        app.get('/', (request, response) => {
          const { subject, roles } = request.session
          if (subject === undefined || roles === undefined) return void response.status(401).end()
          response.json(answerOf({ subject, roles }))
        })
      },
    }
  },
}
