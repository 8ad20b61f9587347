import { moments } from '@single-state/testing'
import { describe, expect, it } from 'vitest'
import { at, type Bench, cookieOf, own, returnTo } from './bench.ts'

type Run = (test: (bench: Bench) => Promise<void>) => () => Promise<void>

/** What is particular to the proxy, and what a request can pretend. */
export function proxyTests(run: Run): void {
  describe('the proxy', () => {
    it(
      'exchanges a token that is due before a page that is the same for everybody, which nobody keeps then',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        const answer = await ask('/static-page', { session, headers: at.proxied })
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
        expect(cookieOf(answer).cookie).not.toBe(session.cookie)
        expect((await ask('/required', { session: cookieOf(answer), headers: at.page })).status).toBe(200)
      }),
    )

    it(
      'lets no cache keep an answer that it gives the cookie to, whatever the handler says',
      run(async ({ ask, gateway }) => {
        for (const path of ['/cacheable', '/cacheable-required', '/bare', '/bare-by-networks']) {
          const session = await moments.tokenHalfway(gateway)
          const { status, headers, setCookies } = await ask(path, { session, headers: { ...at.route, ...at.proxied, ...own } })
          expect([path, status, setCookies.length]).toEqual([path, 200, 1])
          expect([path, headers.get('cache-control'), headers.get('cdn-cache-control')]).toEqual([path, 'private, no-store', 'no-store'])
        }
      }),
    )

    it(
      'reads no session, and leaves the answer alone where nothing is due',
      run(async ({ ask, gateway }) => {
        for (const session of [await gateway.signIn(), { cookie: '__Host-session=garbage' }, { cookie: 'other=1' }]) {
          const { headers, setCookies } = await ask('/static-page', { session, headers: at.proxied })
          expect([headers.get('cache-control'), setCookies]).toEqual(['s-maxage=31536000', []])
        }
        expect(gateway.calls.map(({ path }) => path).filter((path) => path.startsWith('/v1/session'))).toEqual([])
      }),
    )

    it(
      'lets everybody pass: it is no guard',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        await gateway.revokeNow(session)
        const ended = await ask('/static-page', { session, headers: at.proxied })
        expect([ended.status, ended.setCookies]).toEqual([200, []])
        gateway.outage()
        const away = await ask('/static-page', { session, headers: at.proxied })
        expect([away.status, away.setCookies]).toEqual([200, []])
      }),
    )

    it(
      'burns nothing for pages that are fetched ahead: old and new token go on, and one presents no token that was just made',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        const ahead = { ...at.page, ...at.proxied, ...own, purpose: 'prefetch', 'sec-purpose': 'prefetch' }
        const answers = await Promise.all(Array.from({ length: 5 }, () => ask('/required', { session, headers: ahead })))
        for (const { status } of answers) expect(status).toBe(200)
        gateway.clock.advance('20s')
        expect((await ask('/required', { session, headers: { ...at.page, ...at.proxied } })).status).toBe(200)
        for (const answer of answers) expect((await ask('/required', { session: cookieOf(answer), headers: at.page })).status).toBe(200)
      }),
    )

    it(
      'leaves the cookie of a handler or an action to it',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        expect((await ask('/visits', { method: 'POST', session, headers: { ...at.route, ...at.proxied, ...own } })).status).toBe(200)
        expect(gateway.calls.filter(({ path }) => path === '/v1/session/token')).toHaveLength(1)
      }),
    )
  })

  describe('a request that pretends', () => {
    const forged: readonly [name: string, headers: Record<string, string>][] = [
      ['an inner request', { 'x-middleware-subrequest': 'proxy' }],
      ['an inner request five levels deep', { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' }],
      ['an inner request of the middleware', { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' }],
      ['an inner request by id', { 'x-middleware-subrequest-id': '0000000000000000' }],
      [
        'headers overridden by the proxy',
        { 'x-middleware-override-headers': 'cookie', 'x-middleware-request-cookie': '__Host-session=forged' },
      ],
      ['a cookie set by the proxy', { 'x-middleware-set-cookie': '__Host-session=forged; Path=/' }],
      ['an answer of the proxy', { 'x-middleware-next': '1', 'x-middleware-rewrite': '/static-page' }],
      ['a request that was routed before', { 'x-invoke-status': '200', 'x-invoke-path': '/required', 'x-matched-path': '/required' }],
      ['a revalidation', { 'x-prerender-revalidate': '1', 'x-now-route-matches': '1', 'x-nextjs-data': '1' }],
      ['a session of its own', { 'x-session': '{"identity":{"subject":"ada"}}', 'x-user': 'ada' }],
    ]

    it.each(forged)('to be %s is refused by page, handler and action alike', (_name, headers) =>
      run(async ({ ask, act, gateway }) => {
        for (const more of [{}, at.proxied]) {
          const page = await ask('/required', { headers: { ...at.page, ...more, ...headers } })
          expect(page.text).not.toContain('id="answer"')
          const handler = await ask('/required', { headers: { ...at.route, ...own, ...more, ...headers } })
          expect(handler.status).toBe(401)
          expect(returnTo(await act('GET /required', { headers: { ...own, ...more, ...headers } }))).not.toBeNull()
        }
        expect(gateway.calls.map(({ path }) => path).filter((path) => path.startsWith('/v1/session'))).toEqual([])
      })(),
    )

    it(
      'to be somebody else stays who it is',
      run(async ({ ask, gateway }) => {
        const session = await gateway.signIn({ subject: 'bob' })
        const { token } = await gateway.signIn({ subject: 'ada' })
        const headers = { 'x-middleware-override-headers': 'cookie', 'x-middleware-request-cookie': `__Host-session=${token}` }
        for (const more of [{}, at.proxied]) {
          const answer = await ask('/required', { session, headers: { ...at.route, ...own, ...more, ...headers } })
          expect(JSON.parse(answer.text).session.identity.subject).toBe('bob')
        }
      }),
    )
  })
}
