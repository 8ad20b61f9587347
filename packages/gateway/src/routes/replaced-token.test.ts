import { describe, expect, it } from 'vitest'
import { openTestGateway, startMs, type TestGateway } from '../fixtures/test-gateway.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'

// Every state that a token can be in, and what each kind of call makes of it.

/** Past the life of a token and the leeway between clocks. */
const expiryMs = 306_000

interface State {
  /** How many generations the token is behind the newest. */
  readonly behind: number
  /** How long ago somebody first showed the newest; null where nobody has. */
  readonly shownAgoMs: number | null
  readonly expired: boolean
}

/** A session in that state: its token, and the newest one. */
async function open({ behind, shownAgoMs, expired }: State) {
  const gateway = await openTestGateway()
  const token = await gateway.signIn()
  const { body, headers } = await gateway.exchange(token)
  const shown = { token: body.token as string, etag: headers.get('etag') ?? '' }
  // The newest can be shown only while it has not expired.
  if (behind === 0 && shownAgoMs !== null) await gateway.read(shown.token)
  if (expired) gateway.advance(expiryMs)
  let newest = shown.token
  for (let generation = 0; generation < behind; generation += 1) newest = (await gateway.exchange(newest)).body.token
  if (behind > 0 && shownAgoMs !== null) await gateway.read(newest)
  gateway.advance(shownAgoMs ?? 0)
  return { gateway, ...shown, newest }
}

const calls = {
  read: ({ gateway, token }) => gateway.read(token),
  write: ({ gateway, token, etag }) => gateway.update(token, etag),
  again: ({ gateway, token }) => gateway.exchangeAgain(token),
  exchange: ({ gateway, token }) => gateway.exchange(token),
} satisfies Record<string, (scene: Awaited<ReturnType<typeof open>>) => ReturnType<TestGateway['read']>>

const [ok, run_out, replaced, reused] = ['ok', 'token_expired', 'token_replaced', 'token_reused']

type Row = [behind: number, shownAgoMs: number | null, expired: boolean, read: string, write: string, again: string, exchange: string]

const table: Row[] = [
  [0, null, false, ok, ok, ok, ok],
  [0, null, true, run_out, run_out, ok, ok],
  [0, 20_000, false, ok, ok, ok, ok],
  [0, 20_000, true, run_out, run_out, ok, ok],
  [1, null, false, ok, ok, ok, ok],
  [1, null, true, run_out, ok, ok, ok],
  [1, 9_999, false, ok, ok, ok, ok],
  [1, 9_999, true, run_out, ok, ok, ok],
  [1, 10_000, false, ok, ok, replaced, reused],
  [1, 10_000, true, run_out, replaced, replaced, reused],
  [2, null, false, ok, ok, replaced, reused],
  [2, null, true, run_out, replaced, replaced, reused],
  [2, 0, false, ok, ok, replaced, reused],
  [2, 0, true, run_out, replaced, replaced, reused],
]

describe.each(table)(
  'a token %i behind the newest, which was first shown %s ms ago, expired: %s',
  (behind, shownAgoMs, expired, ...answers) => {
    it.each(Object.entries(calls).map(([name, call], at) => [name, answers[at], call] as const))(
      'is answered to %s with %s, and only a reuse ends the session',
      async (_, answer, call) => {
        const scene = await open({ behind, shownAgoMs, expired })
        const { status, body } = await call(scene)
        expect(status === 200 ? 'ok' : body.code).toBe(answer)
        const after = await scene.gateway.exchange(scene.newest)
        expect(after.status === 200 ? 'alive' : after.body.code).toBe(answer === reused ? 'session_ended' : 'alive')
      },
    )
  },
)

describe('POST /v1/session/token of a request that has shown its token before', () => {
  it('ends no session, audits nothing and changes nothing where the token was replaced', async () => {
    const { gateway, token } = await open({ behind: 1, shownAgoMs: 10_000, expired: true })
    const before = await gateway.audit()
    const answer = await gateway.exchangeAgain(token)
    expect([answer.status, answer.body.code, answer.body.reason]).toEqual([401, 'token_replaced', undefined])
    expect(answer.headers.get('www-authenticate')).toContain('error="token_replaced"')
    expect(await gateway.audit()).toEqual(before)
  })

  it('gives the newest generation again without an exchange: the 10 s may be over by the time that the store were asked', async () => {
    const store = memoryStore({ clock: () => startMs })
    const exchanged: number[] = []
    const counting: SessionStore = {
      ...store,
      exchange(id, shown, ...rest) {
        exchanged.push(shown)
        return store.exchange(id, shown, ...rest)
      },
    }
    const { signIn, exchange, exchangeAgain, read } = await openTestGateway({ store: counting })
    const token = await signIn()
    await exchange(token)
    const again = await exchangeAgain(token)
    expect(exchanged).toEqual([1])
    expect((await read(again.body.token)).status).toBe(200)
    expect((await store.read([again.body.document.id])).records[0]).toMatchObject({ generation: 2, confirmedAtMs: startMs })
  })

  it('makes the next generation where there is none', async () => {
    const { signIn, exchangeAgain, store } = await openTestGateway()
    const { body } = await exchangeAgain(await signIn())
    expect((await store.read([body.document.id])).records[0]).toMatchObject({ generation: 2 })
  })

  it('is not told that its token was replaced by a primary that is behind', async () => {
    const memory = memoryStore({ clock: () => startMs })
    let isBehind = false
    const store: SessionStore = {
      ...memory,
      async read(ids) {
        const { records, ...position } = await memory.read(ids)
        return { records: records.map((record) => record && { ...record, generation: isBehind ? 1 : record.generation }), ...position }
      },
    }
    const { signIn, exchange, exchangeAgain } = await openTestGateway({ store })
    const { token } = (await exchange(await signIn())).body
    isBehind = true
    expect((await exchangeAgain(token)).body.code).toBe('store_unavailable')
  })

  it('is told that its session is over, as any other', async () => {
    const { signIn, exchangeAgain, call } = await openTestGateway()
    const token = await signIn()
    await call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'sign_out' } })
    expect((await exchangeAgain(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
  })
})
