import { describe, expect, it } from 'vitest'
import { application, headOf, openScene, show, turn } from '../fixtures/scene.ts'
import { createSigner, type Signer } from '../fixtures/signer.ts'

const factPaths = ['/v1/application', '/.well-known/jwks.json']

type Scene = Awaited<ReturnType<typeof openScene>>
const factCalls = ({ gateway }: Scene) => gateway.calls.filter(({ path }) => factPaths.includes(path)).map(({ path }) => path)

describe('what the client knows of its gateway', () => {
  it('asks for it at first use and then not again', async () => {
    const scene = await openScene()
    expect(scene.gateway.calls).toEqual([])
    await scene.hold(1)
    await scene.hold(1)
    expect(factCalls(scene)).toEqual(factPaths)
  })

  it('asks once for all requests that come before the first answer', async () => {
    const scene = await openScene()
    await Promise.all([1, 2, 3].map(() => scene.client.resolve(headOf())))
    expect(factCalls(scene)).toEqual(factPaths)
  })

  it('answers every request unavailable before the first answer, and then at once what is true', async () => {
    const scene = await openScene()
    scene.gateway.always('/v1/application', (call) => call.disconnect())
    expect((await scene.client.resolve(headOf())).result).toMatchObject({ status: 'unavailable', code: 'store_unavailable' })
    scene.gateway.always('/v1/application', (call) => call.answer(200, application))
    expect((await scene.client.resolve(headOf())).result).toEqual({ status: 'anonymous' })
  })

  it('works again with the first request that its breaker lets through', async () => {
    const scene = await openScene()
    scene.gateway.always('/v1/application', (call) => call.disconnect())
    for (let tries = 0; tries < 6; tries += 1) await scene.client.resolve(headOf())
    scene.gateway.always('/v1/application', (call) => call.answer(200, application))
    scene.clock.advance(250)
    expect((await scene.client.resolve(headOf())).result).toEqual({ status: 'anonymous' })
  })

  it.each([
    ['of another application', { ...application, application: 'billing' }, 'contract_mismatch', '"billing", not to "portal"'],
    ['for another contract', { ...application, contract: { name: 'other', revision: 1 } }, 'contract_mismatch', 'contract "other"'],
    ['that is not of the wire', { hello: 'world' }, 'store_unavailable', 'was not answered'],
  ])('stays unavailable with an answer %s, and reports why', async (_title, answer, code, why) => {
    const scene = await openScene()
    scene.gateway.always('/v1/application', (call) => call.answer(200, answer))
    expect((await scene.client.resolve(headOf())).result).toMatchObject({ status: 'unavailable', code })
    expect(scene.logs).toHaveLength(1)
    expect(scene.logs[0]?.message).toContain(why)
  })

  it('names a key that the gateway does not know', async () => {
    const scene = await openScene()
    scene.gateway.always('/v1/application', (call) => call.refuse('application_unknown'))
    expect((await scene.client.resolve(headOf())).result).toMatchObject({ status: 'unavailable', code: 'application_unknown' })
    expect(scene.logs[0]?.message).toBe('GET /v1/application was answered with application_unknown')
  })

  it.each([
    ['no keys', { keys: [] }],
    ['only keys for other uses', { keys: [{ kty: 'RSA', alg: 'RS256', kid: 'key-1', n: 'AQAB', e: 'AQAB' }] }],
    ['a key without an algorithm', { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'key-1', x: 'A'.repeat(43) }] }],
    ['a secret key', { keys: [{ kty: 'oct', alg: 'HS256', kid: 'key-1', k: 'AAAA' }] }],
    ['something else', { hello: 'world' }],
  ])('signs nobody out because a key set has %s', async (_title, keySet) => {
    const scene = await openScene()
    scene.gateway.always('/.well-known/jwks.json', (call) => call.answer(200, keySet))
    expect((await scene.open().resolve()).status).toBe('unavailable')
    expect(scene.logs[0]?.message).toMatch(/jwks\.json was/)
  })

  it('reads the good key beside one that cannot be read', async () => {
    const scene = await openScene()
    scene.gateway.always('/.well-known/jwks.json', (call) =>
      call.answer(200, { keys: [{ ...scene.signer.jwk, kid: 'bad', x: 'AAAA' }, null, scene.signer.jwk] }),
    )
    const reading = scene.open().resolve()
    show(await scene.gateway.next(), 1)
    expect((await reading).status).toBe('active')
  })
})

describe('refreshing it', () => {
  it('happens after 5 min, behind a request that does not wait for it', async () => {
    const scene = await openScene()
    await scene.hold(1)
    scene.clock.advance(300_001)
    scene.gateway.always('/v1/application', null)
    const { result } = await scene.client.resolve(headOf())
    expect(result).toEqual({ status: 'anonymous' })
    const refresh = await scene.gateway.next()
    expect(refresh.path).toBe('/v1/application')
    refresh.answer(200, { ...application, cookie: { name: '__Host-session', domain: null } })
  })

  it('is tried once a second while it fails, and what was known stays', async () => {
    const scene = await openScene()
    await scene.client.resolve(headOf())
    scene.clock.advance(300_001)
    scene.gateway.always('/v1/application', (call) => call.refuse('internal_error'))
    const before = factCalls(scene).length
    for (let request = 0; request < 10; request += 1) {
      expect((await scene.client.resolve(headOf())).result).toEqual({ status: 'anonymous' })
      scene.clock.advance(300)
      await turn()
    }
    expect(factCalls(scene).length - before).toBe(3)
  })

  it('keeps the old keys when a refresh brings none', async () => {
    const scene = await openScene()
    await scene.hold(1)
    scene.clock.advance(300_001)
    scene.gateway.always('/.well-known/jwks.json', (call) => call.answer(200, { keys: [] }))
    await scene.client.resolve(headOf())
    await turn()
    const token = await scene.tokenOf()
    const reading = scene.open({ token }).resolve()
    show(await scene.gateway.next(), 1)
    expect((await reading).status).toBe('active')
  })
})

describe('a token of an unknown key', () => {
  async function rotated() {
    const scene = await openScene()
    await scene.client.resolve(headOf())
    const next = await createSigner('https://session.acme.test', 'key-2')
    const nowS = () => Math.floor(scene.clock.wallMs() / 1_000)
    const token = (signer: Signer = next) => signer.sign({ sid: 'S'.repeat(43), gen: 1, iat: nowS(), exp: nowS() + 300 })
    const publish = (...signers: Signer[]) =>
      scene.gateway.always('/.well-known/jwks.json', (call) => call.answer(200, { keys: signers.map(({ jwk }) => jwk) }))
    const status = async (shown: string) => (await scene.client.resolve(headOf({ token: shown }))).result.status
    scene.gateway.always('/v1/session', (call) => show(call, 1))
    return { scene, next, token, publish, status }
  }

  it('is verified after one refetch, however young the set at hand is: a key may sign as soon as it is made', async () => {
    const { scene, next, token, publish, status } = await rotated()
    publish(scene.signer, next)
    expect(await status(await token())).toBe('active')
  })

  it('is anonymous when a set that was asked for since does not have it, and stays so for 30 s without another question', async () => {
    const { scene, token, status } = await rotated()
    const shown = await token()
    const before = factCalls(scene).length
    expect(await status(shown)).toBe('anonymous')
    scene.clock.advance(29_999)
    expect(await status(shown)).toBe('anonymous')
    expect(factCalls(scene).length - before).toBe(2)
    scene.clock.advance(1)
    expect(await status(shown)).toBe('anonymous')
    expect(factCalls(scene).length - before).toBe(4)
  })

  it('costs the gateway one refetch per 30 s, however many there are; what could not be asked about is unavailable, never signed out', async () => {
    const { scene, token, status } = await rotated()
    const before = factCalls(scene).length
    const invented = async () => token(await createSigner('x', crypto.randomUUID()))
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => status(await invented())))
    expect(statuses.toSorted()).toEqual(['anonymous', ...Array(19).fill('unavailable')])
    scene.clock.advance(29_999)
    expect(await status(await invented())).toBe('unavailable')
    expect(factCalls(scene).length - before).toBe(2)
  })

  it('is verified 30 s after invented ones at the latest', async () => {
    const { scene, next, token, publish, status } = await rotated()
    expect(await status(await token(await createSigner('x', crypto.randomUUID())))).toBe('anonymous')
    publish(scene.signer, next)
    const shown = await token()
    expect(await status(shown)).toBe('unavailable')
    scene.clock.advance(30_000)
    expect(await status(shown)).toBe('active')
  })

  it('is not judged by a refetch that began before it was shown', async () => {
    const { scene, next, token, publish, status } = await rotated()
    scene.clock.advance(300_001)
    scene.gateway.always('/v1/application', null)
    await scene.client.resolve(headOf())
    const refresh = await scene.gateway.next()
    const judged = status(await token())
    await turn()
    scene.gateway.always('/v1/application', (call) => call.answer(200, application))
    scene.gateway.always('/.well-known/jwks.json', (call) => {
      publish(scene.signer, next)
      call.answer(200, { keys: [scene.signer.jwk] })
    })
    refresh.answer(200, application)
    expect(await judged).toBe('active')
  })

  it('is unavailable, not signed out, while the set cannot be had, which is asked for again a second later', async () => {
    const { scene, next, token, publish, status } = await rotated()
    scene.gateway.always('/v1/application', (call) => call.disconnect())
    const shown = await token()
    expect(await status(shown)).toBe('unavailable')
    const before = factCalls(scene).length
    scene.clock.advance(999)
    expect(await status(shown)).toBe('unavailable')
    expect(factCalls(scene).length).toBe(before)
    scene.gateway.always('/v1/application', (call) => call.answer(200, application))
    publish(scene.signer, next)
    scene.clock.advance(1)
    expect(await status(shown)).toBe('active')
  })

  it('is settled by one refetch for every name that was shown before it', async () => {
    const { scene, token, status } = await rotated()
    const [one, other] = [await token(), await token(await createSigner('https://session.acme.test', 'key-3'))]
    expect([await status(one), await status(other)]).toEqual(['anonymous', 'unavailable'])
    scene.clock.advance(30_000)
    expect([await status(other), await status(one)]).toEqual(['anonymous', 'anonymous'])
  })

  it('is refused as soon as its key is withdrawn, although it was verified before', async () => {
    const { scene, next, publish, status } = await rotated()
    expect(await status(scene.token)).toBe('active')
    publish(next)
    scene.clock.advance(300_001)
    await scene.client.resolve(headOf())
    await turn()
    expect(await status(scene.token)).toBe('anonymous')
  })
})
