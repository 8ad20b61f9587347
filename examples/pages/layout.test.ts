import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { page, pageHeaders } from './layout.ts'
import { html } from './markup.ts'

describe('a page of the demonstration', () => {
  it('can load its own style sheet and nothing else, and be framed by nobody', () => {
    const text = page({ application: 'portal', title: 'Title', lead: 'Lead', body: html`<p>Body</p>` })
    const sheet = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ''
    const policy = pageHeaders['Content-Security-Policy']
    expect(sheet.length).toBeGreaterThan(100)
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(sheet).digest('base64')}'`)
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) expect(policy).toContain(directive)
    expect(policy).not.toMatch(/script-src|unsafe/)
    expect(text).not.toMatch(/<script|<link|style="|\son\w+=/)
    expect(pageHeaders).toMatchObject({ 'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff' })
  })
})
