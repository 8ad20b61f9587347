import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createTestClock, createTestGateway, type TestGateway } from '@single-state/testing'
import { adapterTestContract } from '@single-state/testing/adapter-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../tools/servers/server-process.ts'
import { fixtureFolder, nextCommand, production } from './fixture-application.ts'
import { actionId } from './places.ts'

/** The application as it is run: `next start` in a process of its own, the gateway over real sockets, both from the environment. */
export function processTests(): void {
  describe('next start', () => {
    let gateway: TestGateway<typeof adapterTestContract>
    let server: Server
    let application: ChildProcess

    beforeAll(async () => {
      server = createServer((request, response) => void answer(request, response))
      const answer = getRequestListener((request) => gateway.fetch(request), { overrideGlobalObjects: false })
      const origin = await listen(server)
      const port = await freePort()
      gateway = await createTestGateway(adapterTestContract, {
        origin,
        origins: { app: `http://localhost:${port}` },
        clock: createTestClock(Date.now()),
      })
      const env = { ...production, SINGLE_STATE_GATEWAY: origin, SINGLE_STATE_KEY: gateway.keys.app }
      application = spawn(process.execPath, [nextCommand, 'start', '--port', String(port)], { cwd: fixtureFolder, env })
      await ready(application)
    }, 60_000)

    afterAll(async () => {
      const exited = once(application, 'exit')
      application.kill()
      await exited
      server.closeAllConnections()
      server.close()
      await gateway.close()
    })

    const ask = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
      fetch(`${gateway.origins.app}${path}`, { redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin', ...headers }, ...init })

    it('shows a person their session in page, handler and action', async () => {
      const { cookie } = await gateway.signIn({ subject: 'bob' })
      const page = await ask('/required', { cookie, 'fixture-place': 'page' })
      expect([page.status, (await page.text()).includes('&quot;bob&quot;')]).toEqual([200, true])
      const handler = await ask('/required', { cookie, 'fixture-place': 'route' })
      expect(await handler.json()).toMatchObject({ session: { identity: { subject: 'bob' } } })
      const called = { cookie, 'fixture-place': 'action', 'next-action': actionId('act'), 'content-type': 'text/plain;charset=UTF-8' }
      const action = await ask('/settings', called, { method: 'POST', body: '["POST /tenant"]' })
      expect([action.status, (await action.text()).includes('"tenant":"globex"')]).toEqual([200, true])
    })

    it('refuses who pretends that Next.js has asked itself', async () => {
      const forged = { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy', 'fixture-proxied': '1' }
      const page = await ask('/required', { 'fixture-place': 'page', ...forged })
      expect(page.headers.get('location')).toBe(
        `${gateway.origin}/login?return_to=${encodeURIComponent(`${gateway.origins.app}/required`)}`,
      )
      expect((await ask('/required', { 'fixture-place': 'route', ...forged })).status).toBe(401)
    })

    it('signs nobody out because the gateway is away', async () => {
      const { cookie } = await gateway.signIn()
      server.closeAllConnections()
      server.close()
      const handler = await ask('/required', { cookie, 'fixture-place': 'route' })
      expect([handler.status, handler.headers.get('retry-after'), handler.headers.getSetCookie()]).toEqual([503, '1', []])
      const page = await ask('/required', { cookie, 'fixture-place': 'page', 'fixture-proxied': '1' })
      expect([page.status, (await page.text()).includes('single-state:store_unavailable')]).toEqual([500, true])
      expect(page.headers.getSetCookie()).toEqual([])
    })
  })
}

async function listen(server: Server): Promise<string> {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Rejects with what the process has said when it ends instead. */
function ready({ stdout, stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Ready in')) resolve()
    })
    stdout?.on('end', () => reject(new Error(`next start ended\n${said}`)))
  })
}
