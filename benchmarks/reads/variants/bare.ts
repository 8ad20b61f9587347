import { answerOf, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'

/** The framework and nothing else: what every ratio is taken against. */
export const bare: Variant = {
  name: 'bare handler',
  stale: 'knows nobody',
  peer: null,
  needs: {},
  async prepare(_, count) {
    const answer = answerOf(sampleSession(0))
    return {
      cookies: Array.from({ length: count }, (_, index) => `unread=${index}`),
      express: (app) => void app.get('/', (_, response) => void response.json(answer)),
      hono: (app) => void app.get('/', (context) => context.json(answer)),
    }
  },
}
