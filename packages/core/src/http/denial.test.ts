import { describe, expect, it } from 'vitest'
import { SessionConflictError, SessionError, type SessionErrorCode, SessionMissingError, SessionUnavailableError } from '../errors.ts'
import { application } from '../fixtures/scene.ts'
import { type Denied, denialOf, deniedBy } from './denial.ts'
import type { RequestHead } from './request-head.ts'

const facts = { application, keyOf: () => undefined }
const api = (method = 'GET', url = 'https://portal.acme.test/orders?id=1') => ({
  method,
  url,
  headers: new Headers({ accept: 'application/json' }),
})
const page = (method = 'GET', url = 'https://portal.acme.test/orders?id=1', headers = {}) => ({
  method,
  url,
  headers: new Headers({ 'sec-fetch-mode': 'navigate', accept: 'text/html', ...headers }),
})
const kept = { 'cache-control': 'private, no-store', vary: 'Cookie, Authorization', 'x-content-type-options': 'nosniff' }

const every: [Denied, number, SessionErrorCode][] = [
  [{ status: 'anonymous' }, 401, 'token_missing'],
  [{ status: 'ended', reason: 'expired' }, 401, 'session_ended'],
  [{ status: 'ended', reason: 'reused' }, 401, 'session_ended'],
  [{ status: 'unavailable', code: 'store_unavailable', retryAfterMs: 1_000 }, 503, 'store_unavailable'],
  [{ status: 'unavailable', code: 'application_unknown', retryAfterMs: 1_000 }, 503, 'application_unknown'],
  [{ status: 'unavailable', code: 'contract_mismatch', retryAfterMs: 1_000 }, 503, 'contract_mismatch'],
  [{ status: 'refused', code: 'cross_site' }, 403, 'cross_site'],
  [{ status: 'refused', code: 'credentials_ambiguous' }, 400, 'credentials_ambiguous'],
  [{ status: 'forbidden' }, 403, 'access_denied'],
  [{ status: 'insufficient' }, 401, 'assurance_insufficient'],
  [{ status: 'conflict', code: 'expectation_failed' }, 409, 'expectation_failed'],
  [{ status: 'conflict', code: 'version_conflict' }, 409, 'version_conflict'],
]

describe('the status map', () => {
  it.each(every)('answers %o to a program with %i and a problem', (denied, status, code) => {
    const denial = denialOf(denied, api(), facts)
    expect(denial).toMatchObject({ status, headers: { ...kept, 'content-type': 'application/problem+json' } })
    expect(JSON.parse(denial.body)).toMatchObject({ type: `urn:single-state:error:${code}`, status, code })
    expect(Object.keys(denial.headers)).not.toContain('set-cookie')
  })

  it.each(every.filter(([, status]) => status !== 401))('answers %o to a person with a page of status %i', (denied, status) => {
    const denial = denialOf(denied, page(), facts)
    const guarded = { 'content-security-policy': expect.stringContaining("default-src 'none'"), 'referrer-policy': 'no-referrer' }
    expect(denial).toMatchObject({ status, headers: { ...kept, ...guarded, 'content-type': 'text/html; charset=utf-8' } })
    expect(denial.body).toMatch(/^<!doctype html>[\s\S]*<h1>[A-Z]/)
  })

  it('names the code and the login beside the answer, for places that cannot give one, whatever was asked and how', () => {
    const login = denialOf({ status: 'anonymous' }, page(), facts).headers['location']
    for (const head of [page(), api(), api('POST')])
      for (const status of ['anonymous', 'ended'] as const)
        expect(denialOf({ status, reason: 'expired' } as Denied, head, facts)).toMatchObject({ login })
    expect(denialOf({ status: 'forbidden' }, page(), facts)).toMatchObject({ code: 'access_denied', login: null })
    expect(denialOf({ status: 'anonymous' }, page(), null)).toMatchObject({ code: 'token_missing', login: null })
  })

  it('says why a session has ended', () => {
    expect(JSON.parse(denialOf({ status: 'ended', reason: 'reused' }, api(), facts).body)).toMatchObject({ reason: 'reused' })
  })

  it('names the challenge with a 401, and nowhere else', () => {
    for (const [denied, status] of every) {
      const challenge = denialOf(denied, api(), facts).headers['www-authenticate']
      expect(challenge?.split(' ')[0]).toBe(status === 401 ? 'Bearer' : undefined)
    }
  })

  it.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [0, '1'],
  ])('says to come back after %i ms as %s whole seconds', (retryAfterMs, seconds) => {
    const denied = { status: 'unavailable', code: 'store_unavailable', retryAfterMs } as const
    expect(denialOf(denied, api(), facts).headers['retry-after']).toBe(seconds)
    expect(denialOf(denied, page(), facts).headers['retry-after']).toBe(seconds)
  })

  it('does not need to know the gateway', () => {
    for (const [denied, status] of every) expect(denialOf(denied, page(), null).status).toBe(status)
  })
})

describe('a person who opens a page without being signed in', () => {
  const returnTo = (head: RequestHead, origins = application.origins) => {
    const denial = denialOf({ status: 'anonymous' }, head, { ...facts, application: { ...application, origins } })
    expect(denial).toMatchObject({ status: 302, headers: kept, body: '' })
    const location = new URL(denial.headers['location'] as string)
    expect(`${location.origin}${location.pathname}`).toBe(application.loginUrl)
    return location.searchParams.get('return_to')
  }

  it.each<Denied>([{ status: 'anonymous' }, { status: 'ended', reason: 'expired' }])('is sent to the login: %o', (denied) => {
    expect(denialOf(denied, page(), facts)).toMatchObject({ status: 302 })
    expect(denialOf(denied, page('HEAD'), facts)).toMatchObject({ status: 302 })
  })

  it('comes back to the address', () => {
    expect(returnTo(page())).toBe('https://portal.acme.test/orders?id=1')
  })

  it.each(['POST', 'PUT', 'DELETE'])('is not sent there by a form: %s', (method) => {
    expect(denialOf({ status: 'anonymous' }, page(method), facts)).toMatchObject({
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    })
  })

  it('is recognised by what it accepts where the browser is too old to say', () => {
    const old = { method: 'GET', url: 'https://portal.acme.test/', headers: new Headers({ accept: 'text/html,*/*' }) }
    expect(denialOf({ status: 'anonymous' }, old, facts).status).toBe(302)
  })

  it('is not a script that accepts anything', () => {
    const script = page('GET', 'https://portal.acme.test/', { 'sec-fetch-mode': 'cors' })
    expect(denialOf({ status: 'anonymous' }, script, facts).status).toBe(401)
  })

  it.each([
    ['the scheme that a proxy hides', 'http://portal.acme.test/a', 'https://portal.acme.test/a'],
    ['the second of its hosts', 'http://www.acme.test/a', 'https://www.acme.test/a'],
    ['the first where the proxy shows another host', 'http://10.0.0.7:3000/a?b=c', 'https://portal.acme.test/a?b=c'],
    ['the first for a host that somebody made up', 'http://evil.test/a', 'https://portal.acme.test/a'],
    ['a path that begins like a host', 'http://portal.acme.test//evil.test/a', 'https://portal.acme.test//evil.test/a'],
    ['the first page for an address that is none', 'http://%%%/a', 'https://portal.acme.test/'],
    ['no fragment', 'https://portal.acme.test/a#b', 'https://portal.acme.test/a'],
    ['a query with a backslash, spelt out', 'https://portal.acme.test/a?b=c\\d\\', 'https://portal.acme.test/a?b=c%5Cd%5C'],
    ['the whole address of 2,048 characters', addressOf(2_048), addressOf(2_048)],
    ['the path alone of a longer one', addressOf(2_049), 'https://portal.acme.test/a'],
    ['the path alone where a backslash makes it longer', addressOf(2_047, '\\'), 'https://portal.acme.test/a'],
    ['the first page where the path is as long', `https://portal.acme.test/${'a'.repeat(2_048)}?b=c`, 'https://portal.acme.test/'],
  ])('comes back by %s', (_title, url, expected) => {
    expect(returnTo(page('GET', url))).toBe(expected)
  })

  it('comes back to where it asked when no origin is configured, or nowhere', () => {
    expect(returnTo(page('GET', 'http://localhost:3000/a'), [])).toBe('http://localhost:3000/a')
    expect(returnTo(page('GET', 'http://%%%/a'), [])).toBeNull()
  })

  it('keeps the parameters that the login address has of its own', () => {
    const own = { ...facts, application: { ...application, loginUrl: 'https://session.acme.test/login?theme=dark' } }
    const location = new URL(denialOf({ status: 'anonymous' }, page(), own).headers['location'] as string)
    expect([...location.searchParams.keys()]).toEqual(['theme', 'return_to'])
  })
})

describe('an error that a handler let through', () => {
  it.each<[SessionError, Denied | null]>([
    [new SessionConflictError(4), { status: 'conflict', code: 'version_conflict' }],
    [new SessionMissingError('token_missing'), { status: 'anonymous' }],
    [new SessionMissingError('token_expired'), { status: 'anonymous' }],
    [new SessionMissingError('session_ended', 'expired'), { status: 'ended', reason: 'expired' }],
    [new SessionMissingError('token_reused', 'reused'), { status: 'ended', reason: 'reused' }],
    [new SessionError('cross_site'), { status: 'refused', code: 'cross_site' }],
    [new SessionError('credentials_ambiguous'), { status: 'refused', code: 'credentials_ambiguous' }],
    [new SessionUnavailableError('store_unavailable', 500), { status: 'unavailable', code: 'store_unavailable', retryAfterMs: 500 }],
    [new SessionUnavailableError('token_replaced', 1_000), { status: 'unavailable', code: 'token_replaced', retryAfterMs: 1_000 }],
    [new SessionUnavailableError('token_expired', 1_000), { status: 'unavailable', code: 'token_expired', retryAfterMs: 1_000 }],
    [new SessionError('outcome_unknown'), { status: 'unavailable', code: 'outcome_unknown', retryAfterMs: 1_000 }],
    [new SessionError('write_denied'), null],
    [new SessionError('document_invalid'), null],
    [new SessionError('version_required'), null],
  ])('%o is denied as %o', (error, denied) => {
    expect(deniedBy(error)).toEqual(denied)
  })
})

describe('a sign-in that is not enough', () => {
  const asked = { acrValues: ['hardware', 'mfa'], maxAgeS: 300 }
  const challengeOf = (some: Partial<typeof asked>) =>
    denialOf({ status: 'insufficient' }, api(), facts, { acrValues: [], maxAgeS: null, ...some }).headers['www-authenticate']

  it('is challenged with what is asked (RFC 9470 section 3)', () => {
    const start = 'Bearer error="insufficient_user_authentication", error_description="A stronger or more recent sign-in is needed"'
    expect(challengeOf(asked)).toBe(`${start}, acr_values="hardware mfa", max_age="300"`)
    expect(challengeOf({ acrValues: ['mfa'] })).toBe(`${start}, acr_values="mfa"`)
    expect(challengeOf({ maxAgeS: 30 })).toBe(`${start}, max_age="30"`)
  })

  it('sends somebody who opens a page to the login, which is told what is asked and the way back', () => {
    const { status, headers, login } = denialOf({ status: 'insufficient' }, page(), facts, asked)
    expect([status, headers['location']]).toEqual([302, login])
    expect(Object.fromEntries(new URL(login ?? '').searchParams)).toEqual({
      return_to: 'https://portal.acme.test/orders?id=1',
      acr_values: 'hardware mfa',
      max_age: '300',
    })
  })

  it('shows a page of 401 for a form that was sent, which no login can send again', () => {
    const { status, headers, body } = denialOf({ status: 'insufficient' }, page('POST'), facts, asked)
    expect([status, headers['location']]).toEqual([401, undefined])
    expect(body).toContain('Please sign in again')
  })

  it('is asked for at once of somebody who is not signed in', () => {
    const { login } = denialOf({ status: 'anonymous' }, page(), facts, asked)
    expect(new URL(login ?? '').searchParams.get('acr_values')).toBe('hardware mfa')
  })
})

/** An address of that many characters, by its query. */
function addressOf(length: number, last = 'x'): string {
  const start = 'https://portal.acme.test/a?b='
  return start + 'x'.repeat(length - start.length - 1) + last
}
