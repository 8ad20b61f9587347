// A Next.js application whose contract is in another package. What must not compile says so itself.
import { remove } from '@single-state/core'
import { createSession } from '@single-state/next'
import { acme } from 'acme-contract'

export const session = createSession(acme, { application: 'portal' })
export const billing = createSession(acme, { application: 'billing' })
// @ts-expect-error: the contract has no such application
export const shop = createSession(acme, { application: 'shop' })

export const proxy = session.proxy

export async function page(): Promise<string> {
  const { context, entitlements, identity, signals } = await session.require()
  const roles: readonly string[] = entitlements.roles
  // @ts-expect-error: portal does not read the plan
  entitlements.plan
  // @ts-expect-error: nor the locale
  context.locale
  // @ts-expect-error: a session is changed through the gateway
  context.tenant = 'globex'
  // @ts-expect-error: billing reads the subject alone
  ;(await billing.require()).identity.issuer
  const plan: 'free' | 'pro' = (await billing.require()).entitlements.plan
  return [identity.subject, plan, signals.tenantChanged?.tenant, ...roles].join()
}

export const GET = session.route<{ tenant: string }>(
  async (_request, { params }) => ({ expect: { 'context.tenant': (await params).tenant } }),
  async (request, { params, session: view }) => Response.json([request.nextUrl.pathname, (await params).tenant, view.version]),
)
export const POST = session.publicRoute((_request, context) => {
  // @ts-expect-error: nothing was required
  return Response.json(context.session)
})

export async function guards(): Promise<void> {
  await session.require({ where: ({ entitlements, identity }) => entitlements.roles.includes('admin') && identity.acr !== null })
  // @ts-expect-error: portal does not read the plan
  await session.require({ where: ({ entitlements }) => entitlements.plan === 'pro' })
  // @ts-expect-error: a predicate answers yes or no
  await session.require({ where: ({ entitlements }) => entitlements.roles })
  // @ts-expect-error: portal does not read the locale
  await session.require({ expect: { 'context.locale': 'en' } })
  // @ts-expect-error: a tenant is a string
  await session.require({ expect: { 'context.tenant': 7 } })
}

export async function write(): Promise<number> {
  await session.update('hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update('tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: granted for another reason
  await session.update('hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: billing writes nothing
  await billing.update('tenant.switch', { 'context.tenant': 'acme' })
  await session.publish('tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: portal does not publish this one
  await session.publish('cartTouched', ['book'])
  return (await session.update('tenant.switch', ({ identity }) => ({ 'context.tenant': identity.subject }))).version
}

export async function read(): Promise<string | null> {
  const result = await session.resolve()
  // @ts-expect-error: only an active result has a session
  result.session
  if (result.status === 'ended') return result.reason satisfies 'expired' | 'revoked' | 'invalid' | 'reused'
  const view = await session.get()
  // @ts-expect-error: nobody may be signed in
  view.identity
  return view?.context.tenant ?? null
}
