import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIdp } from '../../examples/idp/idp.ts'
import { type Browser, createBrowser } from '../../examples/story/browser/browser.ts'
import { freePort } from '../../tools/servers/server-process.ts'
import { wallMs } from '../latency/wall-clock.ts'
import type { Denied, WatchOrder } from '../latency/watching-application.ts'
import { startChild } from '../measure/orders.ts'

/** Milliseconds of one person's way, each from the click that began it. */
export interface Landmarks {
  readonly signedIn: number
  readonly outStrictly: number
  readonly outEverywhere: number
  readonly told: number
}

/** A provider, a gateway and applications. */
export interface Site {
  /** Somebody signs in, is read by every application from memory, and signs out at the provider. */
  readonly inAndOut: () => Promise<Landmarks>
  readonly close: () => Promise<void>
}

/** Starts the provider in this process, everything else as processes of their own. */
export async function openSite(store: string, applications: number): Promise<Site> {
  const port = await freePort()
  const { provider, close: closeProvider } = await openProvider(`http://localhost:${port}`)
  const stops = [closeProvider]
  const start = async <Ready>(script: string, order: object) => {
    const { process, ready } = await startChild<Ready>(script, order)
    stops.unshift(() => process.stop())
    return ready
  }
  const close = async () => {
    for (const stop of stops) await stop()
  }
  try {
    const { origin, key } = await start<{ origin: string; key: string }>('gateway/gateway-process.ts', { store, count: 0, provider, port })
    const order: WatchOrder = { gateway: origin, key, cookies: [] }
    const watchers: number[] = []
    for (let at = 0; at < applications; at += 1) {
      watchers.push((await start<{ port: number }>('latency/watching-application.ts', order)).port)
    }
    return { inAndOut: () => inAndOut(origin, provider.issuer, watchers), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openProvider(gateway: string) {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const client = { clientId: 'gateway', clientSecret: randomBytes(32).toString('base64url') }
  const { handler } = await createIdp({
    issuer,
    ...client,
    redirectUris: [`${gateway}/callback`],
    postLogoutRedirectUris: [`${gateway}/logout/done`],
    backchannelLogoutUri: `${gateway}/backchannel-logout`,
  })
  server.on('request', handler)
  const close = async () => {
    server.close()
    server.closeAllConnections()
  }
  return { provider: { issuer, ...client }, close }
}

async function inAndOut(gateway: string, issuer: string, watchers: readonly number[]): Promise<Landmarks> {
  const browser = createBrowser()
  const beganAt = wallMs()
  const form = await browser.open(`${gateway}/login`)
  await browser.submit(form, form.form(), { login: 'ada', password: 'ada-demo' })
  const signedIn = wallMs() - beganAt
  const cookies = [cookieOf(browser, gateway)]
  const ask = (port: number, method: 'PUT' | 'POST') => fetch(`http://127.0.0.1:${port}/`, { method, body: JSON.stringify(cookies) })
  await Promise.all(watchers.map((port) => ask(port, 'PUT')))
  const question = await browser.open(`${issuer}/session/end`)
  const watching = watchers.map(async (port) => (await (await ask(port, 'POST')).json()) as readonly Denied[])
  const clickedAt = wallMs()
  await browser.submit(question, question.form(), { logout: 'yes' })
  const told = wallMs() - clickedAt
  const denied = (await Promise.all(watching)).flat()
  return {
    signedIn,
    outStrictly: Math.max(...denied.map(({ strictAtMs }) => strictAtMs)) - clickedAt,
    outEverywhere: Math.max(...denied.flatMap(({ strictAtMs, liveAtMs }) => [strictAtMs, liveAtMs])) - clickedAt,
    told,
  }
}

function cookieOf(browser: Browser, gateway: string): string {
  const token = browser.token(gateway)
  if (token === null) throw new Error('the sign-in left no session cookie')
  return `__Host-session=${token}`
}
