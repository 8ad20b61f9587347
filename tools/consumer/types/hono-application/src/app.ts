// A Hono application whose contract is in another package. What must not compile says so itself.
import { remove } from '@single-state/core'
import { createSession } from '@single-state/hono'
import { acme } from 'acme-contract'
import { type Context, Hono } from 'hono'

export const session = createSession(acme, { application: 'portal' })
export const billing = createSession(acme, { application: 'billing' })
// @ts-expect-error: the contract has no such application
export const shop = createSession(acme, { application: 'shop' })

const app = new Hono()
app.use(session)

app.get('/tenants/:tenant', session.require(), (c) => {
  const tenant: string = c.req.param('tenant')
  const roles: readonly string[] = c.var.session.entitlements.roles
  return c.json([tenant === c.var.session.context.tenant, roles, c.var.session.signals.tenantChanged?.tenant])
})
app.get('/without', (c) => {
  // @ts-expect-error: nothing was required
  return c.json(c.var.session.version)
})
app.get('/ungranted', session.require(), (c) => {
  // @ts-expect-error: a session is changed through the gateway
  c.var.session.context.tenant = 'globex'
  // @ts-expect-error: portal does not read the locale
  c.var.session.context.locale
  // @ts-expect-error: nor the plan
  return c.json(c.var.session.entitlements.plan)
})
app.get('/billing', billing.require(), (c) => {
  const plan: 'free' | 'pro' = c.var.session.entitlements.plan
  // @ts-expect-error: billing reads the subject alone
  return c.json([plan, c.var.session.identity.issuer])
})

const admins = session.require({ where: ({ entitlements, identity }) => entitlements.roles.includes('admin') && identity.acr !== null })
app.get('/admin', admins, (c) => c.text(c.var.session.identity.subject))
session.require((c) => ({ expect: { 'context.tenant': c.req.header('tenant') ?? null }, fresh: true }))
// @ts-expect-error: portal does not read the plan
session.require({ where: ({ entitlements }) => entitlements.plan === 'pro' })
// @ts-expect-error: a predicate answers yes or no
session.require({ where: ({ entitlements }) => entitlements.roles })
// @ts-expect-error: portal does not read the locale
session.require({ expect: { 'context.locale': 'en' } })
// @ts-expect-error: a tenant is a string
session.require({ expect: { 'context.tenant': 7 } })

export async function write(c: Context): Promise<number> {
  await session.update(c, 'hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update(c, 'tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: granted for another reason
  await session.update(c, 'hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: billing writes nothing
  await billing.update(c, 'tenant.switch', { 'context.tenant': 'acme' })
  await session.publish(c, 'tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: portal does not publish this one
  await session.publish(c, 'cartTouched', ['book'])
  return (await session.update(c, 'tenant.switch', ({ identity }) => ({ 'context.tenant': identity.subject }))).version
}

export async function read(c: Context): Promise<string | null> {
  const result = await session.resolve(c)
  // @ts-expect-error: only an active result has a session
  result.session
  if (result.status === 'ended') return result.reason satisfies 'expired' | 'revoked' | 'invalid' | 'reused'
  const view = await session.get(c)
  // @ts-expect-error: nobody may be signed in
  view.identity
  return view?.context.tenant ?? null
}
