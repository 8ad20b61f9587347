import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../test/failure-of.ts'
import { createForger } from '../../test/forging-idp.ts'
import { startTestIdp, type TestIdp } from '../../test/test-idp.ts'
import { oidc } from './oidc.ts'
import { drawTransaction } from './transaction.ts'

const gateway = 'http://localhost:4400'

let idp: TestIdp
let forge: Awaited<ReturnType<typeof createForger>>

beforeAll(async () => {
  idp = await startTestIdp(gateway)
  forge = await createForger()
})
afterEach(() => idp.spoil(null))
afterAll(() => idp.stop())

describe('an ID token that does not hold', () => {
  const now = () => Math.floor(Date.now() / 1_000)

  async function finishWith(change: Record<string, unknown> | null, wrongKey = false) {
    const { issuer, clientId, clientSecret } = idp
    const provider = oidc({ issuer, clientId, clientSecret })
    const transaction = drawTransaction(`${gateway}/callback`)
    await provider.begin(transaction)
    const claims = { iss: idp.issuer, aud: 'gateway', sub: 'ada', nonce: transaction.nonce, iat: now(), exp: now() + 60, ...change }
    idp.spoil(forge(change && { claims, wrongKey }))
    const answer = new URL(`${transaction.redirectUri}?${new URLSearchParams({ code: 'c', state: transaction.state, iss: idp.issuer })}`)
    return provider.finish(answer, transaction)
  }

  it('is the only thing wrong in these tests', async () => {
    expect(await finishWith({})).toMatchObject({ subject: 'ada', acr: null, amr: [], idpSession: null })
  })

  it.each([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'another' }],
    ['a second audience', { aud: ['gateway', 'another'] }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an end in the past', { exp: now() - 60 }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject of 256 characters', { sub: 'a'.repeat(256) }],
    ['a subject that is a number', { sub: 7 }],
    ['a subject that no path can carry', { sub: '..' }],
  ])('is refused with %s', async (_what, change) => {
    expect((await failureOf(finishWith(change))).code).toBe('login_failed')
  })

  it('is refused when another key signed it, and when there is none', async () => {
    expect((await failureOf(finishWith({}, true))).code).toBe('login_failed')
    expect((await failureOf(finishWith(null))).code).toBe('login_failed')
  })

  it('is refused when it was signed by another algorithm than the one that is registered', async () => {
    const { issuer, clientId, clientSecret } = idp
    const provider = oidc({ issuer, clientId, clientSecret, idTokenAlgorithm: 'ES256' })
    const transaction = drawTransaction(`${gateway}/callback`)
    await provider.begin(transaction)
    idp.spoil(forge({ claims: { iss: issuer, aud: 'gateway', sub: 'ada', nonce: transaction.nonce, iat: now(), exp: now() + 60 } }))
    const answer = new URL(`${transaction.redirectUri}?${new URLSearchParams({ code: 'c', state: transaction.state, iss: issuer })}`)
    expect(await failureOf(provider.finish(answer, transaction))).toMatchObject({
      code: 'login_failed',
      seen: expect.stringContaining('alg'),
    })
  })

  it('gives only facts of the right form', async () => {
    const person = await finishWith({
      acr: 5,
      amr: ['pwd', 7, 'x'.repeat(65), ...Array(20).fill('otp')],
      sid: 's1',
      auth_time: 1_700_000_000,
    })
    expect(person).toMatchObject({ acr: null, idpSession: 's1', authenticatedAtMs: 1_700_000_000_000 })
    expect(person.amr).toEqual(['pwd', ...Array(15).fill('otp')])
  })
})
