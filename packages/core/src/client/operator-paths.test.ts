import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSessionError } from '../errors.ts'
import { sessionPath, subjectPath } from './operator-paths.ts'

describe('the paths of an operator', () => {
  it('name what they were asked for', () => {
    expect(sessionPath('a_-1')).toBe('/v1/sessions/a_-1')
    expect(subjectPath({ issuer: 'https://idp.test/a', subject: 'ada/x?y#z' })).toBe(
      '/v1/subjects/https%3A%2F%2Fidp.test%2Fa/ada%2Fx%3Fy%23z',
    )
  })

  it.each(['', '.', '..', '\ud800'])('are refused to %j: it would be the path of something else, or of none', (name) => {
    for (const path of [
      () => sessionPath(name),
      () => subjectPath({ issuer: name, subject: 'ada' }),
      () => subjectPath({ issuer: 'https://idp.test', subject: name }),
    ]) {
      expect(path).toThrow(expect.objectContaining({ code: 'request_invalid' }))
    }
  })

  it('stay where they are when a URL is made of them, whatever the names are', () => {
    const dots = fc.array(fc.constantFrom('.', '..', '/', '\\', '%2e', '%', '?', '#', 'a', '\t', '\n')).map((parts) => parts.join(''))
    const name = fc.oneof(fc.constantFrom('.', '..'), dots, fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(name, name, (issuer, subject) => {
        let path: string
        try {
          path = `${subjectPath({ issuer, subject })}/sessions`
        } catch (error) {
          return isSessionError(error)
        }
        const [, , , ...names] = new URL(path, 'https://session.acme.test').pathname.split('/')
        expect(names.map(decodeURIComponent)).toEqual([issuer, subject, 'sessions'])
        return true
      }),
    )
  })
})
