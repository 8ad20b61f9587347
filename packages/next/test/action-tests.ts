import { moments } from '@single-state/testing'
import { describe, expect, it } from 'vitest'
import { at, type Bench, cookieOf, own, returnTo } from './bench.ts'
import { actionId } from './places.ts'

type Run = (test: (bench: Bench) => Promise<void>) => () => Promise<void>

/** What is particular to server actions. */
export function actionTests(run: Run): void {
  describe('a server action', () => {
    it(
      'sends who is not signed in to the login, and back to the page where the proxy has told its address',
      run(async ({ act, origin }) => {
        expect(returnTo(await act('GET /required'))).toBe(`${origin}/`)
        expect(returnTo(await act('GET /required', { headers: { ...own, ...at.proxied } }))).toBe(`${origin}/settings`)
      }),
    )

    it(
      'throws every other refusal to the page that has called it, named by its digest',
      run(async ({ act, gateway }) => {
        const session = await gateway.signIn()
        const refused = await act('GET /admins', { session })
        expect([refused.status, refused.text.includes('NEXT_HTTP_ERROR_FALLBACK;403')]).toEqual([403, true])
        const conflict = await act('GET /acme', { session })
        expect([conflict.status, digestOf(conflict.text)]).toEqual([500, 'single-state:expectation_failed'])
        gateway.conflictNext({ context: { tenant: 'initech' } })
        const lost = await act('POST /tenant', { session })
        expect([lost.status, digestOf(lost.text)]).toEqual([500, 'single-state:version_conflict'])
        gateway.outage()
        const unknown = 'single-state:outcome_unknown'
        for (const [route, digest] of [['GET /required'], ['POST /tenant'], ['POST /sign-out', unknown]] as const) {
          const away = await act(route, { session })
          expect([away.status, digestOf(away.text), away.setCookies]).toEqual([500, digest ?? 'single-state:store_unavailable', []])
        }
      }),
    )

    it(
      'keeps the successor of a token that was due, with every attribute that protects it',
      run(async ({ act, gateway }) => {
        const session = await moments.tokenHalfway(gateway)
        const answer = await act('GET /required', { session })
        expect(answer.headers.get('cache-control')).toContain('no-store')
        expect(attributesOf(answer.setCookies)).toEqual([['httponly', 'path=/', 'samesite=lax', 'secure']])
        expect(cookieOf(answer).cookie).not.toBe(session.cookie)
        expect((await act('GET /required', { session: cookieOf(answer) })).setCookies).toEqual([])
      }),
    )

    it(
      'takes the cookie away with a sign-out, also when it goes on to another page, and behind the proxy',
      run(async ({ act, gateway }) => {
        for (const headers of [own, { ...own, ...at.proxied }])
          for (const route of ['POST /sign-out', 'POST /leave'])
            for (const moment of [moments.freshlySignedIn, moments.tokenHalfway, moments.tokenExpired]) {
              const session = await moment(gateway)
              const { setCookies } = await act(route, { session, headers })
              expect(setCookies).toHaveLength(1)
              expect(setCookies[0]).toMatch(/^__Host-session=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT;/)
              expect((await gateway.inspect(session)).ended).toBe('revoked')
            }
      }),
    )

    it(
      'refuses what another site sends with the cookie, and changes nothing',
      run(async ({ act, gateway }) => {
        const session = await gateway.signIn()
        for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'null' }, {}])
          for (const route of ['POST /tenant', 'POST /sign-out', 'GET /whoami']) {
            const answer = await act(route, { session, headers })
            expect([answer.status, answer.setCookies]).toEqual([500, []])
          }
        const { version, ended } = await gateway.inspect(session)
        expect([version, ended]).toEqual([1, null])
      }),
    )

    it(
      'works as a form without a script, and the page after it is made with what it has written',
      run(async ({ ask, gateway }) => {
        const session = await gateway.signIn()
        const body = formOf({ [`$ACTION_ID_${actionId('act')}`]: '', route: 'POST /tenant' })
        const headers = { ...own, 'fixture-place': 'action', 'content-type': `multipart/form-data; boundary=${boundary}` }
        expect((await ask('/settings', { method: 'POST', session, headers, body })).status).toBe(200)
        expect((await gateway.inspect(session)).context.tenant).toBe('globex')
        const foreign = { ...headers, 'sec-fetch-site': 'cross-site' }
        expect((await ask('/settings', { method: 'POST', session, headers: foreign, body })).status).toBe(500)
        expect((await gateway.inspect(session)).version).toBe(2)
      }),
    )
  })
}

const boundary = 'fixture-boundary'

function formOf(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--${boundary}--\r\n`
}

function digestOf(flight: string): string | undefined {
  return /single-state:[a-z_]+/.exec(flight)?.[0]
}

function attributesOf(cookies: readonly string[]): string[][] {
  return cookies.map((cookie) =>
    cookie
      .split(';')
      .slice(1)
      .map((attribute) => attribute.trim().toLowerCase())
      .sort(),
  )
}
