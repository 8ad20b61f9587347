import { type Case, refuses } from '../fixtures/bad-input.ts'
import { keyOf, openTestGateway } from '../fixtures/test-gateway.ts'

const set = { 'context.tenant': 'acme' }

const keys: readonly Case[] = [
  ['no application key', 'application_unknown', ({ call, token }) => call('GET', '/v1/session', { token })],
  [
    'an unknown application key',
    'application_unknown',
    ({ call, token }) => call('GET', '/v1/session', { token, headers: bearer(keyOf('nobody')) }),
  ],
  [
    'a wrong key that names an application',
    'application_unknown',
    ({ call, token }) => call('GET', '/v1/session', { token, headers: bearer(`ss_portal_${'A'.repeat(43)}`) }),
  ],
  [
    'a key that is no bearer',
    'application_unknown',
    ({ call, token }) => call('GET', '/v1/session', { token, headers: { Authorization: `Basic ${keyOf('portal')}` } }),
  ],
  [
    'a session token as application key',
    'application_unknown',
    ({ call, token }) => call('GET', '/v1/session', { token, headers: bearer('ss_portal_.._') }),
  ],
  ['an application key as session token', 'token_invalid', ({ read }) => read(keyOf('portal'))],
  [
    'an application without the grant to operate',
    'application_denied',
    ({ call, id }) => call('GET', `/v1/sessions/${id}`, { as: 'portal' }),
  ],
  ['metrics for an application that is no operator', 'application_denied', ({ call }) => call('GET', '/metrics', { as: 'portal' })],
  ['metrics without a key', 'application_unknown', ({ call }) => call('GET', '/metrics')],
  [
    "the person's other sessions for an application that is not granted them",
    'application_denied',
    ({ call, token }) => call('GET', '/v1/session/others', { as: 'billing', token }),
  ],
]

const tokens: readonly Case[] = [
  ['no session token', 'token_missing', ({ call }) => call('GET', '/v1/session', { as: 'portal' })],
  ['an empty session token', 'token_missing', ({ read }) => read('')],
  ['a token that is no JWS', 'token_invalid', ({ read }) => read('not.a.token')],
  ['a token with a changed signature', 'token_invalid', ({ read, token }) => read(forged(token))],
  ['a token with changed claims', 'token_invalid', ({ read, token }) => read(withGeneration(token, 2))],
  ['a token that says it needs no signature', 'token_invalid', ({ read, token }) => read(unsigned(token))],
  ['the token of another gateway', 'token_invalid', async ({ read }) => read(await (await openTestGateway()).signIn('ada'))],
  ['a token that is twice in the header', 'token_invalid', ({ read, token }) => read(`${token}, ${token}`)],
]

const headers: readonly Case[] = [
  ['no contract revision', 'request_invalid', ({ read, token }) => read(token, 'portal', { 'Contract-Revision': '' })],
  [
    'a contract revision that is no whole number',
    'request_invalid',
    ({ read, token }) => read(token, 'portal', { 'Contract-Revision': '3.0' }),
  ],
  ['no If-Match', 'version_required', ({ update, token }) => update(token, null)],
  ['If-Match: *, which names no version', 'version_required', ({ update, token }) => update(token, '*')],
  ['a weak If-Match', 'version_conflict', ({ update, token, etag }) => update(token, `W/${etag}`)],
  ['an If-Match that is not quoted', 'request_invalid', ({ update, token, etag }) => update(token, etag.slice(1, -1))],
  ['an If-Match with a lowercase weak mark', 'request_invalid', ({ update, token, etag }) => update(token, `w/${etag}`)],
  ['an If-Match with * in a list', 'request_invalid', ({ update, token, etag }) => update(token, `${etag}, *`)],
  ['an If-Match without a comma between tags', 'request_invalid', ({ update, token, etag }) => update(token, `${etag} ${etag}`)],
  ['an If-Match of nothing but commas', 'request_invalid', ({ update, token }) => update(token, ', ,')],
  ['an If-Match of a hundred tags', 'request_invalid', ({ update, token, etag }) => update(token, Array(100).fill(etag).join(', '))],
  ['an If-Match of somebody else', 'version_conflict', ({ update, token }) => update(token, '"abc"')],
  ['an If-Match of another version', 'version_conflict', ({ update, token, etag }) => update(token, etag.replace('"1-', '"2-'))],
  [
    'an If-Match of the same version with another draw',
    'version_conflict',
    ({ update, token, etag }) => update(token, etag.replace(/-.{8}/, '-AAAAAAAA')),
  ],
  ['a malformed If-None-Match', 'request_invalid', ({ read, token }) => read(token, 'portal', { 'If-None-Match': 'abc' })],
  [
    'an idempotency key with spaces',
    'request_invalid',
    ({ update, token, etag }) => update(token, etag, set, { 'Idempotency-Key': 'a b' }),
  ],
  [
    'an idempotency key of 129 characters',
    'request_invalid',
    ({ update, token, etag }) => update(token, etag, set, { 'Idempotency-Key': 'a'.repeat(129) }),
  ],
]

const addresses: readonly Case[] = [
  ['an address where nothing is', 'not_found', ({ call }) => call('GET', '/v1/nothing', { as: 'portal' })],
  [
    'a method that an address does not have',
    'method_not_allowed',
    ({ call, token }) => call('PUT', '/v1/session', { as: 'portal', token }),
  ],
  ['the id of no session', 'not_found', ({ call }) => call('GET', `/v1/sessions/${'A'.repeat(43)}`, { as: 'admin' })],
  ['an id that is none', 'not_found', ({ call }) => call('DELETE', '/v1/sessions/..%2F..%2Fetc', { as: 'admin', body: { reason: 'x' } })],
  ['an audit page of nothing', 'request_invalid', ({ call }) => call('GET', '/v1/audit?limit=0', { as: 'admin' })],
  ['an audit page from before the beginning', 'request_invalid', ({ call }) => call('GET', '/v1/audit?after=-1', { as: 'admin' })],
  [
    'a subject that is too long',
    'request_invalid',
    ({ call }) => call('GET', `/v1/subjects/i/${'s'.repeat(256)}/sessions`, { as: 'admin' }),
  ],
]

refuses('bad keys', keys)
refuses('bad tokens', tokens)
refuses('bad headers', headers)
refuses('bad addresses', addresses)

function bearer(key: string): Readonly<Record<string, string>> {
  return { Authorization: `Bearer ${key}` }
}

function forged(token: string): string {
  const [head, payload, signature] = token.split('.')
  const first = signature?.startsWith('A') ? 'B' : 'A'
  return [head, payload, first + signature?.slice(1)].join('.')
}

function withGeneration(token: string, gen: number): string {
  const [head, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return [head, Buffer.from(JSON.stringify({ ...claims, gen })).toString('base64url'), signature].join('.')
}

function unsigned(token: string): string {
  const [, payload] = token.split('.')
  const head = Buffer.from(JSON.stringify({ alg: 'none', typ: 'session+jwt', kid: 'x' })).toString('base64url')
  return `${head}.${payload}.AA`
}
