import { createFaultProxy } from '@single-state/testing'
import { expect, it } from 'vitest'
import { postgresPrograms } from '../tools/servers/postgres-server.ts'
import { skipWithout } from '../tools/servers/server-process.ts'
import { createCaller, patiently } from './load/call.ts'
import { knownState } from './load/known-state.ts'
import { signInPatiently, type Visitor } from './load/visitor.ts'
import { startSite } from './site/site.ts'
import { startPostgresPair } from './stores/postgres-pair.ts'

it.skipIf(skipWithout('nginx', ...postgresPrograms))(
  'a PostgreSQL whose standby was promoted has every end that was acknowledged while commits waited for the standby',
  { timeout: 180_000 },
  async ({ onTestFinished }) => {
    const pair = await startPostgresPair()
    onTestFinished(pair.stop, 60_000)
    const way = await createFaultProxy({ target: pair.target })
    onTestFinished(way.close)
    const site = await startSite({ addresses: [`postgres://postgres@127.0.0.1:${way.port}/postgres`] })
    onTestFinished(site.stop, 60_000)
    const operator = createCaller(site.origin, site.keys.operator)
    const revoke = (call: typeof operator, { session }: Visitor) =>
      call({ method: 'DELETE', path: `/v1/sessions/${session}`, body: { reason: 'incident' } })
    const enter = (person: 'ada' | 'bob' | 'carol') => signInPatiently(site.origin, person)
    const [kept, unsure, lost] = [await enter('ada'), await enter('bob'), await enter('carol')]

    expect((await revoke(patiently(operator), kept))?.status).toBe(200)
    await pair.cutReplication()
    expect((await revoke(operator, unsure))?.body.code).toBe('outcome_unknown')
    // What the setting is for: without it an end is acknowledged that only the primary has.
    await pair.setSynchronous(false)
    expect((await revoke(patiently(operator), lost))?.status).toBe(200)

    await pair.primary().stop('SIGKILL', { keep: true })
    await way.set({ kind: 'refuse' })
    await pair.promote()
    await way.set({ kind: 'pass' })
    expect([await knownState(site, kept), await knownState(site, unsure), await knownState(site, lost)]).toEqual([
      'session_ended',
      'active',
      'active',
    ])
  },
)
