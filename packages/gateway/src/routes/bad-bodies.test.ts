import { describe, expect, it } from 'vitest'
import { type Case, openScene, refuses } from '../fixtures/bad-input.ts'

const set = { 'context.tenant': 'acme' }
const change = { reason: 'tenant.switch', set }

const bodies: readonly Case[] = [
  ['a body over 16 KiB', 'document_too_large', ({ patch }) => patch(JSON.stringify({ ...change, pad: 'x'.repeat(16_384) }))],
  [
    'a body over 128 KiB of reads',
    'document_too_large',
    ({ call }) => call('POST', '/v1/reads', { as: 'portal', body: ' '.repeat(131_073) }),
  ],
  ['a body that is no JSON', 'request_invalid', ({ patch }) => patch('{"reason":')],
  ['an empty body', 'request_invalid', ({ patch }) => patch('')],
  ['a body that is not UTF-8', 'request_invalid', ({ patch }) => patch(new Uint8Array([0x22, 0xff, 0x22]))],
  ['a body with a byte order mark', 'request_invalid', ({ patch }) => patch(`\ufeff${JSON.stringify(change)}`)],
  [
    'a body deeper than 8 levels',
    'request_invalid',
    ({ patch }) => patch(`{"reason":"tenant.switch","set":{"context.tenant":${'['.repeat(7)}${']'.repeat(7)}}}`),
  ],
  [
    'a body of a hundred thousand arrays',
    'request_invalid',
    ({ call, token }) => call('POST', '/v1/reads', { as: 'portal', token, body: '['.repeat(60_000) + ']'.repeat(60_000) }),
  ],
  ['a body with more than 256 names', 'request_invalid', ({ patch }) => patch(JSON.stringify({ reason: 'x', set: manyKeys(256) }))],
  ['a body with a string of more than 4,096 characters', 'request_invalid', ({ patch }) => patch({ reason: 'x'.repeat(4_097), set })],
  [
    'a name that is twice in one object',
    'request_invalid',
    ({ patch }) => patch('{"reason":"tenant.switch","set":{"context.tenant":"a","context.tenant":"b"}}'),
  ],
  [
    'a name that is twice, once with an escape',
    'request_invalid',
    ({ patch }) => patch('{"reason":"tenant.switch","re\\u0061son":"tenant.leave","set":{}}'),
  ],
  [
    'a member named __proto__',
    'request_invalid',
    ({ patch }) => patch('{"reason":"tenant.switch","set":{"context.tenant":"a"},"__proto__":{"unset":[]}}'),
  ],
  [
    'a member named __proto__, with an escape',
    'request_invalid',
    ({ patch }) => patch('{"reason":"tenant.switch","set":{"\\u005f_proto__":"a"}}'),
  ],
  ['a member named constructor', 'request_invalid', ({ patch }) => patch('{"reason":"tenant.switch","set":{"constructor":{}}}')],
  ['a member that no call has', 'request_invalid', ({ patch }) => patch({ ...change, extra: 1 })],
  ['a body that is an array', 'request_invalid', ({ patch }) => patch([change])],
  ['a body of another media type', 'media_type_unsupported', ({ patch }) => patch(change, { 'Content-Type': 'text/plain' })],
  [
    'a body of another character set',
    'media_type_unsupported',
    ({ patch }) => patch(change, { 'Content-Type': 'application/json; charset=latin1' }),
  ],
  [
    'more than 128 reads',
    'request_invalid',
    ({ call, token }) => call('POST', '/v1/reads', { as: 'portal', body: { reads: Array(129).fill({ token: token.slice(0, 9) }) } }),
  ],
  ['no reads', 'request_invalid', ({ call }) => call('POST', '/v1/reads', { as: 'portal', body: { reads: [] } })],
]

const changes: readonly Case[] = [
  ['no reason', 'reason_required', ({ patch }) => patch({ set })],
  ['an empty reason', 'reason_required', ({ patch }) => patch({ reason: '', set })],
  ['a reason that the contract does not know', 'reason_required', ({ patch }) => patch({ reason: 'because', set })],
  [
    'a reason that is granted for one of two paths',
    'reason_required',
    ({ patch }) => patch({ reason: 'theme.pick', set: { ...set, 'context.theme': 'dark' } }),
  ],
  ['a change of nothing', 'request_invalid', ({ patch }) => patch({ reason: 'tenant.switch' })],
  ['a path that is set and unset', 'request_invalid', ({ patch }) => patch({ ...change, unset: ['context.tenant'] })],
  ['a part and one of its keys', 'request_invalid', ({ patch }) => patch({ reason: 'tenant.switch', set: { ...set, context: {} } })],
  ['a value of the wrong type', 'document_invalid', ({ patch }) => patch({ reason: 'tenant.switch', set: { 'context.tenant': 7 } })],
  [
    'a whole part with a value of the wrong type',
    'document_invalid',
    ({ call, etag, token }) =>
      call('PATCH', '/v1/session', {
        as: 'desk',
        token,
        body: { reason: 'context.reset', set: { context: { locale: 7 } } },
        headers: { 'If-Match': etag },
      }),
  ],
  [
    'a whole part with a key that the contract does not know',
    'document_invalid',
    ({ call, etag, token }) =>
      call('PATCH', '/v1/session', {
        as: 'desk',
        token,
        body: { reason: 'context.reset', set: { context: { rank: 1 } } },
        headers: { 'If-Match': etag },
      }),
  ],
  [
    'a document over the limit of the contract',
    'document_too_large',
    ({ patch }) => patch({ reason: 'tenant.switch', set: { 'context.tenant': 'x'.repeat(1_000) } }),
  ],
  [
    'an unknown signal',
    'signal_unknown',
    ({ call, token }) => call('PUT', '/v1/session/signals/nothing', { as: 'portal', token, body: { value: 1 } }),
  ],
  [
    'a signal named like a method of every object',
    'signal_unknown',
    ({ call, token }) => call('PUT', '/v1/session/signals/toString', { as: 'portal', token, body: { value: 1 } }),
  ],
  [
    'a signal with a value of the wrong type',
    'document_invalid',
    ({ call, token }) => call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value: { tenant: 1 } } }),
  ],
  [
    'a signal without a value',
    'request_invalid',
    ({ call, token }) => call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: {} }),
  ],
  [
    'a signal over the limit of the contract',
    'document_too_large',
    ({ call, token }) =>
      call('PUT', '/v1/session/signals/tenantChanged', { as: 'portal', token, body: { value: { tenant: 'x'.repeat(1_000) } } }),
  ],
  ['an end without a reason', 'reason_required', ({ call, token }) => call('DELETE', '/v1/session', { as: 'portal', token, body: {} })],
  [
    'an end with a sentence for a reason',
    'reason_required',
    ({ call, token }) => call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'I am done' } }),
  ],
]

refuses('bad bodies', bodies)
refuses('bad changes', changes)

describe('a refused body', () => {
  it('is told which member was not as expected, and never what else it holds', async () => {
    const { patch } = await openScene()
    const told = async (name: string) => (await patch({ reason: 'tenant.switch', set: { [name]: 'a' }, unset: { [name]: 1 } })).body.detail
    expect(await told('x')).toBe('not as expected: unset')
    const long = await patch({ reason: 'tenant.switch', set: { ['<script>'.repeat(30)]: 'a', ['n'.repeat(129)]: 'a' } })
    expect(long.body.detail).toBe('not as expected: set.(no name), set.(no name)')
  })
})

function manyKeys(count: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`context.k${index}`, index]))
}
