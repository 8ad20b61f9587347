import { SessionError } from '@single-state/core'
import { proven, strictTransport } from '@single-state-example/pages'
import express from 'express'
import { conflicts, failures, notFound } from './failures.ts'
import { fieldsOf, localeFields, readForm, tenantFields } from './forms.ts'
import { homePage } from './home-page.ts'
import { sendPage } from './send-page.ts'
import { session } from './session.ts'
import { askSignOutPage, signedOutPage } from './sign-out-pages.ts'

/** The portal. */
export const app = express()
app.disable('x-powered-by')
app.use((_req, res, next) => {
  res.set('Strict-Transport-Security', strictTransport)
  next()
})
app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }))

app.use(session)

app.get('/', session.require(), async (req, res) => {
  const [active, others] = await Promise.all([session.resolve(req).then(proven), session.listOthers(req)])
  sendPage(res, 200, homePage(active, others))
})

app.post('/tenant', session.require(), readForm, async (req, res) => {
  const { from, tenant } = fieldsOf(tenantFields, req.body)
  const { context, entitlements } = res.locals.session
  // The page was made when the session said `from`. Another tab may have switched since, and this person saw something else.
  if (context.tenant !== from) throw new SessionError('expectation_failed')
  if (!entitlements.tenants.includes(tenant)) throw new SessionError('access_denied')
  await session.update(req, 'tenant.switch', { 'context.tenant': tenant })
  res.redirect(303, '/')
})

app.post('/announce', session.require(), async (req, res) => {
  const { tenant } = res.locals.session.context
  if (tenant !== null) await session.publish(req, 'tenantChanged', { tenant })
  res.redirect(303, '/')
})

app.post('/locale', session.require(), readForm, async (req, res) => {
  const { locale } = fieldsOf(localeFields, req.body)
  // Whatever else has changed meanwhile, this choice is right: so it is decided again after a conflict.
  await session.update(req, 'locale.change', ({ context }) => (context.locale === locale ? null : { 'context.locale': locale }))
  res.redirect(303, '/')
})

app.post('/others/end', session.require(), async (req, res) => {
  await session.endOthers(req, 'own.sign_out_others')
  res.redirect(303, '/')
})

app.get('/sign-out', session.require(), (_req, res) => sendPage(res, 200, askSignOutPage(res.locals.session.identity.subject)))

app.post('/sign-out', async (req, res) => {
  await session.signOut(req)
  res.redirect(303, '/signed-out')
})

app.get('/signed-out', (_req, res) => sendPage(res, 200, signedOutPage()))

// Conflicts get a page of the portal's own; `session.errors` answers whatever else concerns the session.
app.use(notFound, conflicts, session.errors, failures)
