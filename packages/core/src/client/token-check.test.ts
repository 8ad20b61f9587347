import { expect, it } from 'vitest'
import { heapBytes } from '../../../../tools/heap-bytes.ts'
import { application } from '../fixtures/scene.ts'
import { createSigner } from '../fixtures/signer.ts'
import { readCookies } from '../http/cookie.ts'
import { systemClock } from './clock.ts'
import { createTokenCheck } from './token-check.ts'
import { systemVerifier } from './token-verifier.ts'

it('a remembered token does not keep the Cookie header that it came in', async () => {
  const { issuer, cookie } = application
  const signer = await createSigner(issuer)
  const facts = { application, keyOf: (kid: string) => ({ kid, alg: 'EdDSA' as const, key: signer.publicKey }) }
  const known = { facts: () => facts, findKey: async () => 'absent' as const, keepOnly: () => false }
  const tokens = createTokenCheck(known, systemVerifier, systemClock)
  const iat = Math.floor(Date.now() / 1_000)

  /** Shows a token of its own in a header of 16 KB, as it comes from a socket. */
  async function show(gen: number): Promise<void> {
    const token = await signer.sign({ sid: 'S'.repeat(43), gen, iat, exp: iat + 300 })
    const header = Buffer.from(`theme=${'d'.repeat(16_000)}; ${cookie.name}=${token}`).toString('latin1')
    const reading = readCookies(header, cookie.name)
    if (reading.kind !== 'value') throw new Error(`the cookie was ${reading.kind}`)
    expect(await tokens.check(reading.value, facts)).toMatchObject({ status: 'valid' })
  }

  for (let gen = 1; gen <= 100; gen += 1) await show(gen)
  const before = await heapBytes()
  for (let gen = 101; gen <= 400; gen += 1) await show(gen)
  expect(((await heapBytes()) - before) / 300).toBeLessThan(8_000)
})
