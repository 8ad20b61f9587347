import { createSession as createExpressSession } from '@single-state/express'
import { createSession as createHonoSession } from '@single-state/hono'
import { contract } from '../../gateway/contract.ts'
import { answerOf } from '../sample-session.ts'
import type { Variant } from '../variant.ts'

/** This project, by freshness and by the store behind its gateway. */
export function singleState(freshness: 'live' | 'strict', store: 'sqlite' | 'redis'): Variant {
  return {
    name: freshness === 'live' ? 'Single State, live' : `Single State, strict, ${store === 'redis' ? 'Redis' : 'sqlite'}`,
    stale: freshness === 'live' ? 'never, once a write is acknowledged' : 'never',
    peer: null,
    needs: store === 'redis' ? { gateway: store, redis: true } : { gateway: store },
    async prepare({ gateway, cookies }) {
      if (gateway === null) throw new TypeError('this variant needs a gateway')
      const options = { application: 'portal', gateway: gateway.origin, key: gateway.key, defaults: { freshness } } as const
      return {
        cookies,
        express(app) {
          const session = createExpressSession(contract, options)
          app.use(session)
          app.get('/', session.require(), (_, response) => {
            const { identity, entitlements } = response.locals.session
            response.json(answerOf({ subject: identity.subject, roles: entitlements.roles }))
          })
        },
        hono(app) {
          const session = createHonoSession(contract, options)
          app.use(session)
          app.get('/', session.require(), (context) => {
            const { identity, entitlements } = context.var.session
            return context.json(answerOf({ subject: identity.subject, roles: entitlements.roles }))
          })
        },
      }
    },
  }
}
