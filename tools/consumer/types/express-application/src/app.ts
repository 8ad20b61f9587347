// An Express application whose contract is in another package. What must not compile says so itself.
import { remove } from '@single-state/core'
import { createSession } from '@single-state/express'
import { acme } from 'acme-contract'
import express, { type Request } from 'express'

export const session = createSession(acme, { application: 'portal' })
export const billing = createSession(acme, { application: 'billing' })
// @ts-expect-error: the contract has no such application
export const shop = createSession(acme, { application: 'shop' })

const app = express()
app.use(session)

app.get('/tenants/:tenant', session.require(), (request, response) => {
  const tenant: string = request.params.tenant
  const roles: readonly string[] = response.locals.session.entitlements.roles
  response.json([tenant === response.locals.session.context.tenant, roles, response.locals.session.signals.tenantChanged?.tenant])
})
app.get('/ungranted', session.require(), (_request, response) => {
  // @ts-expect-error: portal does not read the plan
  response.json(response.locals.session.entitlements.plan)
  // @ts-expect-error: nor the locale
  response.json(response.locals.session.context.locale)
  // @ts-expect-error: a session is changed through the gateway
  response.locals.session.context.tenant = 'globex'
})
app.get('/billing', billing.require(), (_request, response) => {
  const plan: 'free' | 'pro' = response.locals.session.entitlements.plan
  // @ts-expect-error: billing reads the subject alone
  response.json([plan, response.locals.session.identity.issuer])
})
app.use(session.errors)

const admins = session.require({ where: ({ entitlements, identity }) => entitlements.roles.includes('admin') && identity.acr !== null })
app.get('/admin', admins, (_request, response) => void response.send(response.locals.session.identity.subject))
session.require((request) => ({ expect: { 'context.tenant': request.get('tenant') ?? null }, fresh: true }))
// @ts-expect-error: portal does not read the plan
session.require({ where: ({ entitlements }) => entitlements.plan === 'pro' })
// @ts-expect-error: a predicate answers yes or no
session.require({ where: ({ entitlements }) => entitlements.roles })
// @ts-expect-error: portal does not read the locale
session.require({ expect: { 'context.locale': 'en' } })
// @ts-expect-error: a tenant is a string
session.require({ expect: { 'context.tenant': 7 } })

export async function write(request: Request): Promise<number> {
  await session.update(request, 'hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update(request, 'tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: granted for another reason
  await session.update(request, 'hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: billing writes nothing
  await billing.update(request, 'tenant.switch', { 'context.tenant': 'acme' })
  await session.publish(request, 'tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: portal does not publish this one
  await session.publish(request, 'cartTouched', ['book'])
  return (await session.update(request, 'tenant.switch', ({ identity }) => ({ 'context.tenant': identity.subject }))).version
}

export async function read(request: Request): Promise<string | null> {
  const result = await session.resolve(request)
  // @ts-expect-error: only an active result has a session
  result.session
  if (result.status === 'ended') return result.reason satisfies 'expired' | 'revoked' | 'invalid' | 'reused'
  const view = await session.get(request)
  // @ts-expect-error: nobody may be signed in
  view.identity
  return view?.context.tenant ?? null
}
