// What a person writes on the first day, against the packages as they are published: contract, gateway, one application in each framework.
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { defineContract, fetchTransport } from '@single-state/core'
import { createSession } from '@single-state/express'
import { createGateway, defineGateway, developmentPeople } from '@single-state/gateway'
import { createSession as createHonoSession } from '@single-state/hono'
import express from 'express'
import { Hono } from 'hono'
import { z } from 'zod'

const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ roles: z.array(z.string()) }),
  applications: { portal: { reads: ['identity', 'entitlements'] } },
})

const key = `ss_portal_${randomBytes(32).toString('base64url')}`
const gateway = await createGateway(
  defineGateway({
    contract,
    origin: 'http://localhost:4400',
    store: 'sqlite:./sessions.db',
    secret: randomBytes(32).toString('base64url'),
    idp: developmentPeople([{ subject: 'ada', roles: ['admin'] }]),
    applications: { portal: { key, origins: ['http://localhost:3000'] } },
    derive: () => ({ entitlements: { roles: ['admin'] } }),
    log: { level: 'silent' },
  }),
)
const options = {
  application: 'portal',
  gateway: gateway.origin,
  key,
  transport: (origin: string) => fetchTransport(origin, gateway.fetch),
} as const
const started = await gateway.startSession({
  issuer: 'https://login.example.com',
  subject: 'ada',
  authenticatedAtMs: Date.now(),
  acr: null,
  amr: ['pwd'],
  idpSession: null,
  claims: {},
})
if (started.kind === 'refused') throw new Error(started.why)
const headers = { cookie: `${gateway.cookie.name}=${started.token}` }

const session = createSession(contract, options)
const app = express()
app.use(session)
app.get('/', session.require(), (_request, response) => void response.send(response.locals.session.identity.subject))
const server = app.listen(0)
const address = `http://localhost:${(server.address() as AddressInfo).port}/`
expect('Express, nobody', await fetch(address), 401)
expect('Express, ada', await fetch(address, { headers }), 200)
server.close()

const honoSession = createHonoSession(contract, options)
const honoApp = new Hono().use(honoSession).get('/', honoSession.require(), (c) => c.text(c.var.session.entitlements.roles.join()))
expect('Hono, nobody', await honoApp.request('/'), 401)
expect('Hono, ada', await honoApp.request('/', { headers }), 200)
await gateway.close()

function expect(what: string, response: Response, status: number): void {
  if (response.status !== status) throw new Error(`${what}: expected ${status}, found ${response.status}`)
}
