import { createSessionClient } from '@single-state/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../testing/src/test-gateway.ts'
import { acme } from '../src/fixtures/acme.ts'
import type { Assurance } from '../src/http/assurance.ts'

// What an application sends to the login is what the login takes, over the real gateway in one process.

const person = { entitlements: { plan: 'pro' as const, roles: ['admin'] }, context: { tenant: 'acme' } }
const open: TestGateway<typeof acme>[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()))
})

/** How the login answers somebody who opens a page, and where it brings them back to. */
async function signInAt(path: string, assurance?: Assurance<{ identity: { acr: unknown; authenticatedAt: unknown } }>) {
  const gateway = await createTestGateway(acme, { person })
  open.push(gateway)
  const portal = createSessionClient(acme, gateway.optionsFor('portal'))
  const headers = new Headers({ 'sec-fetch-mode': 'navigate', accept: 'text/html' })
  const head = { method: 'GET', url: gateway.origins.portal + path, headers }
  const checked = await portal.open(head).check(assurance === undefined ? {} : { assurance })
  const login = 'denial' in checked ? (checked.denial.login as string) : ''
  const answer = await gateway.fetch(new Request(login, { headers }))
  return { status: answer.status, returnTo: new URL(login).searchParams.get('return_to')?.slice(gateway.origins.portal.length) }
}

describe('the login takes', () => {
  it.each([
    ['/a?q=x', '/a?q=x'],
    ['/a?q=a\\b', '/a?q=a%5Cb'],
    ['/\\evil', '//evil'],
    ['/a?q=a|b"c d', '/a?q=a|b%22c%20d'],
    ['/a?next=//evil', '/a?next=//evil'],
    ['/a/..%2f', '/a/..%2f'],
    [`/a?q=${'x'.repeat(2_100)}`, '/a'],
    [`/a?q=${'ö'.repeat(400)}`, '/a'],
    [`/${'x'.repeat(2_100)}?q=x`, '/'],
  ])('the way back to %s', async (path, returnTo) => {
    expect(await signInAt(path)).toEqual({ status: 302, returnTo })
  })

  it.each([{ acr: [...'abcdefgh'] }, { acr: 'a'.repeat(255) }, { maxAge: '30s' }, { maxAge: '365d' }] as const)(
    'what a route may ask of a sign-in: %o',
    async (assurance) => {
      expect(await signInAt('/', assurance)).toMatchObject({ status: 302 })
    },
  )
})
