import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { type AdapterApplication, type AdapterRequest, type AdapterStart, serveNode } from '@single-state/testing/adapter-contract'
import { fixtureFolder } from './fixture-application.ts'

/** Where the fixture's application reads what it is started with. */
const shared = globalThis as { fixtureStart?: AdapterStart }

/** A place of Next.js that serves the addresses of the adapter contract. */
export type Place = (send: AdapterApplication['fetch']) => AdapterApplication['fetch']

/** Starts the application for one test. It is in this process, so one at a time. */
export async function startPlace(listener: RequestListener, place: Place, given: AdapterStart): Promise<AdapterApplication> {
  shared.fixtureStart = given
  const { fetch, close } = await serveNode(listener, given.origin)
  return { fetch: place(fetch), close }
}

/** A route handler: what it answers is what the suite reads. */
export const routeHandler: Place = (send) => (path, init) => send(path, withHeaders(init, { 'fixture-place': 'route' }))

/** A page: the JSON is in it, as text. */
export const page: Place = (send) => async (path, init) => jsonOfPage(await send(path, withHeaders(init, { 'fixture-place': 'page' })))

/** A page behind the proxy. */
export const proxiedPage: Place = (send) => page((path, init) => send(path, withHeaders(init, { 'fixture-proxied': '1' })))

/** A server action, called as a page's own script calls it; the address is the page's. */
const action: Place = (send) => async (path, init) => {
  const called = { 'fixture-place': 'action', 'next-action': actionId('act'), 'content-type': 'text/plain;charset=UTF-8' }
  const body = JSON.stringify([`${init.method} ${path}`])
  return jsonOfAction(await send(path, { ...withHeaders(init, called), method: 'POST', body }))
}

/** A server action behind the proxy. */
export const proxiedAction: Place = (send) => action((path, init) => send(path, withHeaders(init, { 'fixture-proxied': '1' })))

/** The id that the build has given to an action. */
export function actionId(name: string): string {
  const { node } = JSON.parse(readFileSync(join(fixtureFolder, '.next/server/server-reference-manifest.json'), 'utf8')) as Manifest
  const [id] = Object.entries(node).find(([, { exportedName }]) => exportedName === name) ?? []
  if (id === undefined) throw new Error(`the build has no action '${name}'`)
  return id
}

interface Manifest {
  readonly node: Readonly<Record<string, { readonly exportedName: string }>>
}

function withHeaders(init: AdapterRequest, headers: Record<string, string>): AdapterRequest {
  return { ...init, headers: { ...init.headers, ...headers } }
}

async function jsonOfPage(response: Response): Promise<Response> {
  const text = await response.text()
  const shown = /<pre id="answer">(.*?)<\/pre>/s.exec(text)?.[1]
  return shown === undefined ? again(response, text) : again(response, unescaped(shown), 'application/json')
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x27;', "'").replaceAll('&amp;', '&')
}

/** The value that the action has returned is row 1 of what React sends; a redirect is a header, which the page's script follows. */
async function jsonOfAction(response: Response): Promise<Response> {
  const text = await response.text()
  const location = response.headers.get('x-action-redirect')?.split(';')[0]
  if (location !== undefined) return new Response(null, { status: 303, headers: { ...Object.fromEntries(response.headers), location } })
  const returned = /^1:(?<json>[[{"].*)$/m.exec(text)?.groups?.['json']
  return returned === undefined ? again(response, text) : again(response, returned, 'application/json')
}

function again({ status, headers }: Response, body: string, type?: string): Response {
  const copied = new Headers(headers)
  if (type) copied.set('content-type', type)
  return new Response(body === '' ? null : body, { status, headers: copied })
}
