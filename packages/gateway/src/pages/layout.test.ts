import { createHash } from 'node:crypto'
import { html } from 'hono/html'
import { describe, expect, it } from 'vitest'
import { failurePage, failureWords } from './failure-page.ts'
import { pageResponse } from './layout.ts'
import { signOutPage } from './sign-out-page.ts'

const policyOf = (response: Response) => response.headers.get('content-security-policy') ?? ''

describe('a page of the gateway', () => {
  it('may load its own style sheet and nothing else', async () => {
    const response = await pageResponse({ title: 'Title', body: html`<p>Body</p>` })
    const style = /<style>([\s\S]*)<\/style>/.exec(await response.text())?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(style.length).toBeGreaterThan(100)
    expect(policyOf(response)).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
    )
  })

  it('has a language, a title, one heading and no style or script of another kind', async () => {
    const text = await (await pageResponse({ title: 'Title', body: html`<p>Body</p>` })).text()
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(text).toContain('<title>Title</title>')
    expect(text.match(/<h1/g)).toHaveLength(1)
    expect(text).not.toMatch(/<script|<link|style="|\son\w+=|https?:\/\//)
  })

  it('is never cached and tells no other site where it was', async () => {
    const { headers, status } = await pageResponse({ title: 'Title', body: html``, status: 503 })
    expect(status).toBe(503)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  it('lets a form lead on to applications, to those of plain HTTP only where there are some', async () => {
    const returnTo = 'https://portal.example.com/'
    expect(policyOf(await signOutPage({ contract: 'acme', returnTo, forms: 'https' }))).toContain("form-action 'self' https:;")
    expect(policyOf(await signOutPage({ contract: 'acme', returnTo, forms: 'http' }))).toContain("form-action 'self' https: http:;")
  })

  it('escapes whatever it shows', async () => {
    const evil = '"><script>alert(1)</script>'
    const pages = [
      await signOutPage({ contract: evil, returnTo: evil, forms: 'https' }),
      await failurePage({ status: 400, words: { title: evil, text: evil }, action: { label: evil, href: evil }, reference: evil }),
    ]
    for (const page of pages) expect(await page.text()).not.toContain('<script')
  })

  it('has words for every code, and tells a person nothing of codes', () => {
    for (const code of ['login_failed', 'identity_provider_unavailable', 'store_unavailable', 'internal_error', 'token_reused'] as const) {
      expect(failureWords(code).text).not.toContain('_')
    }
  })
})
