import { describe, expect, it } from 'vitest'
import { openTestGateway } from './fixtures/test-gateway.ts'

const absoluteMs = 43_200_000
const tokenMs = 300_000
const refused = {
  application: 'billing',
  actor: null,
  operation: 'update',
  paths: [],
  reason: '',
  traceId: null,
  outcome: 'denied',
} as const

describe('the sweep', () => {
  it('keeps what is over for the absolute life, a token and an hour, then removes it, and old audit records but the newest with it', async () => {
    const { tick, gateway } = await sweeping()
    const token = await gateway.signIn()
    const { id } = (await gateway.read(token)).body.document
    gateway.advance(1)
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    gateway.advance(absoluteMs + tokenMs + 3_600_000)
    await tick()
    expect((await gateway.store.read([id])).records[0]?.ended).toBe('revoked')
    gateway.advance(1)
    await tick()
    expect((await gateway.store.read([id])).records[0]).toBeNull()
    expect(await gateway.audit()).toHaveLength(2)
    gateway.advance(90 * 86_400_000)
    await tick()
    expect(await gateway.audit()).toMatchObject([{ seq: 2, operation: 'end' }])
    expect((await gateway.call('GET', '/v1/audit/verify', { as: 'admin' })).body).toMatchObject({ ok: true, records: 1 })
  })

  it('goes on soon while there is more than one sweep takes', async () => {
    const { tick, soon, waiting, gateway } = await sweeping()
    const refusal = { ...refused, session: null, subject: null }
    for (let at = 0; at < 501; at += 1) await gateway.store.appendAudit(refusal)
    gateway.advance(90 * 86_400_000 + 1)
    await tick()
    expect(await gateway.audit()).toHaveLength(1)
    await soon()
    expect(await gateway.audit()).toHaveLength(1)
    expect(waiting()).toBe(0)
  })

  it('does not go on soon while records are many, and few of them too old', async () => {
    const { tick, waiting, gateway } = await sweeping()
    const refusal = { ...refused, session: null, subject: null }
    await gateway.store.appendAudit(refusal)
    gateway.advance(1)
    for (let at = 0; at < 600; at += 1) await gateway.store.appendAudit(refusal)
    gateway.advance(90 * 86_400_000)
    await tick()
    expect(waiting()).toBe(0)
  })

  it('leaves the audit an oldest record that is older than they are kept, also where two gateways sweep at once', async () => {
    const { tick, gateway } = await sweeping()
    const refusal = { ...refused, session: null, subject: null }
    for (let at = 0; at < 5; at += 1) {
      await gateway.store.appendAudit(refusal)
      gateway.advance(3_600_000)
    }
    gateway.advance(90 * 86_400_000 - 3 * 3_600_000)
    await Promise.all([tick(), tick()])
    expect((await gateway.audit()).map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
  })

  it('survives a store that is away and tries again', async () => {
    const { tick, gateway } = await sweeping()
    await gateway.store.close()
    await tick()
    expect(gateway.logged().some(({ msg }) => msg === 'the sweep did not succeed; the next one tries again')).toBe(true)
  })

  it('ends with the gateway', async () => {
    const { gateway, sweeps } = await sweeping()
    expect(sweeps()).toBe(1)
    await gateway.gateway.close()
    expect(sweeps()).toBe(0)
  })
})

/** A gateway whose sweeps begin when they are told to. */
async function sweeping() {
  const calls = new Set<() => void>()
  const due = new Set<() => void>()
  const timers = {
    after: (_: number, call: () => void) => {
      // Deadlines of the store's calls wait here too, until they are answered.
      due.add(call)
      return () => void due.delete(call)
    },
    every: (ms: number, call: () => void) => {
      // What is looked at every second is not the sweep's.
      if (ms > 1_000) calls.add(call)
      return () => calls.delete(call)
    },
  }
  const gateway = await openTestGateway({}, { timers })
  return {
    gateway,
    sweeps: () => calls.size,
    tick: () => run(calls),
    soon: () => {
      const calls = [...due]
      due.clear()
      return run(calls)
    },
    waiting: () => due.size,
  }
}

async function run(calls: Iterable<() => void>): Promise<void> {
  for (const call of [...calls]) call()
  await new Promise((resolve) => setImmediate(resolve))
}
