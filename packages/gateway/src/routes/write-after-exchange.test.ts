import { describe, expect, it } from 'vitest'
import { openTestGateway, type TestGateway } from '../fixtures/test-gateway.ts'

/** Past the life of a token and the leeway between clocks. */
const expiryMs = 306_000

/** Every call that acts for a person whose request came with an expired token. */
const acts = [
  ['a change', ({ update }: TestGateway, token: string, etag: string) => update(token, etag)],
  [
    'a signal',
    ({ call }: TestGateway, token: string) =>
      call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value: { tenant: 'a' } } }),
  ],
  [
    'an end',
    ({ call }: TestGateway, token: string) => call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } }),
  ],
  ["a list of the person's sessions", ({ call }: TestGateway, token: string) => call('GET', '/v1/session/others', { as: 'portal', token })],
  [
    "an end of the person's other sessions",
    ({ call }: TestGateway, token: string) => call('DELETE', '/v1/session/others', { as: 'portal', token, body: { reason: 'sign_out' } }),
  ],
] as const

describe.each(acts)('%s with an expired token', (_, act) => {
  it('is done while its successor has not been shown', async () => {
    const gateway = await openTestGateway()
    const { token, etag } = await exchanged(gateway)
    gateway.advance(60_000)
    expect((await act(gateway, token, etag)).status).toBe(200)
  })

  it('is done for 10 s after its successor was shown, and no longer', async () => {
    const gateway = await openTestGateway()
    const { token, successor, etag } = await exchanged(gateway)
    await gateway.read(successor)
    gateway.advance(10_000)
    expect((await act(gateway, token, etag)).body.code).toBe('token_replaced')
    const inTime = await openTestGateway()
    const scene = await exchanged(inTime)
    await inTime.read(scene.successor)
    inTime.advance(9_999)
    expect((await act(inTime, scene.token, scene.etag)).status).toBe(200)
  })

  it('is refused as token_expired where the token has no successor: it is exchanged first', async () => {
    const gateway = await openTestGateway()
    const token = await gateway.signIn()
    const etag = (await gateway.read(token)).headers.get('etag') ?? ''
    gateway.advance(expiryMs)
    const answer = await act(gateway, token, etag)
    expect([answer.status, answer.body.code]).toEqual([401, 'token_expired'])
  })
})

describe('a read with an expired token', () => {
  it('is refused although its successor has not been shown: it is answered by an exchange', async () => {
    const gateway = await openTestGateway()
    const { token } = await exchanged(gateway)
    expect((await gateway.read(token)).body.code).toBe('token_expired')
  })
})

describe('a write with an expired token', () => {
  it('does not confirm the successor, which nobody has shown', async () => {
    const gateway = await openTestGateway()
    const { token, id, etag } = await exchanged(gateway)
    await gateway.update(token, etag)
    const { records } = await gateway.store.read([id])
    expect(records[0]).toMatchObject({ version: 2, generation: 2, confirmedAtMs: null })
  })
})

async function exchanged(gateway: TestGateway) {
  const token = await gateway.signIn()
  await gateway.read(token)
  gateway.advance(expiryMs)
  const { body } = await gateway.exchange(token)
  return { token, successor: body.token as string, etag: body.etag as string, id: body.document.id as string }
}
