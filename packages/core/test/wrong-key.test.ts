import { createSessionClient } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

// An application with a wrong key, over the real gateway: our mistake must never look like a sign-out (rule 8).

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }

async function start() {
  const gateway = await createTestGateway(acme, { person })
  const session = await gateway.signIn()
  const wrong = createSessionClient(acme, { ...gateway.optionsFor('portal'), key: `ss_portal_${'w'.repeat(43)}` })
  return { gateway, session, wrong }
}

describe('an application with a wrong key', () => {
  it('is unavailable to people who are signed in, before and after the gateway has had enough of it, and signs nobody out', async () => {
    const { gateway, session, wrong } = await start()
    const codes = new Set<string>()
    for (let minute = 0; minute < 60; minute += 1) {
      const { result, headers } = await wrong.resolve(await gateway.request('portal', { session }))
      expect(result.status).toBe('unavailable')
      expect(headers.setCookie).toBeNull()
      if (result.status === 'unavailable') codes.add(result.code)
      gateway.clock.advance('1s')
    }
    expect([...codes].sort()).toEqual(['application_unknown', 'rate_limited'])
    const right = createSessionClient(acme, gateway.optionsFor('portal'))
    expect((await right.resolve(await gateway.request('portal', { session }))).result.status).toBe('active')
    await gateway.close()
  })

  it('that loses its key while it runs is unavailable too: the sessions that it knows stay', async () => {
    const { gateway, session } = await start()
    const options = gateway.optionsFor('portal')
    let hasKey = true
    const client = createSessionClient(acme, {
      ...options,
      transport: (origin) => {
        const transport = (options.transport as NonNullable<typeof options.transport>)(origin)
        return (request) =>
          transport(hasKey ? request : { ...request, headers: { ...request.headers, authorization: `Bearer ss_portal_${'w'.repeat(43)}` } })
      },
    })
    const resolve = async () => (await client.resolve(await gateway.request('portal', { session }))).result
    expect((await resolve()).status).toBe('active')
    hasKey = false
    for (let times = 0; times < 30; times += 1) expect((await resolve()).status).toBe('unavailable')
    hasKey = true
    gateway.clock.advance('2s')
    expect((await resolve()).status).toBe('active')
    await gateway.close()
  })
})
