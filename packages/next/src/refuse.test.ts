import { isSessionError, type SessionError } from '@single-state/core'
import type { Denial } from '@single-state/core/adapter'
import { describe, expect, it } from 'vitest'
import type { Place } from './places.ts'
import { refuse } from './refuse.ts'

const denial: Denial = { status: 403, headers: {}, body: '', code: 'access_denied', login: null }
const inPage = { refusals: null } as Place<unknown>

function thrownBy(denied: Denial, place = inPage): SessionError {
  try {
    return refuse(denied, place)
  } catch (error) {
    if (isSessionError(error)) return error
    throw error
  }
}

describe('refusing', () => {
  it('throws a 403 as our error where the application has not switched forbidden() on', () => {
    expect(thrownBy(denial)).toMatchObject({ code: 'access_denied', status: 403 })
  })

  it('keeps when it is worth asking again', () => {
    const away = thrownBy({ ...denial, status: 503, code: 'store_unavailable', headers: { 'retry-after': '2' } })
    expect(away).toMatchObject({ name: 'SessionUnavailableError', status: 503, retryAfterMs: 2_000 })
  })

  it('leaves the answer to a handler of ours, the login included', () => {
    const refusals = new WeakMap<object, Denial>()
    const login = { ...denial, status: 401, login: 'http://localhost:4400/login' }
    expect(refusals.get(thrownBy(login, { ...inPage, refusals }))).toBe(login)
  })
})
