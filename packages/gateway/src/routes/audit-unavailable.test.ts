import { SessionError } from '@single-state/core/protocol'
import { afterAll, describe, expect, it } from 'vitest'
import { openTestGateway, startMs } from '../fixtures/test-gateway.ts'
import { createTemporaryFolder } from '../stores/fixtures/temporary-folder.ts'
import { memoryStore } from '../stores/memory.ts'
import { openDatabase } from '../stores/sqlite-database.ts'
import { storeOn } from '../stores/sqlite-store.ts'
import type { SessionStore } from '../stores/store.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

const signOut = { reason: 'sign_out' }

/** A gateway on a sqlite file, and ways to take its room away and to give it back. */
async function onDisk() {
  const database = openDatabase(folder.newPath())
  const store = storeOn(database, 'sqlite', () => startMs)
  const gateway = await openTestGateway({ store })
  const token = await gateway.signIn()
  const etag = (await gateway.read(token)).headers.get('etag') ?? ''
  return {
    ...gateway,
    token,
    etag,
    fill: async () => {
      database.pragma('max_page_count = 1')
      // What is left of the last pages.
      for (
        let left = 400;
        left > 0 &&
        (await gateway.signIn('eve').then(
          () => true,
          () => false,
        ));
        left -= 1
      );
      await expect(gateway.signIn('eve')).rejects.toThrow()
    },
    empty: () => database.pragma('max_page_count = 1000000'),
    close: async () => {
      await gateway.gateway.close()
      await store.close()
    },
  }
}

describe('a store that has no room for the audit', () => {
  it('refuses what it cannot record, reads on, and touches no cookie', { timeout: 60_000 }, async () => {
    const { token, etag, read, update, call, fill, close } = await onDisk()
    await fill()
    const body = { value: { tenant: 'x'.repeat(600) } }
    const attempts = [
      await update(token, etag, { 'context.tenant': 'x'.repeat(600) }),
      await call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body }),
    ]
    for (const { status, body: problem, headers } of attempts) {
      expect([status, problem.code]).toEqual([503, 'store_unavailable'])
      expect(headers.get('retry-after')).not.toBeNull()
      expect(headers.get('set-cookie')).toBeNull()
    }
    const seen = await read(token)
    expect([seen.status, seen.body.document.version]).toEqual([200, 1])
    await close()
  })

  it('says an end is done only when it is, and ends and writes again as soon as there is room', { timeout: 60_000 }, async () => {
    const { token, etag, read, update, call, signIn, fill, empty, close } = await onDisk()
    const other = await signIn('bob')
    await fill()
    const ended = await call('DELETE', '/v1/session', { as: 'portal', token: other, body: signOut })
    expect([200, 503]).toContain(ended.status)
    expect((await read(other)).status).toBe(ended.status === 200 ? 401 : 200)
    empty()
    expect((await call('DELETE', '/v1/session', { as: 'portal', token: other, body: signOut })).status).toBe(
      ended.status === 200 ? 401 : 200,
    )
    expect((await read(other)).status).toBe(401)
    expect((await update(token, etag)).status).toBe(200)
    expect((await call('GET', '/v1/audit/verify', { as: 'admin' })).body).toMatchObject({ ok: true, faults: [] })
    await close()
  })
})

describe('a store whose records come too late', () => {
  it('has no denied write that nobody knows of: it is 503 until the denial can be recorded', async () => {
    const inner = memoryStore({ clock: () => startMs })
    let isFull = true
    const appendAudit: SessionStore['appendAudit'] = (entry) =>
      isFull ? Promise.reject(new SessionError('audit_unavailable')) : inner.appendAudit(entry)
    const { signIn, read, update } = await openTestGateway({ store: { ...inner, appendAudit } })
    const token = await signIn()
    const etag = (await read(token)).headers.get('etag')
    const denied = () => update(token, etag, { 'entitlements.plan': 'pro' })
    expect([(await denied()).status, (await denied()).body.code]).toEqual([503, 'audit_unavailable'])
    expect((await read(token)).status).toBe(200)
    isFull = false
    expect((await denied()).body.code).toBe('write_denied')
  })
})

describe('a sink that takes nothing', () => {
  it('holds up nothing: writes, reads and ends go on, and are in the store for when it does', async () => {
    const failing = { name: 'failing', last: async () => 'empty' as const, write: () => Promise.reject(new Error('no room')) }
    const { signIn, read, update, call, audit, gateway } = await openTestGateway({ audit: { sink: failing } })
    const token = await signIn()
    const written = await update(token, (await read(token)).headers.get('etag'))
    expect(written.status).toBe(200)
    expect((await call('DELETE', '/v1/session', { as: 'portal', token, body: signOut })).status).toBe(200)
    expect((await audit()).map(({ operation }) => operation)).toEqual(['create', 'update', 'end'])
    await gateway.close()
  })
})
