import { SessionError } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { manualTimers } from './fixtures/manual-timers.ts'
import { keyOf, openTestGateway, startMs } from './fixtures/test-gateway.ts'
import { memoryStore } from './stores/memory.ts'
import type { SessionStore } from './stores/store.ts'

/** A gateway whose store answers confirmations as the test says. */
async function openWith(
  confirm: (memory: SessionStore, ...asked: Parameters<SessionStore['confirm']>) => ReturnType<SessionStore['confirm']>,
) {
  const memory = memoryStore({ clock: () => startMs })
  const { timers, monotonic, pass } = manualTimers()
  let isNormal = true
  let asked = 0
  const store: SessionStore = {
    ...memory,
    confirm: (...args) => {
      asked += 1
      return isNormal ? memory.confirm(...args) : confirm(memory, ...args)
    },
  }
  const gateway = await openTestGateway({ store }, { timers, monotonic })
  const confirmedAt = async (token: string) => {
    const { sid } = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
    return (await memory.read([sid])).records[0]?.confirmedAtMs
  }
  return {
    ...gateway,
    confirmedAt,
    disturb: () => {
      isNormal = false
    },
    /** Lets so many milliseconds pass once a call has asked for a confirmation. */
    after: async <Answer>(ms: number, ask: () => Promise<Answer>) => {
      const before = asked
      let isAnswered = false
      const answer = ask().finally(() => {
        isAnswered = true
      })
      // Signatures take their own time.
      await expect.poll(() => asked).toBe(before + 1)
      await pass(ms)
      return { answer, isAnswered }
    },
  }
}

/** Confirmations that wait until they are let through. */
async function openHanging() {
  let letThrough = () => {}
  const release = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  return { ...(await openWith((memory, ...asked) => release.then(() => memory.confirm(...asked)))), letThrough }
}

describe('a store that does not confirm a token in time', () => {
  it('holds its first read up for 100 ms, and that is answered with what it had read', async () => {
    const { signIn, read, disturb, after } = await openHanging()
    const token = await signIn()
    disturb()
    expect((await after(99, () => read(token))).isAnswered).toBe(false)
    expect(await (await after(100, () => read(token))).answer).toMatchObject({ status: 200, body: { document: { version: 1 } } })
  })

  it('takes the confirmation in when it comes at last', async () => {
    const { signIn, read, disturb, after, letThrough, confirmedAt } = await openHanging()
    const token = await signIn()
    disturb()
    await (await after(100, () => read(token))).answer
    expect(await confirmedAt(token)).toBeNull()
    letThrough()
    await expect.poll(() => confirmedAt(token)).toBe(startMs)
  })

  it('fails no read that came in one request with it', async () => {
    const { signIn, read, call, disturb, after } = await openHanging()
    const known = await Promise.all(['a', 'b', 'c'].map((subject) => signIn(subject)))
    for (const token of known) await read(token)
    disturb()
    const reads = [...known, await signIn('d')].map((token) => ({ token }))
    const { answer } = await after(100, () => call('POST', '/v1/reads', { as: 'portal', body: { reads } }))
    expect(await answer).toMatchObject({ status: 200, body: { results: reads.map(() => ({ status: 200 })) } })
  })

  it('fails neither a list of sessions nor a proxy that asks', async () => {
    const { signIn, call, gateway, disturb, after } = await openHanging()
    const token = await signIn()
    disturb()
    expect(await (await after(100, () => call('GET', '/v1/session/others', { as: 'portal', token }))).answer).toMatchObject({ status: 200 })
    const headers = { authorization: `Bearer ${keyOf('portal')}`, cookie: `__Host-session=${token}` }
    const ask = () => gateway.fetch(new Request('http://localhost:4400/v1/forward-auth', { headers }))
    expect(await (await after(100, ask)).answer).toMatchObject({ status: 200 })
  })
})

describe('a store that cannot confirm a token', () => {
  it.each(['store_unavailable', 'outcome_unknown'] as const)('because of %s fails no read of it', async (code) => {
    const { signIn, read, exchange, disturb } = await openWith(() => Promise.reject(new SessionError(code)))
    const token = await signIn()
    disturb()
    expect((await read(token)).status).toBe(200)
    // The newest has been shown, but that is not known: what came before it is good still.
    const { token: newest } = (await exchange(token)).body
    expect((await read(newest)).status).toBe(200)
    expect((await exchange(token)).status).toBe(200)
    // Two generations on it is a copy, confirmed or not.
    expect((await exchange(newest)).status).toBe(200)
    expect((await exchange(token)).body.code).toBe('token_reused')
  })

  it('serves nothing that has ended while it was asked', async () => {
    const { signIn, read, disturb } = await openWith(async (memory, id, shown) => {
      const { records, ...position } = await memory.read([id])
      return { ...position, record: records[0] ? { ...records[0], generation: shown, ended: 'revoked', endedAtMs: startMs } : null }
    })
    const token = await signIn()
    disturb()
    expect((await read(token)).body).toMatchObject({ code: 'session_ended', reason: 'revoked' })
  })

  it('answers 500 where the store fails with anything else', async () => {
    const { signIn, read, disturb } = await openWith(() => Promise.reject(new Error('a mistake')))
    const token = await signIn()
    disturb()
    expect((await read(token)).status).toBe(500)
  })
})
