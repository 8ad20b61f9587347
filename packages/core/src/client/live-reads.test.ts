import { describe, expect, it } from 'vitest'
import { application, etagOf, openScene, show, turn } from '../fixtures/scene.ts'
import { virtualTime } from '../fixtures/virtual-time.ts'
import type { ReadOptions } from './session-result.ts'

/** A client that has a lease in force and holds version 1, over a gateway that the test plays. */
async function openLive(defaults: ReadOptions = {}, globals?: object) {
  const time = virtualTime()
  const { clock, timers } = time
  const scene = await openScene({ clock, defaults }, { timers, random: () => 0, ...(globals && { globals }) })
  const { gateway, signer } = scene
  const said = { epoch: 'e', seq: 1, keys: 'k' }
  const changed: string[] = []
  gateway.always('/v1/application', (call) => call.answer(200, { ...application, lease: { heartbeatMs: 125, validMs: 500 } }))
  gateway.always('/.well-known/jwks.json', (call) => call.answer(200, { keys: [signer.jwk], hash: said.keys }))
  gateway.always('/v1/heartbeat', (call) => {
    const isStart = call.json.epoch !== said.epoch
    call.answer(200, isStart ? { ...said, reset: true } : { ...said, changed: changed.splice(0) })
  })
  const at = (seq: number) => ({ 'store-seq': String(seq), 'store-epoch': 'e' })
  /** Reads, and answers with this version if the gateway is asked; says who vouched for it. */
  const read = async (version: number, seq = said.seq, token?: string) => {
    const reading = scene.open(token === undefined ? {} : { token }).resolve()
    let isOver = false
    void reading.then(() => (isOver = true))
    // A signature takes its own time.
    while (!isOver && gateway.waiting === 0) await turn()
    if (!isOver) {
      const call = await gateway.next()
      const { document, tag } = documentOf(version)
      call.answer(200, { document }, { etag: tag, ...at(seq) })
    }
    const result = await reading
    return result.status === 'active' ? `${result.source} ${result.version}` : result.status
  }
  const documentOf = (version: number) => {
    let seen: { document: unknown } = { document: null }
    show({ answer: (_status: number, body: unknown) => (seen = body as typeof seen) } as never, version)
    return { document: seen.document, tag: etagOf(version) }
  }
  const reads = () => scene.asked().filter(({ path }) => path === '/v1/session').length
  return { ...scene, ...time, said, changed, read, reads }
}

describe('a live read', () => {
  it('asks until a lease is in force, then answers at once from memory', async () => {
    const { read, open } = await openLive()
    expect([await read(1), await read(1), await read(1)]).toEqual(['gateway 1', 'lease 1', 'lease 1'])
    expect(await open().resolve()).toMatchObject({ status: 'active', source: 'lease', ageMs: 0 })
  })

  it('lets a request pass without a promise once everything is at hand', async () => {
    const { read, open } = await openLive()
    expect([await read(1), await read(1)]).toEqual(['gateway 1', 'lease 1'])
    expect(open().check()).toMatchObject({ session: { version: 1 } })
    expect(open({ token: '' }).check()).toMatchObject({ denial: { status: 401 } })
  })

  it('asks again for what a heartbeat has told of', async () => {
    const { read, pass, said, changed } = await openLive()
    await read(1)
    said.seq = 2
    changed.push('S'.repeat(43))
    await pass(125)
    expect([await read(2), await read(2)]).toEqual(['gateway 2', 'lease 2'])
  })

  it('asks again as long as answers are from before the last heartbeat', async () => {
    const { read, pass, said } = await openLive()
    await read(1)
    said.seq = 5
    said.epoch = 'f'
    await pass(125)
    expect([await read(1, 4), await read(1, 9)]).toEqual(['gateway 1', 'gateway 1'])
  })

  it('is served nothing past the end of its token, whatever the lease says', async () => {
    const { read, pass, tokenOf, clock, gateway, open } = await openLive()
    const iat = Math.floor(clock.wallMs() / 1_000)
    const token = await tokenOf({ iat: iat - 1, exp: iat + 4 })
    expect([await read(1, 1, token), await read(1, 1, token)]).toEqual(['gateway 1', 'lease 1'])
    for (let at = 0; at < 32; at += 1) await pass(125)
    gateway.always('/v1/session/token', (call) => call.disconnect())
    const reading = open({ token }).resolve()
    ;(await gateway.next()).refuse('store_unavailable')
    expect((await reading).status).toBe('unavailable')
  })

  it('shows a token of a new generation to the gateway first, once', async () => {
    const { read, reads, tokenOf } = await openLive()
    expect([await read(1), await read(1)]).toEqual(['gateway 1', 'lease 1'])
    const next = await tokenOf({ gen: 2 })
    expect([await read(1, 1, next), await read(1, 1, next)]).toEqual(['gateway 1', 'lease 1'])
    expect(await read(1)).toBe('lease 1')
    expect(reads()).toBe(2)
  })

  it('takes a floor: below it the gateway is asked', async () => {
    const { read, open, gateway, pass } = await openLive()
    await read(1)
    expect(await open().resolve({ atLeast: 1 })).toMatchObject({ source: 'lease' })
    const reading = open().resolve({ atLeast: 2 })
    await pass(0)
    show(await gateway.next(), 2)
    expect(await reading).toMatchObject({ source: 'gateway', version: 2 })
  })

  it('believes a withdrawn key no longer than until the next heartbeat', async () => {
    const { read, pass, said, gateway, open } = await openLive()
    expect([await read(1), await read(1)]).toEqual(['gateway 1', 'lease 1'])
    said.keys = 'other'
    gateway.always('/.well-known/jwks.json', (call) => call.refuse('store_unavailable'))
    await pass(125)
    expect((await open().resolve()).status).toBe('unavailable')
  })

  it('asks for the keys once when their name has changed, not with every heartbeat', async () => {
    const { read, pass, said, gateway } = await openLive()
    await read(1)
    const asked = () => gateway.calls.filter(({ path }) => path === '/.well-known/jwks.json').length
    const before = asked()
    said.keys = 'other'
    await pass(125)
    expect(await read(1)).toBe('gateway 1')
    await pass(1_000)
    expect(await read(1)).toBe('lease 1')
    expect(asked()).toBe(before + 1)
  })
})

describe('where a process is frozen between requests', () => {
  const lambda = { process: { versions: { node: '24' }, env: { AWS_LAMBDA_FUNCTION_NAME: 'portal' } } }

  it('reads are strict, and no heartbeat is sent', async () => {
    const { read, gateway, logs } = await openLive({}, lambda)
    expect([await read(1), await read(1)]).toEqual(['gateway 1', 'gateway 1'])
    expect(gateway.calls.filter(({ path }) => path === '/v1/heartbeat')).toEqual([])
    expect(logs).toEqual([])
  })

  it('live is refused where it is asked for by name, which is said', async () => {
    const { read, logs } = await openLive({ freshness: 'live' }, lambda)
    expect([await read(1), await read(1)]).toEqual(['gateway 1', 'gateway 1'])
    expect(logs).toEqual([{ level: 'warn', message: expect.stringContaining('live reads are refused on AWS Lambda') }])
  })
})
