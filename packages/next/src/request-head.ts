import type { RequestHead } from '@single-state/core/adapter'

/** Tells a page its address, as the proxy has seen it. The proxy overwrites what a request brings under this name. */
export const addressHeader = 'single-state-address'

/** What only comes with a method that can change something; browsers send `Origin` with every POST, and with no link. */
const ofUnsafe = ['origin', 'content-type', 'transfer-encoding', 'next-action']

/**
 * What core reads of a request, in a page or an action. Next.js tells neither method nor address there. The method is taken
 * for an unsafe one where anything speaks for it. The address is the proxy's; without a proxy it is the first page.
 *
 * A forged address changes only where its own sender comes back to after the login, within the application. That there is
 * one says that the proxy has shown the token: a page may ask for it long after that, when the browser has moved on.
 */
export function pageRequestHead(headers: RequestHead['headers']): RequestHead {
  const length = headers.get('content-length') ?? '0'
  const unsafe = length !== '0' || ofUnsafe.some((name) => headers.get(name) !== null)
  const address = headers.get(addressHeader)
  return { ...requestHead(unsafe ? 'POST' : 'GET', address ?? '/', headers), shownBefore: address !== null }
}

/** The request of a route handler or the proxy, under the host that the browser has asked. */
export function requestHead(method: string, path: string, headers: RequestHead['headers']): RequestHead {
  const host = firstOf(headers.get('x-forwarded-host')) ?? headers.get('host') ?? 'localhost'
  const scheme = firstOf(headers.get('x-forwarded-proto')) ?? 'http'
  return { method, url: `${scheme}://${host}${path.startsWith('/') ? '' : '/'}${path}`, headers }
}

/** Each proxy on the way adds its own behind. */
function firstOf(list: string | null): string | undefined {
  return list?.split(',', 1)[0]?.trim()
}
