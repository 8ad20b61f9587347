import { randomBytes } from 'node:crypto'
import { defineContract } from '@single-state/core'
import { createGateway, defineGateway, developmentPeople, serveGateway } from '@single-state/gateway'
import { z } from 'zod'
import { freePort } from '../../tools/servers/server-process.ts'

const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ roles: z.array(z.string()) }),
  applications: { portal: { reads: ['identity'] } },
})

/** A gateway as `single-state dev` starts it: one chooses who to be among the people of the configuration. */
export async function startDevelopmentGateway(): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const config = defineGateway({
    contract,
    origin,
    store: 'memory',
    secret: randomBytes(32).toString('base64url'),
    idp: developmentPeople([
      { subject: 'ada', name: 'Ada', roles: ['admin', 'member'] },
      { subject: 'bob', name: 'Bob', roles: [] },
    ]),
    applications: { portal: { key: `ss_portal_${'p'.repeat(43)}`, origins: [origin] } },
    derive: () => ({ entitlements: { roles: [] } }),
  })
  const server = await serveGateway(await createGateway(config, { logTo: { write: () => undefined } }), { port })
  return { origin, close: server.close }
}
