import type { TokenVerdict, VerificationKey } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { heapBytes } from '../../../../tools/heap-bytes.ts'
import { rememberVerified } from './verified-tokens.ts'

const claims = { iss: 'https://g', sid: 'S'.repeat(43), gen: 1, iat: 100, exp: 400 }
const key = { alg: 'EdDSA' } as VerificationKey

/** A verifier that counts, over a set of keys that a test changes. */
function counting(answer: TokenVerdict = { status: 'valid', claims, kid: 'k', expired: false }) {
  const asked: string[] = []
  const keys = new Map([['k', key]])
  const verify = rememberVerified(async (token) => {
    asked.push(token)
    return answer
  })
  const ask = (token: string, nowMs = 200_000) => verify(token, { origin: 'https://g', keyOf: (kid) => keys.get(kid) }, nowMs)
  return { asked, keys, ask }
}

describe('rememberVerified', () => {
  it('verifies each token once', async () => {
    const { asked, ask } = counting()
    const answers = [await ask('a'), await ask('b'), await ask('a')]
    expect(answers.map(({ status }) => status)).toEqual(['valid', 'valid', 'valid'])
    expect(asked).toEqual(['a', 'b'])
  })

  it('judges the end of a token at every use', async () => {
    const { ask } = counting()
    const expired = async (nowMs: number) => (await ask('a', nowMs)) as { readonly expired: boolean }
    expect([await expired(200_000), await expired(405_000), await expired(405_001)]).toMatchObject([
      { expired: false },
      { expired: false },
      { expired: true },
    ])
  })

  it('verifies anew what was signed with a key that is not published any more', async () => {
    const { asked, keys, ask } = counting()
    await ask('a')
    keys.clear()
    await ask('a')
    expect(asked).toEqual(['a', 'a'])
  })

  it('remembers no refusal', async () => {
    const { asked, ask } = counting({ status: 'invalid', why: 'forged' })
    expect([await ask('a'), await ask('a')]).toMatchObject([{ status: 'invalid' }, { status: 'invalid' }])
    expect(asked).toEqual(['a', 'a'])
  })

  it('does not keep the Cookie header that a token was cut out of', async () => {
    const verify = rememberVerified(async () => ({ status: 'valid', claims, kid: 'k', expired: false }))
    const show = (index: number) => {
      const name = `theme=${'d'.repeat(16_000)}; __Host-session=`
      // As it comes from a socket: one text, of which the token is a part.
      const header = Buffer.from(`${name}${String(index).padStart(350, '0')}`).toString('latin1')
      return verify(header.slice(name.length), { origin: 'https://g', keyOf: () => key }, 200_000)
    }
    for (let index = 0; index < 100; index += 1) await show(index)
    const before = await heapBytes()
    for (let index = 100; index < 400; index += 1) await show(index)
    expect(((await heapBytes()) - before) / 300).toBeLessThan(8_000)
  })
})
