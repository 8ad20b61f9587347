import type { answerOf } from '../sample-session.ts'
import type { Mounts } from '../variant.ts'

type Answer = ReturnType<typeof answerOf>

/** Mounts what tells by the `Cookie` header alone who is asking, for peers that bring no middleware of their own; null answers 401. */
export function mountedByCookie(cookies: readonly string[], answerFor: (cookie: string | undefined) => Promise<Answer | null>): Mounts {
  return {
    cookies,
    express(app) {
      app.get('/', async (request, response) => {
        const answer = await answerFor(request.headers.cookie)
        return void (answer === null ? response.status(401).end() : response.json(answer))
      })
    },
    hono(app) {
      app.get('/', async (context) => {
        const answer = await answerFor(context.req.header('cookie'))
        return answer === null ? context.body(null, 401) : context.json(answer)
      })
    },
  }
}
