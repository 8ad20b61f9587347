import { describe, expect, it } from 'vitest'
import { codes, type SessionErrorCode } from '../errors.ts'
import { documentOf, etagOf, openScene } from '../fixtures/scene.ts'
import { problemOf, type ScriptedCall } from '../fixtures/scripted-gateway.ts'

/** What a visitor sees for an answer to the one read that is made for their request. */
async function seenFor(play: (call: ScriptedCall) => void) {
  const scene = await openScene()
  const reading = scene.open({ as: 'bearer' }).resolve()
  play(await scene.gateway.next())
  return { result: await reading, logs: scene.logs }
}

/** The codes by which the gateway speaks of this session; every other one must not look like a sign-out. */
const denials: Partial<Record<SessionErrorCode, unknown>> = {
  token_missing: { status: 'anonymous' },
  token_invalid: { status: 'anonymous' },
  token_expired: { status: 'anonymous' },
  token_reused: { status: 'ended', reason: 'reused' },
  session_ended: { status: 'ended', reason: 'revoked' },
  session_invalid: { status: 'ended', reason: 'invalid' },
}

describe('the gateway answers, the application sees', () => {
  it.each(Object.entries(denials) as [SessionErrorCode, unknown][])('%s as the end of the matter', async (code, result) => {
    expect((await seenFor((call) => call.refuse(code))).result).toEqual(result)
  })

  it.each(['expired', 'revoked', 'invalid', 'reused'])('an end with its reason, %s', async (reason) => {
    expect((await seenFor((call) => call.refuse('session_ended', { reason }))).result).toEqual({ status: 'ended', reason })
  })

  it.each((Object.keys(codes) as SessionErrorCode[]).filter((code) => !(code in denials)))(
    '%s as unavailable, and the log names it',
    async (code) => {
      const { result, logs } = await seenFor((call) => call.refuse(code))
      expect(result).toEqual({ status: 'unavailable', code, retryAfterMs: 1_000 })
      expect(logs.map(({ level, message }) => [level, message])).toEqual([['error', `a session could not be had: ${code}`]])
    },
  )

  it.each<[string, (call: ScriptedCall) => void]>([
    ['no answer', (call) => call.lose()],
    ['no connection', (call) => call.disconnect()],
    ['an empty 200', (call) => call.answer(200)],
    ['a 200 that is no JSON', (call) => call.answer(200, '<html>ok</html>')],
    ['a 200 of another service', (call) => call.answer(200, { hello: 'world' }, { etag: etagOf(1) })],
    ['a 201', (call) => call.answer(201, { document: documentOf(1) }, { etag: etagOf(1) })],
    ['a redirect', (call) => call.answer(302, '', { location: 'https://evil.test' })],
    ['the 401 of a proxy', (call) => call.answer(401, 'Unauthorized')],
    ['the 401 of another service', (call) => call.answer(401, { error: 'invalid_token' })],
    ['a 401 with a code that is none of ours', (call) => call.answer(401, { ...problemOf('token_invalid'), code: 'nobody_knows' })],
    ['a 401 whose code is a name of every object', (call) => call.answer(401, { ...problemOf('token_invalid'), code: 'constructor' })],
    ['a 403 of a firewall', (call) => call.answer(403, '<html>blocked</html>')],
    ['a 404', (call) => call.answer(404, '')],
    ['a 500', (call) => call.answer(500, 'oops')],
    ['a 502', (call) => call.answer(502, '<html>bad gateway</html>')],
    ['a 304 to a question without a tag', (call) => call.answer(304)],
  ])('%s as unavailable, and the log has the cause', async (_title, play) => {
    const { result, logs } = await seenFor(play)
    expect(result).toEqual({ status: 'unavailable', code: 'store_unavailable', retryAfterMs: 1_000 })
    expect(logs).toMatchObject([{ level: 'error', cause: expect.any(Error) }])
  })

  it.each<[string, (call: ScriptedCall) => void, SessionErrorCode]>([
    [
      'another session',
      (call) => call.answer(200, { document: documentOf(1, { id: 'X'.repeat(43) }) }, { etag: etagOf(1) }),
      'internal_error',
    ],
    ['no tag', (call) => call.answer(200, { document: documentOf(1) }), 'internal_error'],
    [
      'a document without a version',
      (call) => call.answer(200, { document: { ...documentOf(1), version: undefined } }, { etag: etagOf(1) }),
      'contract_mismatch',
    ],
    [
      'a document that does not fit',
      (call) => call.answer(200, { document: documentOf(1, { context: {} }) }, { etag: etagOf(1) }),
      'contract_mismatch',
    ],
    ['no object for a document', (call) => call.answer(200, { document: 'text' }, { etag: etagOf(1) }), 'contract_mismatch'],
    ['null for a document', (call) => call.answer(200, { document: null }, { etag: etagOf(1) }), 'contract_mismatch'],
  ])('a 200 with %s as unavailable', async (_title, play, code) => {
    const { result, logs } = await seenFor(play)
    expect(result).toMatchObject({ status: 'unavailable', code })
    expect(logs).toHaveLength(1)
  })

  it('a document with members that are not granted as one without them', async () => {
    const { result } = await seenFor((call) =>
      call.answer(200, { document: documentOf(1, { signals: { other: { value: 1, remainingMs: 9 } }, secret: 1 }) }, { etag: etagOf(1) }),
    )
    expect(result).toMatchObject({ status: 'active' })
    expect(result).not.toHaveProperty('session.signals.other')
    expect(result).not.toHaveProperty('session.secret')
  })
})
