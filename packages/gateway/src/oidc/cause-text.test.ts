import { describe, expect, it } from 'vitest'
import { causeText } from './cause-text.ts'

describe('causeText', () => {
  it('tells the chain of messages with the OAuth code', () => {
    const answer = Object.assign(new Error('the server says no'), { error: 'invalid_grant' })
    expect(causeText(new Error('login', { cause: answer }))).toBe('login: the server says no (invalid_grant)')
  })

  it('finds the code in the challenge of a 401', () => {
    const challenges = [{ scheme: 'basic', parameters: { realm: 'idp', error: 'invalid_client' } }]
    expect(causeText(new Error('challenged', { cause: challenges }))).toBe('challenged (invalid_client)')
    expect(causeText(new Error('challenged', { cause: [null] }))).toBe('challenged')
  })

  it('leaves out everything else that an error carries', () => {
    const cause = { claims: { sub: 'ada', email: 'ada@example.com' }, body: { access_token: 'secret' } }
    const error = Object.assign(new Error('unexpected claim', { cause }), { error_description: 'for ada', error: 'not a code\n' })
    expect(causeText(error)).toBe('unexpected claim')
  })

  it('ends where a chain bites its own tail', () => {
    const error = new Error('round')
    error.cause = error
    expect(causeText(error)).toBe('round: round: round: round')
    expect(causeText('text')).toBe('unknown failure')
  })
})
