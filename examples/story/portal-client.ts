import { type ApplicationSession, createSessionClient, fetchTransport, type Transport } from '@single-state/core'
import { contract } from '@single-state-example/contract'
import type { Stage } from './stage.ts'

/** The session of a request to the portal, in a process that is not the portal's. */
export type PortalSession = ApplicationSession<typeof contract, 'portal'>

/** Opens Bob's session as another process of the portal would: with its key, and the cookie of his browser. */
export function openAsPortal({ demonstration, bob }: Stage, around: (carry: Transport) => Transport = (carry) => carry): PortalSession {
  const { origins, keys } = demonstration
  const client = createSessionClient(contract, {
    application: 'portal',
    gateway: origins.gateway,
    key: keys.portal,
    transport: (origin) => around(fetchTransport(origin)),
    // It lives for a moment, and has no use for a lease.
    defaults: { freshness: 'strict' },
  })
  const url = `${origins.portal}/tenant`
  return client.open({ method: 'POST', url, headers: new Headers({ cookie: bob.cookiesFor(url), origin: origins.portal }) })
}

/** Gives Bob's browser the successor of its token, if the session was given one. */
export function handOver({ demonstration, bob }: Stage, session: PortalSession): void {
  const setCookie = session.headersFor()?.setCookie
  if (setCookie) bob.take(`${demonstration.origins.portal}/`, setCookie)
}

/** The version that the session is at. */
export async function versionOf(session: PortalSession): Promise<number> {
  const result = await session.resolve()
  if (result.status !== 'active') throw new Error(`expected an active session, found ${result.status}`)
  return result.version
}
