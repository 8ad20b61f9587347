import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { EncryptJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { drawTransaction, openTransaction, sealTransaction, transactionCookieName } from './transaction.ts'

const key = randomBytes(32)
const nowMs = Date.UTC(2026, 10, 21, 12)
const pending = { ...drawTransaction('https://session.example.com/callback'), returnTo: 'https://portal.example.com/', endingsAtStart: 7 }

describe('a login transaction', () => {
  it('draws 32 random bytes for each of its three secrets', () => {
    const { state, nonce, codeVerifier } = drawTransaction('https://session.example.com/callback')
    for (const secret of [state, nonce, codeVerifier]) expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(new Set([state, nonce, codeVerifier]).size).toBe(3)
  })

  it('comes back as it was sealed', async () => {
    const sealed = await sealTransaction(pending, key, nowMs)
    expect(await openTransaction(sealed, pending.state, key, nowMs)).toEqual(pending)
  })

  it('shows nothing of what it holds', async () => {
    const sealed = await sealTransaction(pending, key, nowMs)
    const bytes = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    for (const part of [sealed, ...bytes]) expect(part).not.toContain('portal.example.com')
  })

  it('opens until its ten minutes are over, and not after', async () => {
    const sealed = await sealTransaction(pending, key, nowMs)
    expect(await openTransaction(sealed, pending.state, key, nowMs + 599_000)).not.toBeNull()
    expect(await openTransaction(sealed, pending.state, key, nowMs + 600_000)).toBeNull()
  })

  it('does not open for another state, with another key or as another kind of token', async () => {
    const sealed = await sealTransaction(pending, key, nowMs)
    expect(await openTransaction(sealed, drawTransaction('https://a.example').state, key, nowMs)).toBeNull()
    expect(await openTransaction(sealed, pending.state, randomBytes(32), nowMs)).toBeNull()
    const seconds = nowMs / 1_000
    const other = await new EncryptJWT(pending)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'other+jwt' })
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .encrypt(key)
    expect(await openTransaction(other, pending.state, key, nowMs)).toBeNull()
  })

  it('does not open when one sign of it was changed, and never throws', async () => {
    const sealed = await sealTransaction(pending, key, nowMs)
    const signs = [...'ABCxyz019-_.=%'].map((sign) => fc.constant(sign))
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.oneof(...signs), async (at, sign) => {
        const changed = sealed.slice(0, at) + sign + sealed.slice(at + 1)
        if (decoded(changed) === decoded(sealed)) return
        expect(await openTransaction(changed, pending.state, key, nowMs)).toBeNull()
      }),
    )
  })

  it('fits into a cookie with the longest return_to', async () => {
    const long = { ...pending, returnTo: `https://portal.example.com/${'a'.repeat(2_021)}` }
    expect(long.returnTo).toHaveLength(2_048)
    const sealed = await sealTransaction(long, key, nowMs)
    expect(transactionCookieName(long.state).length + sealed.length).toBeLessThan(4_096)
  })
})

/** The last sign of a part may be spelt in several ways that mean the same bytes. */
function decoded(sealed: string): string {
  return sealed
    .split('.')
    .map((part) => (/[^A-Za-z0-9_-]/.test(part) ? part : Buffer.from(part, 'base64url').toString('hex')))
    .join('.')
}
