import { isSessionError } from '@single-state/core/errors'
import { describe, expect, it } from 'vitest'
import { createBrowser } from '../../test/browser.ts'
import { type DevelopmentPerson, developmentPeople } from './development-people.ts'
import type { IdentityProvider } from './provider.ts'
import { drawTransaction } from './transaction.ts'

const gateway = 'http://localhost:4400'
const ada = { subject: 'ada', name: 'Ada', roles: ['admin'], plan: 'pro' }
const bob = { subject: 'bob', roles: [] }

/** A gateway that serves nothing but the provider's own pages. */
function browserFor(idp: IdentityProvider) {
  return createBrowser({ [gateway]: async (request) => (await idp.page(request)) ?? new Response('the gateway') })
}

async function choose(idp: IdentityProvider, transaction = drawTransaction(`${gateway}/callback`), subject = 'ada') {
  const browser = browserFor(idp)
  const page = await browser.open(await idp.begin(transaction))
  return { transaction, answer: (await browser.submit(page, { subject })).url }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason)
  return isSessionError(error) ? error.code : `no failure: ${String(error)}`
}

describe('developmentPeople', () => {
  it('signs in the person that was chosen on its page, with everything the configuration says of them', async () => {
    const idp = developmentPeople([ada, bob], { now: () => 1_700_000_000_000 })
    const { transaction, answer } = await choose(idp)
    expect(answer.searchParams.get('state')).toBe(transaction.state)
    expect(await idp.finish(answer, transaction)).toEqual({
      issuer: idp.issuer,
      subject: 'ada',
      authenticatedAtMs: 1_700_000_000_000,
      acr: null,
      amr: [],
      idpSession: null,
      claims: ada,
    })
  })

  it('shows everybody with their roles, and escapes what the configuration says', async () => {
    const idp = developmentPeople([ada, bob, { subject: '<b>"eve"', roles: ['<i>'] }])
    const { html, headers } = await browserFor(idp).open(await idp.begin(drawTransaction(`${gateway}/callback`)))
    expect(html).toContain('Ada')
    expect(html).toContain('no roles')
    expect(html).not.toMatch(/<b>|<i>|""/)
    expect(html).toContain('value="&lt;b&gt;&quot;eve&quot;"')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('redeems a code once, and only for the login that it was made for', async () => {
    const idp = developmentPeople([ada])
    const { transaction, answer } = await choose(idp)
    await idp.finish(answer, transaction)
    expect(await codeOf(idp.finish(answer, transaction))).toBe('login_failed')
    const second = await choose(idp)
    const other = drawTransaction(`${gateway}/callback`)
    expect(await codeOf(idp.finish(second.answer, other))).toBe('login_failed')
    second.answer.searchParams.set('state', other.state)
    expect(await codeOf(idp.finish(second.answer, other))).toBe('login_failed')
    expect(await codeOf(idp.finish(second.answer, second.transaction))).toBe('login_failed')
  })

  it('forgets a code after 60 seconds', async () => {
    let nowMs = 0
    const idp = developmentPeople([ada], { now: () => nowMs })
    const inTime = await choose(idp)
    const late = await choose(idp)
    nowMs = 60_000
    await expect(idp.finish(inTime.answer, inTime.transaction)).resolves.toMatchObject({ subject: 'ada' })
    nowMs = 60_001
    expect(await codeOf(idp.finish(late.answer, late.transaction))).toBe('login_failed')
  })

  it('remembers a hundred codes, and forgets the oldest for one more', async () => {
    const idp = developmentPeople([ada])
    const first = await choose(idp)
    const second = await choose(idp)
    for (let count = 2; count < 101; count++) await choose(idp)
    expect(await codeOf(idp.finish(first.answer, first.transaction))).toBe('login_failed')
    await expect(idp.finish(second.answer, second.transaction)).resolves.toMatchObject({ subject: 'ada' })
  })

  it('lets the person cancel', async () => {
    const idp = developmentPeople([ada])
    const transaction = drawTransaction(`${gateway}/callback`)
    const { html } = await browserFor(idp).open(await idp.begin(transaction))
    const cancel = /href="(\/callback[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(cancel).toContain('error=access_denied')
    expect(await codeOf(idp.finish(new URL(cancel, gateway), transaction))).toBe('login_failed')
  })

  it('refuses a state that is none and a person whom nobody named, and answers nothing else', async () => {
    const idp = developmentPeople([ada])
    const page = (path: string, fields?: Record<string, string>) =>
      idp.page(new Request(`${gateway}${path}`, fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}))
    const { state } = drawTransaction(gateway)
    expect(await codeOf(page('/development/sign-in'))).toBe('request_invalid')
    expect(await codeOf(page('/development/sign-in?state="><script>'))).toBe('request_invalid')
    expect(await codeOf(page('/development/sign-in', { state, subject: 'mallory' }))).toBe('request_invalid')
    expect(await codeOf(page('/development/sign-in', { subject: 'ada' }))).toBe('request_invalid')
    expect(await codeOf(page('/development/sign-in', { state, subject: 'a'.repeat(10_000) }))).toBe('document_too_large')
    expect(await page('/development/other')).toBeNull()
    expect(await page('/v1/session')).toBeNull()
    expect(await idp.page(new Request(`${gateway}/development/sign-in`, { method: 'DELETE' }))).toBeNull()
  })

  it('is called by the first of its people', () => {
    expect(developmentPeople([ada, bob]).name).toBe('development people (ada, bob)')
    const many = Array.from({ length: 8 }, (_, index) => ({ subject: `p${index}` }))
    expect(developmentPeople(many).name).toBe('development people (p0, p1, p2, p3, p4 and 3 more)')
  })

  it('has no session of its own to end', async () => {
    expect(await developmentPeople([ada]).endSessionUrl(gateway, gateway)).toBeNull()
  })

  it.each(['http://localhost:4400', 'http://127.0.0.1:4400', 'http://[::1]:4400'])('serves a gateway at %s', (origin) => {
    expect(() => developmentPeople([ada]).check({ origin, production: false })).not.toThrow()
  })

  it('refuses production and every gateway that others can reach, and names the fix', () => {
    const idp = developmentPeople([ada])
    expect(() => idp.check({ origin: gateway, production: true })).toThrow(/^idp: .*oidc\(/)
    expect(() => idp.check({ origin: 'https://session.example.com', production: false })).toThrow(
      /^idp: .*localhost.*session\.example\.com/,
    )
    expect(() => idp.check({ origin: gateway, production: true })).toThrow(TypeError)
  })

  it.each<[string, unknown]>([
    ['nobody', []],
    ['no list', { subject: 'ada' }],
    ['a hundred and one', Array.from({ length: 101 }, (_, index) => ({ subject: `p${index}` }))],
    ['somebody without a subject', [{ roles: [] }]],
    ['an empty subject', [{ subject: '' }]],
    ['a subject of 256 characters', [{ subject: 'a'.repeat(256) }]],
    ['the same subject twice', [ada, { subject: 'ada' }]],
  ])('refuses %s', (_what, people) => {
    expect(() => developmentPeople(people as DevelopmentPerson[])).toThrow(/^developmentPeople/)
  })
})
