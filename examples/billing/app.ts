import { isSessionError, type SessionError } from '@single-state/core'
import { pageHeaders, proven, strictTransport } from '@single-state-example/pages'
import { type Context, Hono } from 'hono'
import { homePage } from './home-page.ts'
import { invoicesPage } from './invoices-page.ts'
import { refusedPage, sayingPage } from './saying-pages.ts'
import { session } from './session.ts'
import { usagePage } from './usage-page.ts'

/** Billing. */
export const app = new Hono()
app.use(async (c, next) => {
  await next()
  c.header('Strict-Transport-Security', strictTransport)
})
app.get('/healthz', (c) => c.json({ status: 'ok' }))

app.use(session)

app.get('/', session.require(), async (c) => show(c, 200, homePage(proven(await session.resolve(c)))))

// Whoever asks for the invoices of a tenant says which: when the session has moved on, another tab gets 409 and no mixture.
const ofThatTenant: ReturnType<typeof session.require> = (c, next) =>
  session.require({ expect: { 'context.tenant': c.req.param('tenant') ?? null } })(c, next)
app.get('/tenants/:tenant/invoices', ofThatTenant, async (c) => show(c, 200, invoicesPage(proven(await session.resolve(c)))))

// Figures that may be ten seconds old: while they are, the gateway is not asked.
const relaxed = { freshness: { maxAge: '10s' } } as const
app.get('/usage', session.require(relaxed), async (c) => show(c, 200, usagePage(proven(await session.resolve(c, relaxed)))))

app.post('/upgrade', session.require(), async (c) => {
  const refusal = await tryUngranted(c)
  return show(c, refusal.status, refusedPage(c.var.session.identity.subject, refusal))
})

app.notFound((c) => show(c, 404, sayingPage('There is no such page', 'The address may be mistyped, or the page has moved.')))
app.onError((error, c) => {
  // What concerns the session is answered by its middleware.
  if (!isSessionError(error)) console.error(error)
  return show(c, 500, sayingPage('That did not work', 'Nothing was changed. Go back and try it again.'))
})

/**
 * Writes what billing may not write. Only the casts make it compile; the gateway refuses all the same, and its audit
 * says so.
 */
async function tryUngranted(c: Context): Promise<SessionError> {
  try {
    await session.update(c, 'plan.upgrade' as never, { 'entitlements.plan': 'pro' } as never)
  } catch (error) {
    if (isSessionError(error) && error.code === 'write_denied') return error
    throw error
  }
  throw new Error('the gateway let billing write a path that it was not granted')
}

function show(c: Context, status: number, page: string): Response {
  return c.newResponse(page, status as 200, pageHeaders)
}
