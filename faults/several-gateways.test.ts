import { randomInt, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { skipWithout } from '../tools/servers/server-process.ts'
import { type Answer, type Caller, createCaller, patiently } from './load/call.ts'
import { people, signInPatiently, type Visitor } from './load/visitor.ts'
import { runFaultsOn } from './run.ts'
import { type Site, startSite } from './site/site.ts'
import { type StoreName, storeSites } from './stores/open-store-site.ts'
import type { StoreSite } from './stores/store-site.ts'

const names = ['postgres', 'redis'] as const
const missing = new Set(names.filter((name) => skipWithout(...storeSites[name].programs)))

/** A few seconds of faults; `npm run test:faults` goes on for as long as it is told. */
const seed = randomInt(2 ** 31)

/** Starting three gateways and their store takes seconds on a busy machine. */
const startMs = 90_000

const opened = new Map<StoreName, { readonly store: StoreSite; readonly site: Site }>()
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  const present = names.filter((name) => !missing.has(name))
  await Promise.all(
    present.map(async (name) => {
      const store = await storeSites[name].start()
      closing.push(store.stop)
      const site = await startSite({ ...store, revisions: [1, 1, 2] })
      closing.push(site.stop)
      opened.set(name, { store, site })
    }),
  )
}, startMs)
afterAll(async () => {
  for (const close of closing.reverse()) await close()
}, startMs)

function at(name: StoreName): { readonly store: StoreSite; readonly site: Site } {
  const found = opened.get(name)
  if (!found) throw new Error(`${name} was not started`)
  return found
}

describe.concurrent.each(names)('three gateways on one %s behind nginx, of two revisions as in the middle of a deploy,', (name) => {
  const site = () => at(name).site

  describe.skipIf(missing.has(name))('where nothing fails', () => {
    /** The portal's calls to each gateway, past the load balancer. */
    const portals = () => site().gateways.map(({ url }) => patiently(createCaller(url, site().keys.portal)))

    it('have one set of keys, although they started at the same moment on an empty store', async () => {
      const sets = await Promise.all(site().gateways.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).json()))
      expect(new Set(sets.map(({ keys }) => keys.map(({ kid }: { kid: string }) => kid).join())).size).toBe(1)
    })

    it('finish a login that another one began, and believe the token at once', async () => {
      for (const person of people) {
        const visitor = await signInPatiently(site().origin, person)
        const answers = await Promise.all(portals().map((call) => call({ method: 'GET', path: '/v1/session', token: visitor.token() })))
        expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 200])
      }
    })

    it('read what another one wrote, take an exchange of another one, and deny what another one ended', async () => {
      const [first, second, third] = portals() as [Caller, Caller, Caller]
      const visitor = await signInPatiently(site().origin, 'ada')
      let etag = (await read(first, visitor))?.etag ?? ''
      for (const [index, call] of [first, second, third].entries()) {
        const written = await stamp(call, visitor, etag, `turn ${index}`)
        expect(written?.status).toBe(200)
        etag = written?.etag ?? ''
        for (const other of [first, second, third]) {
          expect((await read(other, visitor))?.body.document).toMatchObject({ version: index + 2, context: { stamp: `turn ${index}` } })
        }
      }
      const exchanged = await second({ method: 'POST', path: '/v1/session/token', token: visitor.token(), body: {} })
      visitor.keep(`__Host-session=${exchanged?.body.token}`)
      expect((await read(third, visitor))?.status).toBe(200)
      // 401 where the answer to the first attempt was lost.
      const ended = await first({ method: 'DELETE', path: '/v1/session', token: visitor.token(), body: { reason: 'sign_out' } })
      expect([200, 401]).toContain(ended?.status)
      for (const call of [first, second, third]) expect((await read(call, visitor))?.body.code).toBe('session_ended')
    })

    it('let one of them win where each is asked for the same version, and tell the same key the same', async () => {
      const visitor = await signInPatiently(site().origin, 'bob')
      const etag = (await read(portals()[0] as Caller, visitor))?.etag ?? ''
      const racers = await Promise.all(portals().map((call, index) => stamp(call, visitor, etag, `racer ${index}`)))
      expect(racers.map((answer) => answer?.status).sort()).toEqual([200, 412, 412])

      const current = (await read(portals()[0] as Caller, visitor))?.etag ?? ''
      const repeats = await Promise.all(portals().map((call) => stamp(call, visitor, current, 'once', '0123456789abcdef')))
      expect(repeats.map((answer) => answer?.status)).toEqual([200, 200, 200])
      expect((await read(portals()[0] as Caller, visitor))?.body.document.version).toBe(3)
    })

    it('lose no field that only the next revision knows, and sign nobody out', async () => {
      const [older, newer] = [site().gateways[0]?.url ?? '', site().gateways[2]?.url ?? '']
      const [oldOnOld, oldOnNew] = [
        patiently(createCaller(older, site().keys.portal, 1)),
        patiently(createCaller(newer, site().keys.portal, 1)),
      ]
      const newOnNew = patiently(createCaller(newer, site().keys.portal, 2))
      const visitor = await signInPatiently(site().origin, 'ada')
      const first = await read(newOnNew, visitor)
      const themed = await patch(newOnNew, visitor, first?.etag ?? '', 'theme', { 'context.theme': 'dark' })
      expect(themed?.body.document.context).toEqual({ stamp: null, theme: 'dark' })

      const byOld = await stamp(oldOnOld, visitor, themed?.etag ?? '', 'by the old gateway')
      expect(byOld?.status).toBe(200)
      expect((await read(newOnNew, visitor))?.body.document).toMatchObject({
        version: 3,
        context: { stamp: 'by the old gateway', theme: 'dark' },
      })
      expect((await stamp(oldOnNew, visitor, byOld?.etag ?? '', 'by the new one'))?.status).toBe(200)
      for (const call of [oldOnOld, oldOnNew, newOnNew])
        expect((await read(call, visitor))?.body.document.context.stamp).toBe('by the new one')
      expect((await read(newOnNew, visitor))?.body.document.context.theme).toBe('dark')
    })

    it('take the exchange of a session from one revision to the other and back', async () => {
      const visitor = await signInPatiently(site().origin, 'carol')
      for (const gateway of [...site().gateways, ...site().gateways]) {
        const call = patiently(createCaller(gateway.url, site().keys.portal))
        const exchanged = await call({ method: 'POST', path: '/v1/session/token', token: visitor.token(), body: {} })
        expect(exchanged?.status).toBe(200)
        visitor.keep(`__Host-session=${exchanged?.body.token}`)
        expect((await read(call, visitor))?.status).toBe(200)
      }
    })
  })
})

// After the rest: no gateway is spared.
describe('three gateways of two revisions on one store', () => {
  for (const name of names) {
    it.skipIf(missing.has(name))(
      `keep every promise while they, ${name} and the ways between fail (seed ${seed})`,
      { timeout: startMs, concurrent: true },
      async () => {
        const { site, store } = at(name)
        const { violations, operations, faults } = await runFaultsOn(site, store, { durationMs: 4_000, seed, freshness: 'mixed' })
        expect(violations).toEqual([])
        expect(operations['read active']).toBeGreaterThan(0)
        expect(Object.keys(faults).length).toBeGreaterThan(0)
      },
    )
  }
})

function read(call: Caller, visitor: Visitor): Promise<Answer | null> {
  return call({ method: 'GET', path: '/v1/session', token: visitor.token() })
}

function stamp(call: Caller, visitor: Visitor, etag: string, value: string, key?: string): Promise<Answer | null> {
  return patch(call, visitor, etag, 'stamp', { 'context.stamp': value }, key)
}

function patch(
  call: Caller,
  visitor: Visitor,
  etag: string,
  reason: string,
  set: object,
  key: string = randomUUID(),
): Promise<Answer | null> {
  const headers = { 'If-Match': etag, 'Idempotency-Key': key }
  return call({ method: 'PATCH', path: '/v1/session', token: visitor.token(), body: { reason, set }, headers })
}
