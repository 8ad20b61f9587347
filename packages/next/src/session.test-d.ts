import { defineContract, remove, signal } from '@single-state/core'
import type { NextRequest } from 'next/server.js'
import { z } from 'zod'
import { createSession } from './index.ts'

// Compiled, never run: what must not compile says so itself.

const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), locale: z.string(), hint: z.string().optional() }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: {
      reads: ['identity', 'entitlements.roles', 'context.tenant', 'context.hint'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.hint': ['hint.set'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['entitlements.plan'] },
  },
})
const session = createSession(contract, { application: 'portal' })
const billing = createSession(contract, { application: 'billing' })
declare const request: NextRequest

// @ts-expect-error: the contract has no such application
createSession(contract, { application: 'shop' })

// After `require` there is a session, typed by what the application reads.
async function page() {
  const view = await session.require()
  const subject: string = view.identity.subject
  const roles: readonly string[] = view.entitlements.roles
  // @ts-expect-error: portal does not read the plan
  view.entitlements.plan
  // @ts-expect-error: portal does not read the locale
  view.context.locale
  // @ts-expect-error: portal does not read signals
  view.signals
  // @ts-expect-error: a session is changed through the gateway
  view.context.tenant = 'globex'
  // @ts-expect-error: at every depth
  view.entitlements.roles.push('admin')
  return { subject, roles }
}

// Handlers have it beside their parameters, as Next.js hands those over.
const one = session.route((_request, { session: view }) => Response.json(view.identity.subject))
const two = session.route<{ tenant: string }>(
  async (_request, { params }) => ({ expect: { 'context.tenant': (await params).tenant } }),
  async (asked, { params, session: view }) => {
    const path: string = asked.nextUrl.pathname
    const tenant: string = (await params).tenant
    return Response.json([path, tenant, view.version])
  },
)
const three = session.publicRoute((_request, context) => {
  // @ts-expect-error: nothing was required
  return Response.json(context.session)
})
const params = Promise.resolve({ tenant: 'acme' })
const answers: Promise<Response>[] = [one(request, { params }), two(request, { params }), three(request, { params })]
// @ts-expect-error: the address has no tenant
two(request, { params: Promise.resolve({}) })
// @ts-expect-error: billing reads nothing of the identity
billing.route((_request, { session: view }) => Response.json(view.identity))
// @ts-expect-error: a tenant is a string
session.route({ expect: { 'context.tenant': 7 } }, () => new Response())

// An operator's calls name no actor: it is the person of the request.
async function operate() {
  const listed = await session.operations.list({ issuer: 'https://idp.example', subject: 'ada' })
  await session.operations.end(listed[0]?.id ?? '', 'account.closed')
  // @ts-expect-error: a reason is needed
  await session.operations.end('id')
}

// `where` and `expect` know the session.
session.require({ where: ({ entitlements, identity }) => entitlements.roles.includes('admin') && identity.acr !== null })
// @ts-expect-error: portal does not read the plan
session.require({ where: ({ entitlements }) => entitlements.plan === 'pro' })
// @ts-expect-error: a predicate answers yes or no
session.require({ where: ({ entitlements }) => entitlements.roles })
session.require({ expect: { 'context.tenant': 'acme' } })
session.require({ expect: { 'context.tenant': null } })
// @ts-expect-error: a tenant is a string
session.require({ expect: { 'context.tenant': 7 } })
// @ts-expect-error: portal does not read the locale
session.require({ expect: { 'context.locale': 'en' } })
session.require({ assurance: { acr: 'urn:mfa', maxAge: '5m' } })
session.require({ assurance: { acr: ['urn:hardware', 'urn:mfa'] } })
// @ts-expect-error: an age is a duration
session.require({ assurance: { maxAge: 300 } })
// @ts-expect-error: billing does not read the class of the sign-in, so it cannot ask for one
billing.require({ assurance: { acr: 'urn:mfa' } })
// @ts-expect-error: nor when it was
billing.require({ assurance: { maxAge: '5m' } })
session.require({ freshness: { maxAge: '5s' }, outageGrace: '10s', atLeast: 3 })
// @ts-expect-error: a duration has a unit
session.require({ freshness: { maxAge: '5' } })

// Only granted paths are written, for the reasons that are granted for them, with values that fit.
async function writes() {
  const { version } = await session.update('tenant.switch', { 'context.tenant': 'acme' })
  await session.update('tenant.switch', ({ context }) => (context.tenant === null ? null : { 'context.tenant': null }))
  await session.update('tenant.switch', async ({ entitlements }) => ({ 'context.tenant': entitlements.roles[0] ?? null }), {
    retries: 1,
  })
  await session.update('hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update('tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: portal is not granted the locale
  await session.update('tenant.switch', { 'context.locale': 'en' })
  // @ts-expect-error: granted for another reason
  await session.update('hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: a tenant is a string
  await session.update('tenant.switch', { 'context.tenant': 7 })
  // @ts-expect-error: a tenant cannot be taken out, only a hint can
  await session.update('tenant.switch', { 'context.tenant': remove })
  // @ts-expect-error: the function decides from what portal reads
  await session.update('tenant.switch', ({ context }) => ({ 'context.tenant': context.locale }))
  // @ts-expect-error: billing writes nothing
  await billing.update('tenant.switch', { 'context.tenant': 'acme' })
  return version
}

async function signals() {
  await session.publish('tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: no such signal
  await session.publish('localeChanged', { tenant: 'acme' })
  // @ts-expect-error: of another shape
  await session.publish('tenantChanged', { tenant: 7 })
  // @ts-expect-error: billing publishes nothing
  await billing.publish('tenantChanged', { tenant: 'acme' })
}

async function reads() {
  const view = await session.get()
  // @ts-expect-error: nobody may be signed in
  view.identity
  const result = await session.resolve()
  // @ts-expect-error: only an active result has a session
  result.session
  return result.status === 'active' ? result.session.identity.subject : result.status
}

export { answers, operate, page, reads, signals, writes }
