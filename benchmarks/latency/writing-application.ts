import { createSessionClient } from '@single-state/core'
import { undiciTransport } from '@single-state/core/node'
import { contract } from '../gateway/contract.ts'

/** An application that writes and revokes, in the runner's own process; its client is the real one. */
export interface WritingApplication {
  /** A strict read, then a write until it is acknowledged: as stored, or as effective everywhere. */
  write(cookie: string, settle: 'commit' | 'everywhere'): Promise<{ readonly readMs: number; readonly writeMs: number }>
  /** Ends a session. When the store had it, in milliseconds since 1970, and how long the acknowledgement took. */
  revoke(cookie: string): Promise<{ readonly committedAtMs: number; readonly acknowledgedMs: number }>
  close(): void
}

/** Opens the writer of one gateway; 64 connections, so that no call waits for another. */
export function createWritingApplication(gateway: { readonly origin: string; readonly key: string }): WritingApplication {
  const transport = undiciTransport({ connections: 64 })
  const options = { application: 'portal', gateway: gateway.origin, key: gateway.key, transport } as const
  const client = createSessionClient(contract, { ...options, defaults: { freshness: 'strict' } })
  const call = transport(gateway.origin)
  let written = 0
  return {
    async write(cookie, settle) {
      const headers = new Headers({ cookie, 'sec-fetch-site': 'same-origin' })
      const session = client.open({ method: 'POST', url: 'http://localhost:4410/', headers })
      const askedAt = performance.now()
      await session.get()
      written += 1
      const startedAt = performance.now()
      await session.update('tenant.switch', { 'context.tenant': `tenant-${written}` }, settle === 'commit' ? { settle } : {})
      return { readMs: startedAt - askedAt, writeMs: performance.now() - startedAt }
    },
    async revoke(cookie) {
      const headers = {
        authorization: `Bearer ${gateway.key}`,
        'session-token': cookie.slice(cookie.indexOf('=') + 1),
        'contract-revision': '1',
        'content-type': 'application/json',
      }
      const body = JSON.stringify({ reason: 'sign_out' })
      const startedAt = performance.now()
      const answer = await call({ method: 'DELETE', path: '/v1/session', headers, body, timeoutMs: 5_000 })
      const acknowledgedMs = performance.now() - startedAt
      if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}: ${answer.body}`)
      return { committedAtMs: Date.parse(JSON.parse(answer.body).receipt.committedAt), acknowledgedMs }
    },
    close: () => client.close(),
  }
}
