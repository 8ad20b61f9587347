// An application without a framework: the client, its requests and the union of its results.
import { createSessionClient, isSessionError, remove, SessionConflictError, type SessionResult, type SessionView } from '@single-state/core'
import { acme } from 'acme-contract'

export const client = createSessionClient(acme, { application: 'portal' })
export const billing = createSessionClient(acme, { application: 'billing' })
// @ts-expect-error: the contract has no such application
export const shop = createSessionClient(acme, { application: 'shop' })

type Portal = SessionView<typeof acme, 'portal'>

/** One answer for each member of the union: one more, or one less, does not compile. */
export function told(result: SessionResult<Portal>): string {
  // @ts-expect-error: only an active result has a session
  result.session
  switch (result.status) {
    case 'active': {
      const source: 'gateway' | 'lease' | 'snapshot' | 'outage-grace' = result.source
      return `${result.session.identity.subject} by ${source}, ${result.version + result.ageMs}`
    }
    case 'anonymous':
      return result.status
    case 'ended': {
      const reason: 'expired' | 'revoked' | 'invalid' | 'reused' = result.reason
      return reason
    }
    case 'unavailable':
      return `${result.code satisfies string} ${result.retryAfterMs.toFixed(0)}`
    case 'refused': {
      const code: 'cross_site' | 'credentials_ambiguous' = result.code
      return code
    }
    default:
      return result satisfies never
  }
}

export async function read(request: Request): Promise<string> {
  const { result, headers } = await client.resolve(request, { freshness: { maxAge: '5s' } })
  if (result.status !== 'active') return told(result)
  // @ts-expect-error: portal does not read the plan
  result.session.entitlements.plan
  return `${result.session.context.tenant ?? ''} ${headers.setCookie ?? ''}`
}

export async function write(request: Request): Promise<void> {
  const session = client.open(request)
  const view = await session.get()
  // @ts-expect-error: nobody may be signed in
  view.identity
  await session.update('tenant.switch', { 'context.tenant': view?.entitlements.roles[0] ?? null })
  await session.update('tenant.switch', ({ context }) => (context.tenant === null ? null : { 'context.tenant': null }), { retries: 1 })
  await session.update('hint.set', { 'context.hint': remove })
  // @ts-expect-error: no such reason
  await session.update('tenant.steal', { 'context.tenant': 'acme' })
  // @ts-expect-error: granted for another reason
  await session.update('hint.set', { 'context.tenant': 'acme' })
  // @ts-expect-error: portal is not granted the locale
  await session.update('tenant.switch', { 'context.locale': 'en' })
  // @ts-expect-error: a tenant cannot be taken out, only a hint can
  await session.update('tenant.switch', { 'context.tenant': remove })
  // @ts-expect-error: the function decides from what portal reads
  await session.update('tenant.switch', ({ context }) => ({ 'context.tenant': context.locale }))
  // @ts-expect-error: billing writes nothing
  await billing.open(request).update('tenant.switch', { 'context.tenant': 'acme' })
  await session.publish('tenantChanged', { tenant: 'acme' })
  // @ts-expect-error: no such signal
  await session.publish('localeChanged', { tenant: 'acme' })
  // @ts-expect-error: of another shape
  await session.publish('tenantChanged', { tenant: 7 })
  // @ts-expect-error: billing publishes nothing
  await billing.open(request).publish('tenantChanged', { tenant: 'acme' })
}

export function failed(error: unknown): string {
  if (error instanceof SessionConflictError) return error.code
  if (!isSessionError(error)) return 'unknown'
  // @ts-expect-error: the codes are a closed union
  if (error.code === 'no_such_code') return 'never'
  return error.code
}
