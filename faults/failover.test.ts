import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedis } from '../tools/servers/redis-server.ts'
import { skipWithout } from '../tools/servers/server-process.ts'
import { createCaller, patiently } from './load/call.ts'
import { knownState } from './load/known-state.ts'
import { signInPatiently } from './load/visitor.ts'
import { type Site, startSite } from './site/site.ts'
import { type RedisPair, startRedisPair } from './stores/redis-pair.ts'

/** What a gateway has against a lost tail. It waits for no replica here, so that this alone is told. */
type Guard = 'journal' | 'end-all' | 'neither'

const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close()
}, 60_000)

async function openSite(pair: RedisPair, guard: Guard, journal: string): Promise<Site> {
  const against = {
    journal: { JOURNAL: journal },
    'end-all': {},
    neither: { AFTER_EPOCH: 'unsafe-keep' },
  }[guard]
  const site = await startSite({ addresses: [pair.address], environment: { REPLICAS: '0', PREFIX: `${guard}:`, ...against } })
  closing.push(site.stop)
  return site
}

async function revoke({ origin, keys }: Site, session: string): Promise<number | undefined> {
  const operator = patiently(createCaller(origin, keys.operator))
  return (await operator({ method: 'DELETE', path: `/v1/sessions/${session}`, body: { reason: 'incident' } }))?.status
}

/**
 * An end is acknowledged that the replica never hears of; then the primary is gone and the replica becomes the primary. One
 * failover for all three: their sessions are in the same Redis under three prefixes.
 */
async function loseAnEnd(guards: readonly Guard[]): Promise<Map<Guard, readonly string[]>> {
  const pair = await startRedisPair()
  closing.push(pair.stop)
  const journal = await startRedis()
  closing.push(journal.stop)
  const parties = await Promise.all(
    guards.map(async (guard) => {
      const site = await openSite(pair, guard, journal.url)
      const [revoked, living] = await Promise.all([signInPatiently(site.origin, 'ada'), signInPatiently(site.origin, 'bob')])
      return { guard, site, revoked, living }
    }),
  )
  await pair.inStep()
  await pair.cutReplication()
  expect(await Promise.all(parties.map(({ site, revoked }) => revoke(site, revoked.session)))).toEqual(guards.map(() => 200))
  pair.primary().signal('SIGSTOP')
  await pair.promoted()
  const found = parties.map(async ({ guard, site, revoked, living }) => {
    const states = await Promise.all([knownState(site, revoked), knownState(site, living)])
    return [guard, states] as const
  })
  return new Map(await Promise.all(found))
}

describe.skipIf(skipWithout('nginx', 'redis-server', 'redis-cli'))('a session that was revoked before its primary was lost', () => {
  let found: Map<Guard, readonly string[]>
  beforeAll(async () => {
    found = await loseAnEnd(['journal', 'end-all', 'neither'])
  }, 180_000)

  it('stays ended where a journal knows of it, and nobody else is signed out', () => {
    expect(found.get('journal')).toEqual(['session_ended', 'active'])
  })

  it('stays ended without a journal, and so does everybody', () => {
    expect(found.get('end-all')).toEqual(['session_ended', 'session_ended'])
  })

  it('comes back where both are switched off by name: this is what they are for', () => {
    expect(found.get('neither')).toEqual(['active', 'active'])
  })
})
