import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { openTestGateway } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'
import type { Timers } from '../timers.ts'
import { publishMs } from './key-schedule.ts'

const rotate = { as: 'admin', body: { reason: 'test' } } as const
const withdraw = { as: 'admin', body: { reason: 'key.leaked', compromised: true } } as const

/** Two gateways of one store, whose timers stand still until a test lets a second pass. */
async function openTwo() {
  const store = memoryStore()
  const ticks: (() => void)[] = []
  const timers: Timers = {
    after: () => () => undefined,
    every: (ms, call) => {
      if (ms === 1_000) ticks.push(call)
      return () => undefined
    },
  }
  const [one, other] = [await openTestGateway({ store }, { timers }), await openTestGateway({ store }, { timers })]
  const second = async () => {
    for (const gateway of [one, other]) gateway.advance(1_000)
    for (const tick of ticks) tick()
    // Keys are opened in WebCrypto's threads, which no clock of ours moves.
    await expect.poll(() => publishedBy(other)).toEqual(await publishedBy(one))
  }
  return { one, other, second }
}

async function publishedBy({ call }: Awaited<ReturnType<typeof openTestGateway>>): Promise<unknown> {
  return (await call('GET', '/.well-known/jwks.json')).body
}

describe('two gateways of one store', () => {
  it('take a token of a key that the other has just made for what it is, among as many invented ones as there may be', async () => {
    const { one, other } = await openTwo()
    const invented = await Promise.all(Array.from({ length: 20 }, async (_, at) => respelled(await one.signIn(), `invented-${at}`)))
    await other.call('POST', '/v1/keys/rotate', withdraw)
    const token = await other.signIn()
    const codes = new Set<string>()
    for (const text of [...invented, token]) codes.add((await one.read(text)).body.code ?? 'none')
    expect(codes).not.toContain('session_ended')
    // Not known yet is not invalid: the answer asks to come again.
    expect([200, 503]).toContain((await one.read(token)).status)
    one.advance(1_000)
    expect((await one.read(token)).status).toBe(200)
    one.advance(1_000)
    expect((await one.read(invented[0] as string)).body.code).toBe('token_invalid')
  })

  it('rotate together: nobody is refused at either, whoever signs with which key', async () => {
    const { one, other, second } = await openTwo()
    const before = await one.signIn()
    await one.call('POST', '/v1/keys/rotate', rotate)
    await second()
    const tokens = [before, await one.signIn(), await other.signIn()]
    for (const gateway of [one, other]) gateway.advance(publishMs)
    tokens.push((await one.exchange(before)).body.token, await one.signIn(), await other.signIn())
    const kids = new Set(tokens.map((token) => decodeProtectedHeader(token).kid))
    expect(kids.size).toBe(2)
    for (const gateway of [one, other]) {
      for (const token of tokens) expect(['token_invalid', 'store_unavailable']).not.toContain((await gateway.exchange(token)).body.code)
    }
  })

  it('know within a second that keys were withdrawn at one of them', async () => {
    const { one, other, second } = await openTwo()
    const token = await other.signIn()
    await one.call('POST', '/v1/keys/rotate', withdraw)
    expect((await one.read(token)).status).not.toBe(200)
    await second()
    expect((await other.read(token)).status).not.toBe(200)
  })
})

describe('a gateway that is told to sign with ES256', () => {
  it('does so from the start in an empty store', async () => {
    const { signIn, exchange, read, call } = await openTestGateway({ signingAlgorithm: 'ES256' })
    const token = await signIn()
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'session+jwt' })
    expect((await read((await exchange(token)).body.token)).status).toBe(200)
    const { keys } = (await call('GET', '/.well-known/jwks.json')).body
    expect(keys).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })])
    expect(keys[0]).not.toHaveProperty('d')
  })

  it('signs nobody out who has a token of before', async () => {
    const store = memoryStore()
    const before = await openTestGateway({ store })
    const token = await before.signIn()
    const after = await openTestGateway({ store, signingAlgorithm: 'ES256' })
    expect((await after.read(token)).status).toBe(200)
    expect(decodeProtectedHeader(await after.signIn()).alg).toBe('EdDSA')
    after.advance(publishMs)
    const { body } = await after.exchange(token)
    expect(decodeProtectedHeader(body.token).alg).toBe('ES256')
    expect((await after.read(body.token)).status).toBe(200)
  })
})

/** The token under another key id: well formed, and of nobody's key. */
function respelled(token: string, kid: string): string {
  const [, payload, signature] = token.split('.')
  return `${Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'session+jwt', kid })).toString('base64url')}.${payload}.${signature}`
}
