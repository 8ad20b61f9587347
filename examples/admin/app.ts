import { isSessionError } from '@single-state/core'
import { pageHeaders, proven, strictTransport } from '@single-state-example/pages'
import { type Context, Hono } from 'hono'
import { endFields, fieldsOf, subjectQuery } from './forms.ts'
import { lookupPage, sayingPage } from './pages.ts'
import { session } from './session.ts'

/** The administrator's pages. */
export const app = new Hono()
app.use(async (c, next) => {
  await next()
  c.header('Strict-Transport-Security', strictTransport)
})
app.get('/healthz', (c) => c.json({ status: 'ok' }))

app.use(session)

const administrators = session.require({ where: ({ entitlements }) => entitlements.roles.includes('admin') })

app.get('/', administrators, async (c) => {
  const { subject } = subjectQuery.parse(c.req.query())
  const { issuer } = c.var.session.identity
  const found = subject === '' ? null : { subject, sessions: await session.operations.list({ issuer, subject }, c) }
  return show(c, 200, lookupPage(proven(await session.resolve(c)), found))
})

app.post('/sessions/end', administrators, async (c) => {
  const { subject, id, reason } = await fieldsOf(endFields, c)
  const { issuer } = c.var.session.identity
  // The audit names the administrator: every call carries their session beside the application's key.
  if (id === undefined) await session.operations.endSubject({ issuer, subject }, reason, c)
  else await session.operations.end(id, reason, c)
  return c.redirect(`/?${new URLSearchParams({ subject })}`, 303)
})

app.notFound((c) => show(c, 404, sayingPage('There is no such page', 'The address may be mistyped, or the page has moved.')))
app.onError((error, c) => {
  // What concerns the administrator's own session is answered by the middleware.
  if (!isSessionError(error)) console.error(error)
  return show(
    c,
    isSessionError(error) ? error.status : 500,
    sayingPage('That did not work', 'Nothing was changed. Go back and try it again.'),
  )
})

function show(c: Context, status: number, page: string): Response {
  return c.newResponse(page, status as 200, pageHeaders)
}
