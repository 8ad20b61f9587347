import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createSessionClient, type SessionClientOptions } from '@single-state/core'
import { freePort } from '../../../tools/servers/server-process.ts'
import { configOf, contract, keyOf, openTestGateway } from '../src/fixtures/test-gateway.ts'

type Requirement = Parameters<ReturnType<ReturnType<typeof createSessionClient<typeof contract, 'billing'>>['open']>['check']>[0]
type Fetch = (request: Request) => Promise<Response>

/** The configuration for nginx of the guide, with the addresses of a test. */
export function nginxConfiguration(ports: { readonly nginx: number; readonly gateway: number; readonly application: number }): string {
  return guideConfiguration('nginx', [
    ['127.0.0.1:8080', `127.0.0.1:${ports.nginx}`],
    ['127.0.0.1:4400', `127.0.0.1:${ports.gateway}`],
    ['localhost:4400', `localhost:${ports.gateway}`],
    ['127.0.0.1:3000', `127.0.0.1:${ports.application}`],
    ['ss_billing_…', keyOf('billing')],
  ])
}

/** A configuration of the guide, by the language of its block, with other words for its own. */
export function guideConfiguration(language: string, replaced: readonly (readonly [from: string, to: string])[]): string {
  const page = readFileSync(new URL('../../../docs/guides/forward-auth.md', import.meta.url), 'utf8')
  const [, block = ''] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page) ?? []
  return replaced.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the configuration of the guide has no ${from}`)
    return text.replaceAll(from, to)
  }, block)
}

/** A gateway on a port of its own, for an application that is reached at `proxy`. */
export async function listeningGateway(proxy: number) {
  const port = await freePort()
  const asked: string[] = []
  const opened = await openTestGateway({
    origin: `http://localhost:${port}`,
    applications: { ...configOf().applications, billing: { key: keyOf('billing'), origins: [`http://localhost:${proxy}`] } },
  })
  const server = await listen((request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`)
    return opened.gateway.fetch(request)
  }, port)
  return { ...opened, port, asked, close: () => closeServer(server) }
}

/** An application behind a proxy. Its session comes from the context that the proxy passes on, or from the gateway. */
export async function proxiedApplication(
  gateway: { readonly port: number; readonly now: () => number },
  options: Partial<SessionClientOptions<'billing'>> = {},
) {
  const clock = { wallMs: gateway.now, monotonicMs: gateway.now }
  const origin = `http://localhost:${gateway.port}`
  const client = createSessionClient(contract, {
    application: 'billing',
    gateway: origin,
    key: keyOf('billing'),
    forwardAuth: true,
    log: () => undefined,
    clock,
    ...options,
  })
  let served = 0

  async function me(request: Request): Promise<Response> {
    const { result, headers } = await client.resolve(request)
    const body =
      result.status === 'active' ? { subject: result.session.identity.subject, source: result.source } : { status: result.status }
    const response = Response.json(body, { status: result.status === 'active' ? 200 : 401, headers: headers.set })
    if (headers.setCookie) response.headers.append('Set-Cookie', headers.setCookie)
    return response
  }

  /** The status map of every adapter, as one of them gives it. */
  const guarded =
    (requirement: Requirement): Fetch =>
    async (request) => {
      const session = client.open(request)
      const passage = await session.check(requirement)
      if ('session' in passage) return new Response('passed', { headers: session.headersFor()?.set ?? {} })
      const { status, headers, body } = passage.denial
      return new Response(body === '' ? null : body, { status, headers })
    }

  const routes: Readonly<Record<string, Fetch>> = {
    '/me': me,
    '/guarded': guarded({ fresh: true }),
    '/forbidden': guarded({ where: () => false }),
    '/conflict': guarded({ expect: { 'context.tenant': 'another' } }),
    '/headers': async ({ headers }) => Response.json(Object.fromEntries(headers), { headers: { 'Cache-Control': 'private, no-store' } }),
    '/asset': async () => new Response(`asset ${++served}`, { headers: { 'Cache-Control': 'public, max-age=60' } }),
    '/broken': async () => new Response('broken', { status: 500, headers: { 'Cache-Control': 'private, no-store' } }),
  }
  const server = await listen(async (request) => routes[new URL(request.url).pathname]?.(request) ?? new Response(null, { status: 404 }), 0)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await client.close()
      await closeServer(server)
    },
  }
}

async function listen(fetch: Fetch, port: number): Promise<Server> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function closeServer(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
}
