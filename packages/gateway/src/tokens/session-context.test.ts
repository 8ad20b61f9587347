import { longestSessionContext, sessionContextSeconds } from '@single-state/core/protocol'
import { generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { signContext } from './session-context.ts'

async function signed(pad: string, nowMs = 1_700_000_000_999) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const document = { id: 'a', version: 1, contract: 1, createdAt: 'x', expiresAt: 'y', context: { pad } }
  const said = { iss: 'http://localhost:4400', aud: 'portal', gen: 1, document, etag: '"1"', seq: 1, epoch: 'e' }
  return { context: await signContext(said, { kid: 'k', alg: 'EdDSA', key: privateKey }, nowMs), publicKey }
}

describe('a session context', () => {
  it('lives five whole seconds, from the one in which it was asked for', async () => {
    const { context, publicKey } = await signed('')
    const { payload } = await jwtVerify(context ?? '', publicKey, { currentDate: new Date(1_700_000_000_000) })
    expect([payload.iat, payload.exp]).toEqual([1_700_000_000, 1_700_000_000 + sessionContextSeconds])
  })

  it('is none where it would be longer than a header may be', async () => {
    const { context } = await signed('')
    const room = Math.floor(((longestSessionContext - (context ?? '').length) * 3) / 4)
    expect((await signed('x'.repeat(room - 4))).context?.length).toBeGreaterThan(longestSessionContext - 16)
    expect((await signed('x'.repeat(room + 4))).context).toBeNull()
  })
})
