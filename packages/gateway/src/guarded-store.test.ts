import { describe, expect, it } from 'vitest'
import { guardStore } from './guarded-store.ts'
import { memoryStore } from './stores/memory.ts'
import type { SessionStore } from './stores/store.ts'
import { createLog } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'

const never = () => new Promise<never>(() => undefined)

describe('a guarded store', () => {
  it('gives up on a read at its deadline: nothing is known', async () => {
    const { store, fire, waiting } = guardedStore({ read: never })
    const read = store.read(['x'])
    expect(waiting()).toEqual([400])
    fire()
    await expect(read).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('gives up on a change at its deadline: nobody knows whether it was applied', async () => {
    const { store, fire } = guardedStore({ end: never })
    const end = store.end('x', 'revoked', {} as never)
    fire()
    await expect(end).rejects.toMatchObject({ code: 'outcome_unknown' })
  })

  it('leaves no timer behind a call that was answered', async () => {
    const { store, waiting } = guardedStore({})
    await store.read([])
    await store.health()
    expect(waiting()).toEqual([])
  })

  it('refuses at once when 512 calls are under way, and takes calls again when they are over', async () => {
    const { store, fire } = guardedStore({ read: never })
    const calls = Array.from({ length: 512 }, () => store.read([]).catch(({ code }) => code))
    await expect(store.health()).rejects.toMatchObject({ code: 'store_unavailable', retryAfterMs: 1_000 })
    fire()
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['store_unavailable']))
    expect(await store.health()).toMatchObject({ writable: true })
  })

  it('takes the look at the changes also then: heartbeats that get no answer would make every read ask', async () => {
    const { store, fire } = guardedStore({ read: never })
    const calls = Array.from({ length: 512 }, () => store.read([]).catch(() => null))
    expect(await store.changesSince(0, '')).toMatchObject({ kind: 'reset' })
    fire()
    await Promise.all(calls)
  })

  it('passes on what the store answers and what it throws, and measures both', async () => {
    const { store, metrics } = guardedStore({ read: () => Promise.reject(new RangeError('x')) })
    expect(await store.listBySubject({ issuer: 'i', subject: 's' })).toMatchObject({ records: [] })
    await expect(store.read([])).rejects.toThrow(RangeError)
    const { text } = await metrics.expose()
    expect(text).toContain('single_state_store_seconds_count{operation="listBySubject",outcome="ok"} 1')
    expect(text).toContain('single_state_store_seconds_count{operation="read",outcome="failed"} 1')
  })
})

/** A store with faults, behind a guard whose time passes when it is told to. */
function guardedStore(faults: Partial<SessionStore>) {
  const timers = new Map<symbol, { readonly ms: number; readonly call: () => void }>()
  const metrics = createMetrics()
  const after = (ms: number, call: () => void) => {
    const timer = Symbol('timer')
    timers.set(timer, { ms, call })
    return () => timers.delete(timer)
  }
  return {
    store: guardStore({ ...memoryStore(), ...faults }, { metrics, log: createLog('silent'), after }),
    metrics,
    waiting: () => [...timers.values()].map(({ ms }) => ms),
    fire: () => {
      for (const { call } of timers.values()) call()
    },
  }
}
