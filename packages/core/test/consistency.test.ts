import { createSessionClient, type Transport } from '@single-state/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'

const person = { entitlements: { plan: 'free' as const, roles: [] }, context: { tenant: 'acme' } }

/** What one of two processes does, and how many turns its requests take on their way out and back. */
const step = fc.record({
  client: fc.nat(1),
  act: fc.constantFrom('read', 'read', 'write', 'publish'),
  after: fc.nat(12),
  delays: fc.array(fc.nat(6), { minLength: 8, maxLength: 8 }),
})

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

it('rules 5 and 6: reads are never older than what was acknowledged before them, and never go backwards, whatever overtakes what', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 24 }), fc.boolean(), async (story, tiny) => {
      const gateway = await createTestGateway(acme, { person })
      const session = await gateway.signIn()
      const delays = story.flatMap((each) => each.delays)
      const clients = [0, 1].map(() => {
        const options = gateway.optionsFor('portal')
        const carry = (options.transport as (origin: string) => Transport)(gateway.origin)
        const transport: Transport = async (request) => {
          await turns(delays.shift() ?? 0)
          // Time goes on, so that the order of the questions is told by the clock as well.
          gateway.clock.advance(1)
          const answer = await carry(request)
          await turns(delays.shift() ?? 0)
          return answer
        }
        return createSessionClient(acme, { ...options, transport: () => transport, cache: tiny ? { entries: 1 } : {} })
      })
      let acknowledged = 1
      const shown = [0, 0]

      const act = async ({ client, act: what, after }: (typeof story)[number]): Promise<void> => {
        await turns(after)
        const request = clients[client]?.open(await gateway.request('portal', { session, method: 'POST' }))
        if (!request) return
        const floor = acknowledged
        if (what === 'publish') await request.publish('tenantChanged', { tenant: 'x' })
        if (what === 'write')
          await request.update('tenant.switch', ({ version }) => ({ 'context.tenant': `after-${version}` }), { retries: 100 })
        const result = await request.resolve()
        expect(result.status).toBe('active')
        const { version } = result as Extract<typeof result, { status: 'active' }>
        expect(version).toBeGreaterThanOrEqual(Math.max(floor, shown[client] ?? 0))
        shown[client] = Math.max(version, shown[client] ?? 0)
        if (what !== 'read') acknowledged = Math.max(acknowledged, version)
      }
      await Promise.all(story.map(act))
      const writes = story.filter(({ act: what }) => what !== 'read').length
      expect(await gateway.inspect(session)).toMatchObject({ version: 1 + writes })
      await gateway.close()
    }),
    { numRuns: 40 },
  )
}, 60_000)
