import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { createSessionClient, type SessionClientOptions } from '@single-state/core'
import { freePort } from '../../../tools/servers/server-process.ts'
import { configOf, contract, keyOf, openTestGateway } from '../src/fixtures/test-gateway.ts'
import { sessionCookie } from './login-harness.ts'

type Requirement = Parameters<ReturnType<ReturnType<typeof createSessionClient<typeof contract, 'billing'>>['open']>['check']>[0]
type Fetch = (request: Request) => Promise<Response>

/** The configuration for nginx of the guide, with the addresses of a test. */
export function nginxConfiguration(ports: { readonly nginx: number; readonly gateway: number; readonly application: number }): string {
  return guideConfiguration('nginx', [
    ['127.0.0.1:8080', `127.0.0.1:${ports.nginx}`],
    ['https://app.example.com', `http://localhost:${ports.nginx}`],
    ['127.0.0.1:4400', `127.0.0.1:${ports.gateway}`],
    ['localhost:4400', `localhost:${ports.gateway}`],
    ['127.0.0.1:3000', `127.0.0.1:${ports.application}`],
    ['ss_billing_…', keyOf('billing')],
  ])
}

/** The configuration for Caddy of the guide, with the addresses of a test. Its key comes from the environment. */
export function caddyConfiguration(ports: { readonly caddy: number; readonly gateway: number; readonly application: number }): string {
  return guideConfiguration('caddyfile', [
    ['https://app.example.com', `http://localhost:${ports.caddy}`],
    ['app.example.com', `http://localhost:${ports.caddy}`],
    ['127.0.0.1:4400', `127.0.0.1:${ports.gateway}`],
    ['localhost:4400', `localhost:${ports.gateway}`],
    ['127.0.0.1:3000', `127.0.0.1:${ports.application}`],
  ])
}

/** A configuration of the guide, by the language of its block, with other words for its own. */
function guideConfiguration(language: string, replaced: readonly (readonly [from: string, to: string])[]): string {
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
    '/says': says,
    '/broken': async () => new Response('broken', { status: 500, headers: { 'Cache-Control': 'private, no-store' } }),
  }
  const server = await listen(async (request) => routes[new URL(request.url).pathname]?.(request) ?? new Response(null, { status: 404 }), 0)
  server.on('upgrade', ({ headers }, socket: Duplex) => {
    socket.on('error', () => undefined)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`)
    socket.write(`${headers['session-context'] ? 'with' : 'without'} a context: `)
    socket.pipe(socket)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await client.close()
      await closeServer(server)
    },
  }
}

/** Answers with the headers and the `status` that the address names. */
async function says(request: Request): Promise<Response> {
  const { status = '200', ...headers } = Object.fromEntries(new URL(request.url).searchParams)
  return new Response(status === '304' ? null : 'said', { status: Number(status), headers })
}

/** An answer that says this about who may store it, by the way of saying. `kept` says that nobody else may, or nothing. */
export const sayings: Readonly<Record<'kept' | 'stored', readonly (readonly [what: string, said: Readonly<Record<string, string>>])[]>> = {
  kept: [
    ['nothing at all', {}],
    ['Last-Modified and ETag alone', { 'Last-Modified': 'Mon, 05 Jan 2026 10:00:00 GMT', ETag: '"1"' }],
    ['private', { 'Cache-Control': 'private' }],
    ['private, and asked about each time', { 'Cache-Control': 'max-age=0, private, must-revalidate' }],
    ['no-cache', { 'Cache-Control': 'no-cache' }],
    ['no-store', { 'Cache-Control': 'no-store' }],
    ['private, no-store', { 'Cache-Control': 'private, no-store' }],
    ['a redirect', { status: '303', Location: '/me' }],
    ['an error', { status: '404' }],
  ],
  stored: [
    ['public', { 'Cache-Control': 'public, max-age=600' }],
    ['max-age', { 'Cache-Control': 'max-age=600' }],
    ['s-maxage', { 'Cache-Control': 's-maxage=600' }],
    ['public, no-cache', { 'Cache-Control': 'public, no-cache' }],
    ['must-understand', { 'Cache-Control': 'max-age=600, must-understand, no-store' }],
    ['private for one header', { 'Cache-Control': 'max-age=600, private="x-name"' }],
    ['Expires alone', { Expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }],
    ['CDN-Cache-Control', { 'Cache-Control': 'private, no-store', 'CDN-Cache-Control': 'max-age=600' }],
    ['CDN-Cache-Control alone', { 'CDN-Cache-Control': 'max-age=600' }],
    ['Surrogate-Control', { 'Cache-Control': 'no-store', 'Surrogate-Control': 'max-age=600' }],
    ['304', { status: '304', ETag: '"1"' }],
    ['304, private', { status: '304', 'Cache-Control': 'private' }],
  ],
}

export const addressThatSays = (said: Readonly<Record<string, string>>): string => `/says?${new URLSearchParams(said)}`

/** Asks for another protocol. Answers with the status, and with what comes back of `sent` once it was taken. */
export function askForUpgrade(
  port: number,
  protocol: string | string[],
  token: string | null,
  sent = 'ping',
): Promise<{ readonly status: number; readonly received: string }> {
  const headers = {
    Host: `localhost:${port}`,
    Connection: 'Upgrade',
    Upgrade: protocol,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...(token !== null && { Cookie: `${sessionCookie}=${token}` }),
  }
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path: '/headers', headers, agent: false })
    asked.once('error', reject)
    asked.once('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, received: '' })
    })
    asked.once('upgrade', (answer, socket, head) => {
      let received = head.toString()
      const look = () => {
        if (!received.endsWith(sent)) return
        socket.destroy()
        resolve({ status: answer.statusCode ?? 0, received })
      }
      socket.once('error', reject)
      socket.on('data', (chunk) => {
        received += chunk
        look()
      })
      socket.write(sent)
    })
    asked.end()
  })
}

/** Paths of requests, with the path to come back to after a login: none writes anything else into the address of the login. */
export const returnPaths: readonly (readonly [asked: string, back: string])[] = [
  ['/', '/'],
  ['/me', '/me'],
  ['/a/b.html?x=1&acr_values=evil&return_to=y', '/a/b.html'],
  ['/caf%C3%A9/@ada', '/caf%C3%A9/@ada'],
  ['/a&acr_values=evil', '/'],
  ['/a%26acr_values=evil', '/'],
  ['/a%0d%0aSet-Cookie:x=1', '/'],
  ['/a%23b', '/'],
  ['/a%3fb', '/'],
  ['/a%20b', '/'],
  ['/a+b', '/'],
  ['/caf%E9', '/'],
]

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
