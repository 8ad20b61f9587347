import { createSessionClient } from '@single-state/core'
import { describe, expect, it } from 'vitest'
import { manualTimers } from '../fixtures/manual-timers.ts'
import { contract, keyOf, openTestGateway, origin, startMs } from '../fixtures/test-gateway.ts'
import type { Gateway } from '../gateway.ts'
import { memoryStore } from '../stores/memory.ts'

/** Two gateways on one store, and processes of the portal with a client each, all on one clock that the test moves. */
async function open() {
  const { monotonic, timers, pass } = manualTimers()
  const store = memoryStore()
  const here = await openTestGateway({ live: true, store }, { timers, monotonic })
  const there = await openTestGateway({ live: true, store }, { timers, monotonic })
  const token = await here.signIn('ada')

  /** Moves on in small steps until this is over; answers how long it took. */
  async function msOf(call: Promise<unknown>): Promise<number> {
    const beganAtMs = monotonic()
    let isOver = false
    const over = call.finally(() => {
      isOver = true
    })
    for (let steps = 0; !isOver && steps < 2_000; steps += 1) await pass(isOver ? 0 : 1)
    await over
    return monotonic() - beganAtMs
  }

  /** A process that reads by a lease; the answers to its heartbeats are lost while `cut` is set. */
  async function start(gateway: Gateway) {
    const state = { cut: false }
    const client = createSessionClient(
      contract,
      {
        ...{ application: 'portal', gateway: origin, key: keyOf('portal'), log: () => {} },
        clock: { monotonicMs: monotonic, wallMs: () => Math.floor(startMs + monotonic()) },
        transport:
          () =>
          async ({ method, path, headers, body }) => {
            const response = await gateway.fetch(new Request(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) }))
            if (path === '/v1/heartbeat' && state.cut) throw new Error('the answer was lost')
            return { status: response.status, header: (name) => response.headers.get(name), body: await response.text() }
          },
      },
      { timers: { ...timers, inBackground: timers.after, soon: queueMicrotask } },
    )
    const read = () => client.open(new Request('http://localhost:4410/', { headers: { cookie: `__Host-session=${token}` } })).resolve()
    for (let tries = 0; tries < 100; tries += 1) {
      const reading = read()
      await msOf(reading)
      const result = await reading
      if (result.status === 'active' && result.source === 'lease') return { state, read, close: () => client.close() }
      await pass(5)
    }
    throw new Error('no lease came')
  }

  /** Switches the tenant here, and answers how long that took. */
  async function write(tenant: string): Promise<number> {
    const { headers } = await here.read(token)
    return msOf(here.update(token, headers.get('etag'), { 'context.tenant': tenant }).then(({ status }) => expect(status).toBe(200)))
  }

  const tenants = (readers: readonly { read: Awaited<ReturnType<typeof start>>['read'] }[]) =>
    Promise.all(
      readers.map(async ({ read }) => ((result) => (result.status === 'active' ? result.session.context.tenant : result))(await read())),
    )

  return { here: here.gateway, there: there.gateway, start, write, tenants, pass }
}

describe('a write that need not wait to the end', () => {
  it('is acknowledged when every process has taken it in, whichever gateway it told, and none has anything older', async () => {
    const { here, there, start, write, tenants, pass } = await open()
    const readers = [await start(here), await start(here), await start(there), await start(there)]
    await pass(600)
    for (const tenant of ['one', 'two', 'three']) {
      const ms = await write(tenant)
      expect(ms).toBeGreaterThan(5)
      expect(ms).toBeLessThan(300)
      expect(await tenants(readers)).toEqual([tenant, tenant, tenant, tenant])
      await pass(40)
    }
    for (const { close } of readers) close()
  })

  it('waits to the end for a process that has gone silent, once, and not for one that nobody hears of any more', async () => {
    const { here, there, start, write, tenants, pass } = await open()
    const [reader, dying] = [await start(here), await start(there)]
    await pass(600)
    dying.close()
    expect(await write('one')).toBeGreaterThan(350)
    expect(await tenants([reader])).toEqual(['one'])
    await pass(200)
    expect(await write('two')).toBeLessThan(300)
    reader.close()
  })

  it('waits to the end while a process hears nothing, and then that has no lease', async () => {
    const { here, there, start, write, tenants, pass } = await open()
    const [reader, deaf] = [await start(here), await start(there)]
    await pass(600)
    deaf.state.cut = true
    expect(await write('one')).toBeGreaterThan(500)
    expect(await tenants([reader, deaf])).toEqual(['one', 'one'])
    for (const { close } of [reader, deaf]) close()
  })

  it('waits to the end at a gateway that has just begun to look', async () => {
    const { there, start, write, tenants } = await open()
    const reader = await start(there)
    expect(await write('one')).toBeGreaterThan(500)
    expect(await tenants([reader])).toEqual(['one'])
    reader.close()
  })

  it('is acknowledged at once where nobody reads from memory', async () => {
    const { here, write, start, pass } = await open()
    const reader = await start(here)
    reader.close()
    await write('one')
    await pass(600)
    expect(await write('two')).toBeLessThan(30)
  })
})
