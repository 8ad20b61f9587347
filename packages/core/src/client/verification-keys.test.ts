import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { importVerificationKeys } from './verification-keys.ts'

let ed: JWK
let ec: JWK
let secretEd: JWK
let rsa: JWK
let p384: JWK

beforeAll(async () => {
  const [edPair, ecPair, rsaPair, p384Pair] = await Promise.all([
    generateKeyPair('EdDSA', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES384', { extractable: true }),
  ])
  ed = { ...(await exportJWK(edPair.publicKey)), alg: 'EdDSA', use: 'sig', kid: 'ed' }
  ec = { ...(await exportJWK(ecPair.publicKey)), alg: 'ES256', use: 'sig', kid: 'ec' }
  secretEd = { ...(await exportJWK(edPair.privateKey)), alg: 'EdDSA', kid: 'secret' }
  rsa = { ...(await exportJWK(rsaPair.publicKey)), alg: 'RS256', kid: 'rsa' }
  p384 = { ...(await exportJWK(p384Pair.publicKey)), alg: 'ES384', kid: 'p384' }
})

describe('the keys that tokens are verified with', () => {
  it('are those of the set, each bound to its one algorithm', async () => {
    const keys = await importVerificationKeys({ keys: [ed, ec] })
    expect([...keys].map(([kid, { alg }]) => [kid, alg])).toEqual([
      ['ed', 'EdDSA'],
      ['ec', 'ES256'],
    ])
  })

  it('never include what could sign', async () => {
    const keys = await importVerificationKeys({ keys: [secretEd] })
    expect(keys.get('secret')?.key.type).toBe('public')
    expect(keys.get('secret')?.key.usages).toEqual(['verify'])
  })

  it.each<[string, () => unknown]>([
    ['no algorithm', () => ({ ...ed, alg: undefined })],
    ['the algorithm of another kind of key', () => ({ ...ed, alg: 'ES256' })],
    ['an algorithm in other letters', () => ({ ...ed, alg: 'eddsa' })],
    ['an algorithm of no session token', () => rsa],
    ['another curve', () => p384],
    ['another curve under our algorithm', () => ({ ...p384, alg: 'ES256' })],
    ['another use', () => ({ ...ed, use: 'enc' })],
    ['no key id', () => ({ ...ed, kid: undefined })],
    ['an empty key id', () => ({ ...ed, kid: '' })],
    ['a key id of 65 characters', () => ({ ...ed, kid: 'k'.repeat(65) })],
    ['a point that is none', () => ({ ...ec, x: ec.y })],
    ['no point', () => ({ ...ed, x: undefined })],
    ['a shared secret', () => ({ kty: 'oct', k: 'c2VjcmV0', alg: 'HS256', kid: 'oct' })],
    ['nothing', () => null],
    ['a text', () => 'key'],
  ])('leave out a key with %s, and keep the others', async (_title, odd) => {
    const keys = await importVerificationKeys({ keys: [odd(), ec] })
    expect([...keys.keys()]).toEqual(['ec'])
  })
})
