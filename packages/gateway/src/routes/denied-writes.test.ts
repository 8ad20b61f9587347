import { describe, expect, it } from 'vitest'
import { openScene, sessionOf } from '../fixtures/bad-input.ts'

const set = { 'context.tenant': 'acme' }

describe('a write that is not granted', () => {
  it.each([
    [
      'a path of another application',
      'PATCH',
      '/v1/session',
      { reason: 'tenant.switch', set: { 'context.locale': 'de' } },
      ['context.locale'],
      'tenant.switch',
    ],
    [
      'the whole part of a granted key',
      'PATCH',
      '/v1/session',
      { reason: 'tenant.switch', set: { context: {} } },
      ['context'],
      'tenant.switch',
    ],
    [
      'a path of the identity',
      'PATCH',
      '/v1/session',
      { reason: 'tenant.switch', set: { 'identity.subject': 'bob' } },
      ['identity.subject'],
      'tenant.switch',
    ],
    [
      'one granted path and one that is not',
      'PATCH',
      '/v1/session',
      { reason: 'because', set: { ...set, 'entitlements.plan': 'pro' } },
      ['entitlements.plan'],
      'because',
    ],
    [
      'an unset of a path that is not granted',
      'PATCH',
      '/v1/session',
      { reason: 'tenant.switch', unset: ['context.locale'] },
      ['context.locale'],
      'tenant.switch',
    ],
    ['a path that would break a line of a log', 'PATCH', '/v1/session', { reason: 'A Sentence', set: { 'a\nb': 1 } }, ['(malformed)'], ''],
    ['a signal of another application', 'PUT', '/v1/session/signals/ping', { value: 'x' }, ['signals.ping'], 'signal.ping'],
  ])('%s is denied, audited, and changes nothing else', async (_, method, path, body, paths, reason) => {
    const scene = await openScene()
    const state = await sessionOf(scene)
    const answer = await scene.call(method, path, { as: 'portal', token: scene.token, body, headers: { 'If-Match': scene.etag } })
    expect([answer.status, answer.body.code]).toEqual([403, 'write_denied'])
    expect(await sessionOf(scene)).toEqual(state)
    expect((await scene.audit()).at(-1)).toMatchObject({
      application: 'portal',
      actor: 'urn:single-state:development-people ada',
      subject: 'urn:single-state:development-people ada',
      operation: method === 'PATCH' ? 'update' : 'signal',
      outcome: 'denied',
      paths,
      reason,
      fromVersion: null,
      toVersion: null,
    })
  })

  it('is refused before its precondition is judged', async () => {
    const { call, token } = await openScene()
    const body = { reason: 'tenant.switch', set: { 'context.locale': 'de' } }
    const answer = await call('PATCH', '/v1/session', { as: 'portal', token, body, headers: { 'If-Match': '"9-AAAAAAAA.x"' } })
    expect(answer.body.code).toBe('write_denied')
  })
})
