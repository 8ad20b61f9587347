import { moments } from '@single-state/testing'
import { describe, expect, it } from 'vitest'
import { at, type Bench, own, returnTo } from './bench.ts'

type Run = (test: (bench: Bench) => Promise<void>) => () => Promise<void>

/** What is particular to server components. */
export function pageTests(run: Run): void {
  describe('a page', () => {
    it(
      'sends who is not signed in to the login and, behind the proxy, back to the whole address',
      run(async ({ ask, origin }) => {
        const alone = await ask('/required?id=1', { headers: at.page })
        expect([alone.status, returnTo(alone)]).toEqual([307, `${origin}/`])
        const proxied = await ask('/required?id=1', { headers: { ...at.page, ...at.proxied } })
        expect([proxied.status, returnTo(proxied)]).toEqual([307, `${origin}/required?id=1`])
      }),
    )

    it(
      'sends the script of a link there too, and back to the page, not to its data',
      run(async ({ ask, gateway, origin }) => {
        const headers = { ...at.page, ...at.proxied, ...own, rsc: '1' }
        const { location } = Object.fromEntries((await ask('/required?id=1', { headers })).headers)
        expect(location).toContain('_rsc')
        const { status, text } = await ask(location as string, { headers })
        // The script goes where the digest of the redirect says.
        expect(status).toBe(200)
        expect(text).toContain(`NEXT_REDIRECT;replace;${gateway.origin}/login?return_to=${encodeURIComponent(`${origin}/required?id=1`)};`)
      }),
    )

    it(
      'lets a forged address change only where its own sender comes back to, within the application',
      run(async ({ ask, origin }) => {
        const forged = (address: string, more = {}) =>
          ask('/required', { headers: { ...at.page, ...more, 'single-state-address': address } })
        expect(returnTo(await forged('/elsewhere'))).toBe(`${origin}/elsewhere`)
        for (const address of ['https://evil.example/', '//evil.example/', '@evil.example/', '\\evil.example'])
          expect(new URL(returnTo(await forged(address)) as string).origin).toBe(origin)
        expect(returnTo(await forged('/elsewhere', at.proxied))).toBe(`${origin}/required`)
      }),
    )

    it(
      'is never kept by a shared cache, whether it is shown or refused',
      run(async ({ ask, gateway }) => {
        const session = await gateway.signIn()
        const answers = [
          await ask('/required', { session, headers: at.page }),
          await ask('/required', { headers: at.page }),
          await ask('/admins', { session, headers: at.page }),
          await ask('/acme', { session, headers: at.page }),
        ]
        for (const { headers } of answers) expect(headers.get('cache-control')).toMatch(/^private,.*no-store/)
      }),
    )

    it(
      'answers 403 with the page of the application where the session does not allow it',
      run(async ({ ask, gateway }) => {
        const answer = await ask('/admins', { session: await gateway.signIn(), headers: at.page })
        expect([answer.status, answer.setCookies]).toEqual([403, []])
        expect(answer.text).not.toContain('id="answer"')
      }),
    )

    it(
      'answers 500 for every other refusal, and tells error.tsx by the digest which it was',
      run(async ({ ask, gateway }) => {
        const session = await gateway.signIn({ context: { tenant: 'globex' } })
        const conflict = await ask('/acme', { session, headers: at.page })
        expect([conflict.status, digestOf(conflict.text)]).toEqual([500, 'single-state:expectation_failed'])
        const both = { cookie: `${session.cookie}; ${(await gateway.signIn()).cookie}` }
        const ambiguous = await ask('/whoami', { session: both, headers: at.page })
        expect([ambiguous.status, digestOf(ambiguous.text)]).toEqual([500, 'single-state:credentials_ambiguous'])
        const restore = gateway.outage()
        for (const path of ['/required', '/whoami']) {
          const away = await ask(path, { session, headers: at.page })
          expect([away.status, digestOf(away.text), away.setCookies]).toEqual([500, 'single-state:store_unavailable', []])
        }
        restore()
        expect((await ask('/required', { session, headers: at.page })).status).toBe(200)
      }),
    )

    it(
      'has begun with 200 where it is streamed: what follows is a refusal or the way to the login all the same',
      run(async ({ ask, gateway, origin }) => {
        const refused = await ask('/streamed', { session: await gateway.signIn() })
        expect([refused.status, refused.text.includes('NEXT_HTTP_ERROR_FALLBACK;403')]).toEqual([200, true])
        const anonymous = await ask('/streamed')
        expect(anonymous.status).toBe(200)
        expect(anonymous.text).toContain(`url=${gateway.origin}/login?return_to=${encodeURIComponent(`${origin}/`)}`)
      }),
    )

    it(
      'hands a client component the view as plain data, and nothing of the token',
      run(async ({ ask, gateway }) => {
        const session = await moments.tokenHalfway(gateway, { subject: 'bob' })
        const answer = await ask('/client-view', { session })
        const shown = /<p id="view">(.*?)<\/p>/.exec(answer.text)?.[1]?.replaceAll('&quot;', '"')
        expect(JSON.parse(shown ?? 'null')).toMatchObject({ version: 1, identity: { subject: 'bob' }, signals: {} })
        const signature = session.token.split('.')[2] as string
        expect(answer.text).not.toContain(signature)
        expect(answer.text).not.toMatch(/eyJ[\w-]+\.eyJ/)
      }),
    )

    it(
      'says what to do where a cached function reads the session',
      run(async ({ ask, gateway }) => {
        const answer = await ask('/cached', { session: await gateway.signIn() })
        expect(answer.text).toContain('TypeError: the session was read inside a cached function: read it outside')
        expect(answer.text).not.toContain('>ada<')
      }),
    )

    it(
      'makes a script that says it is another site ask in vain, whatever method Next.js was asked with',
      run(async ({ ask, gateway }) => {
        const session = await gateway.signIn()
        for (const headers of [{ origin: 'https://evil.example' }, { 'content-type': 'text/plain' }, { 'next-action': 'x' }]) {
          const answer = await ask('/whoami', { session, headers: { ...at.page, ...headers } })
          expect([answer.status, digestOf(answer.text)]).toEqual([500, 'single-state:cross_site'])
        }
      }),
    )
  })
}

/** React sends the digest of an error to the browser with the page. */
function digestOf(page: string): string | undefined {
  return /single-state:[a-z_]+/.exec(page)?.[0]
}
