import { moments } from '@single-state/testing'
import { describe, expect, it } from 'vitest'
import { at, type Bench, own } from './bench.ts'

type Run = (test: (bench: Bench) => Promise<void>) => () => Promise<void>

/** What is particular to route handlers. */
export function handlerTests(run: Run): void {
  describe('a route handler', () => {
    it(
      'lets what it throws reach Next.js',
      run(async ({ ask, gateway }) => {
        const answer = await ask('/throws', { session: await gateway.signIn(), headers: { ...at.route, ...own } })
        expect([answer.status, answer.text]).toEqual([500, ''])
      }),
    )

    it(
      'lets nobody pass when the function that says what to ask says nothing',
      run(async ({ ask, gateway }) => {
        const answer = await ask('/nothing-asked', { session: await gateway.signIn(), headers: { ...at.route, ...own } })
        expect([answer.status, answer.text]).toEqual([500, ''])
      }),
    )

    it(
      'takes the cookie away with a sign-out also when it goes on to another page',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        const answer = await ask('/leave', { method: 'POST', session, headers: { ...at.route, ...own } })
        expect([answer.status, answer.headers.get('location')]).toEqual([307, '/static-page'])
        expect(answer.setCookies).toHaveLength(1)
        expect(answer.setCookies[0]).toMatch(/^__Host-session=; Path=\/; Expires=Thu, 01 Jan 1970/)
        expect((await gateway.inspect(session)).ended).toBe('revoked')
      }),
    )

    it(
      'reads without a wrapper too, and gives its cookie only to an answer that nobody can have made cacheable',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        const get = await ask('/bare', { session, headers: { ...at.route, ...own } })
        expect([get.status, get.headers.get('cache-control'), get.setCookies]).toEqual([200, 'public, max-age=60', []])
        const post = await ask('/bare', {
          method: 'POST',
          session,
          headers: { ...at.route, ...own, 'content-type': 'text/plain' },
          body: 'x',
        })
        expect([post.status, post.setCookies.length]).toEqual([200, 1])
        const foreign = { ...at.route, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
        expect((await ask('/bare', { method: 'POST', session, headers: foreign })).status).toBe(500)
      }),
    )
  })
}
