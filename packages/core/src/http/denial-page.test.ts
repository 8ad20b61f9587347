import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { denialPage, denialPageHeaders } from './denial-page.ts'

describe('the page of a refusal', () => {
  it.each([400, 401, 403, 409, 503, 'insufficient', 418])(
    'has a language, a title, one heading, and needs nothing but itself: %s',
    (kind) => {
      const page = denialPage(kind, false)
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
      expect(/<title>(.+)<\/title>/.exec(page)?.[1]).toBe(/<h1>(.+)<\/h1>/.exec(page)?.[1])
      expect(page).not.toMatch(/<script|<link|style="|\son\w+=|https?:\/\/|<a /)
    },
  )

  it('may load its own style sheet and nothing else, and be framed by nobody', () => {
    const sheet = /<style>([\s\S]*)<\/style>/.exec(denialPage(403, false))?.[1] ?? ''
    const policy = denialPageHeaders['content-security-policy']
    expect(sheet.length).toBeGreaterThan(100)
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(sheet).digest('base64')}'`)
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) expect(policy).toContain(directive)
    expect(policy).not.toMatch(/script-src|unsafe/)
  })

  it('offers to try again where that may help', () => {
    expect(denialPage(503, true)).toContain('<a href="">Try again</a>')
  })
})
