import { notFound, redirect } from 'next/navigation'
import { pause, sessionOf } from './session.ts'

type Answer = () => Promise<unknown>

/** The routes of the adapter contract for places that answer with no `Response`: what each shows, or why it cannot. */
export async function answerTo(route: string): Promise<unknown> {
  const answer = answersOf()[route]
  return answer ? answer() : notFound()
}

function answersOf(): Record<string, Answer> {
  const session = sessionOf()
  const get = async () => ({ session: await session.get() })
  const countVisit = () => session.update('visit.count', ({ context }) => ({ 'context.visits': context.visits + 1 }))
  const require = (requirement?: Parameters<typeof session.require>[0]) => async () => ({ session: await session.require(requirement) })
  return {
    'GET /untouched': async () => ({ ok: true }),
    'GET /whoami': get,
    'GET /resolved': () => session.resolve(),
    'GET /required': require(),
    'POST /required': require(),
    'GET /nested/required': async () => {
      await session.require()
      return { session: await session.require() }
    },
    'GET /admins': require({ where: ({ entitlements }) => entitlements.roles.includes('admin') }),
    'GET /broken-rule': require({ where: breakRule }),
    'GET /acme': require({ expect: { 'context.tenant': 'acme' } }),
    'GET /tenants/acme': require({ expect: { 'context.tenant': 'acme' } }),
    'GET /tenants/globex': require({ expect: { 'context.tenant': 'globex' } }),
    'GET /transfer': require({ assurance: { acr: 'urn:mfa', maxAge: '5m' } }),
    'GET /recent': require({ freshness: { maxAge: '5s' } }),
    'GET /grace': require({ outageGrace: '10s' }),
    'GET /fresh': require({ fresh: true, outageGrace: '10s' }),
    'POST /tenant': async () => ({ session: await session.update('tenant.switch', { 'context.tenant': 'globex' }) }),
    'POST /visits': async () => ({ session: await countVisit() }),
    'POST /grace': async () => {
      await session.require({ outageGrace: '10s' })
      return { session: await countVisit() }
    },
    'POST /visit-and-look': async () => {
      const before = await session.get()
      await countVisit()
      return { before, after: await session.get() }
    },
    'POST /announce': async () => {
      await session.publish('tenantChanged', { tenant: 'globex' })
      return get()
    },
    'POST /sign-out': async () => {
      await session.signOut()
      return get()
    },
    'POST /leave': async () => {
      await session.signOut()
      redirect('/static-page')
    },
    'GET /throws': async () => {
      await session.get()
      throw new Error('broken handler')
    },
    'GET /thrice': async () => {
      const atOnce = await Promise.all([session.get(), session.get()])
      return { sessions: [...atOnce, await session.get()] }
    },
    'GET /paused': async () => {
      const held = await session.require()
      await pause()
      return { held, read: await session.get() }
    },
  }
}

function breakRule(): boolean {
  throw new Error('broken rule')
}
