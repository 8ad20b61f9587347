import { defineContract, remove, signal } from '@single-state/core'
import express, { type Request } from 'express'
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
const app = express()
declare const request: Request

app.use(session)
app.use(session.errors)

// @ts-expect-error: the contract has no such application
createSession(contract, { application: 'shop' })

// The handlers after `require` have the session, typed by what the application reads.
app.get('/', session.require(), (_request, response) => {
  const subject: string = response.locals.session.identity.subject
  const roles: readonly string[] = response.locals.session.entitlements.roles
  response.json({ subject, roles })
})
app.get('/tenants/:tenant', session.require(), (handled, response) => {
  const tenant: string = handled.params.tenant
  response.json({ same: tenant === response.locals.session.context.tenant })
})
app.get('/chain', session.require(), session.require({ fresh: true }), (_request, response) => {
  const version: number = response.locals.session.version
  response.json(version)
})

// What is not granted is not there.
app.get('/ungranted', session.require(), (_request, response) => {
  // @ts-expect-error: portal does not read the plan
  response.json(response.locals.session.entitlements.plan)
  // @ts-expect-error: portal does not read the locale
  response.json(response.locals.session.context.locale)
  // @ts-expect-error: portal does not read signals
  response.json(response.locals.session.signals)
})
app.get('/other', billing.require(), (_request, response) => {
  const plan: 'free' | 'pro' = response.locals.session.entitlements.plan
  // @ts-expect-error: billing reads nothing of the identity
  response.json([plan, response.locals.session.identity])
})

// What is read cannot be changed in place.
app.get('/frozen', session.require(), (_request, response) => {
  // @ts-expect-error: a session is changed through the gateway
  response.locals.session.context.tenant = 'globex'
  // @ts-expect-error: at every depth
  response.locals.session.entitlements.roles.push('admin')
})

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
  const { version } = await session.update(request, 'tenant.switch', { 'context.tenant': 'acme' })
  await session.update(request, 'tenant.switch', ({ context }) => (context.tenant === null ? null : { 'context.tenant': null }))
  await session.update(request, 'tenant.switch', async ({ entitlements }) => ({ 'context.tenant': entitlements.roles[0] ?? null }), {
    retries: 1,
  })
  await session.update(request, 'hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update(request, 'tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: portal is not granted the locale
  await session.update(request, 'tenant.switch', { 'context.locale': 'en' })
  // @ts-expect-error: granted for another reason
  await session.update(request, 'hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: a tenant is a string
  await session.update(request, 'tenant.switch', { 'context.tenant': 7 })
  // @ts-expect-error: a tenant cannot be taken out, only a hint can
  await session.update(request, 'tenant.switch', { 'context.tenant': remove })
  // @ts-expect-error: the function decides from what portal reads
  await session.update(request, 'tenant.switch', ({ context }) => ({ 'context.tenant': context.locale }))
  // @ts-expect-error: billing writes nothing
  await billing.update(request, 'tenant.switch', { 'context.tenant': 'acme' })
  return version
}

async function signals() {
  await session.publish(request, 'tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: no such signal
  await session.publish(request, 'localeChanged', { tenant: 'acme' })
  // @ts-expect-error: of another shape
  await session.publish(request, 'tenantChanged', { tenant: 7 })
  // @ts-expect-error: billing publishes nothing
  await billing.publish(request, 'tenantChanged', { tenant: 'acme' })
}

async function reads() {
  const view = await session.get(request)
  // @ts-expect-error: nobody may be signed in
  view.identity
  const result = await session.resolve(request)
  // @ts-expect-error: only an active result has a session
  result.session
  return result.status === 'active' ? result.session.identity.subject : result.status
}

export { reads, signals, writes }
