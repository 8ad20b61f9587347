import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { createClient } from 'redis'
import { answerOf, sampleSession, subjectOf } from '../sample-session.ts'
import type { Variant, VariantParts } from '../variant.ts'

/** better-auth with sessions in Redis as its secondary storage; with or without its cookie cache. */
export function betterAuthRedis(cache: 'no cache' | 'cookie cache'): Variant {
  const cached = cache === 'cookie cache'
  return {
    name: `better-auth, Redis${cached ? ', cookie cache' : ''}`,
    stale: cached ? 'up to 5 minutes' : 'never',
    peer: 'better-auth',
    needs: { redis: true },
    async prepare(parts, count) {
      const tables: Tables = { user: [], session: [], account: [], verification: [] }
      const auth = await authOver(parts, cached, tables)
      const cookies: string[] = []
      for (let index = 0; index < count; index += 1) {
        cookies.push(await signUp(auth, index))
        // The adapter copies all of its tables for each transaction. Reads find person and session in Redis.
        for (const name of Object.keys(tables)) tables[name] = []
      }
      return {
        cookies,
        express(app) {
          app.all('/api/auth/{*path}', toNodeHandler(auth))
          app.get('/', async (request, response) => {
            const session = await auth.api.getSession({ headers: new Headers({ cookie: request.headers.cookie ?? '' }) })
            if (session === null) return void response.status(401).end()
            response.json(answerOf({ subject: session.user.name, roles: session.user.roles }))
          })
        },
        hono(app) {
          app.on(['POST', 'GET'], '/api/auth/*', (context) => auth.handler(context.req.raw))
          app.get('/', async (context) => {
            const session = await auth.api.getSession({ headers: context.req.raw.headers })
            if (session === null) return context.body(null, 401)
            return context.json(answerOf({ subject: session.user.name, roles: session.user.roles }))
          })
        },
      }
    },
  }
}

type Auth = Awaited<ReturnType<typeof authOver>>
type Tables = Parameters<typeof memoryAdapter>[0]

async function authOver({ redisUrl }: VariantParts, cached: boolean, tables: Tables) {
  const client = createClient({ url: redisUrl })
  await client.connect()
  return betterAuth({
    ...common,
    database: memoryAdapter(tables),
    secondaryStorage: {
      get: (key) => client.get(key),
      set: async (key, value, ttl) => void (await client.set(key, value, ttl ? { expiration: { type: 'EX', value: ttl } } : {})),
      getAndDelete: (key) => client.getDel(key),
      delete: async (key) => void (await client.del(key)),
      async increment(key, ttl) {
        await client.set(key, 0, { condition: 'NX', expiration: { type: 'EX', value: ttl } })
        return client.incr(key)
      },
    },
    session: { cookieCache: { enabled: cached, maxAge: 300 } },
    user: { additionalFields: { roles: { type: 'string[]', required: true }, notes: { type: 'string', required: true } } },
  })
}

const common = {
  baseURL: 'http://localhost',
  secret: 'a secret of the benchmark, of at least 32 characters',
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  emailAndPassword: {
    enabled: true,
    // Signing up is not measured: hashing 2,000 passwords as one should would take minutes.
    password: { hash: async () => 'benchmark', verify: async () => true },
  },
} satisfies BetterAuthOptions

async function signUp(auth: Auth, index: number): Promise<string> {
  const { roles, notes } = sampleSession(index)
  const name = subjectOf(index)
  const body = { name, email: `${name}@example.com`, password: 'benchmark', roles: [...roles], notes }
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
  return headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}
