import { randomBytes } from 'node:crypto'
import { Pool } from 'undici'

/** Somebody who writes to one session through the gateway, over one connection. */
export interface GatewayWriter {
  /** One conditional commit, not settled: what an acknowledgement of the store alone costs through HTTP and policy. */
  commit(tenant: string): Promise<void>
  close(): Promise<void>
}

/** Opens a writer to the session of a cookie. */
export async function createGatewayWriter(
  gateway: { readonly origin: string; readonly key: string },
  cookie: string,
): Promise<GatewayWriter> {
  const pool = new Pool(gateway.origin, { connections: 1, pipelining: 1 })
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    'session-token': cookie.slice(cookie.indexOf('=') + 1),
    'contract-revision': '1',
  }
  const read = await pool.request({ path: '/v1/session', method: 'GET', headers })
  await read.body.dump()
  let etag = String(read.headers['etag'])
  return {
    async commit(tenant) {
      const answer = await pool.request({
        path: '/v1/session',
        method: 'PATCH',
        headers: { ...headers, 'content-type': 'application/json', 'if-match': etag, 'idempotency-key': randomBytes(16).toString('hex') },
        body: JSON.stringify({ reason: 'tenant.switch', set: { 'context.tenant': tenant }, settle: 'commit' }),
      })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`the gateway answered ${answer.statusCode}: ${text}`)
      etag = String(answer.headers['etag'])
    },
    close: () => pool.close(),
  }
}
