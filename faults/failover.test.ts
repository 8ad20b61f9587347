import { afterEach, describe, expect, it } from 'vitest'
import { startRedis } from '../tools/servers/redis-server.ts'
import { skipWithout } from '../tools/servers/server-process.ts'
import { createCaller } from './load/call.ts'
import { knownState } from './load/known-state.ts'
import { signIn } from './load/visitor.ts'
import { startSite } from './site/site.ts'
import { startRedisPair } from './stores/redis-pair.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
}, 60_000)

/**
 * An end is acknowledged that the replica never hears of; then the primary is gone and the replica becomes the primary. The
 * gateway waits for no replica here: what is told of the failover is journal and `afterEpoch` alone.
 */
async function loseAnEnd(environment: Readonly<Record<string, string>>) {
  const pair = await startRedisPair()
  closing.push(pair.stop)
  const site = await startSite({ addresses: [pair.address], environment: { REPLICAS: '0', ...environment } })
  closing.push(site.stop)
  const [revoked, living] = [await signIn(site.origin, 'ada'), await signIn(site.origin, 'bob')]
  await pair.inStep()

  await pair.cutReplication()
  const operator = createCaller(site.origin, site.keys.operator)
  const answer = await operator({ method: 'DELETE', path: `/v1/sessions/${revoked.session}`, body: { reason: 'incident' } })
  expect(answer?.status).toBe(200)
  pair.primary().signal('SIGSTOP')
  await pair.promoted()

  return [await knownState(site, revoked), await knownState(site, living)]
}

async function journal(): Promise<string> {
  const { url, stop } = await startRedis()
  closing.push(stop)
  return url
}

describe.skipIf(skipWithout('nginx', 'redis-server', 'redis-cli'))(
  'a session that was revoked before its primary was lost',
  { timeout: 180_000 },
  () => {
    it('stays ended where a journal knows of it, and nobody else is signed out', async () => {
      expect(await loseAnEnd({ JOURNAL: await journal() })).toEqual(['session_ended', 'active'])
    })

    it('stays ended without a journal, and so does everybody', async () => {
      expect(await loseAnEnd({})).toEqual(['session_ended', 'session_ended'])
    })

    it('comes back where both are switched off by name: this is what they are for', async () => {
      expect(await loseAnEnd({ AFTER_EPOCH: 'unsafe-keep' })).toEqual(['active', 'active'])
    })
  },
)
