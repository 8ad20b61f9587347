import { describe, expect, it } from 'vitest'
import { denialPage } from './denial-page.ts'

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

  it('offers to try again where that may help', () => {
    expect(denialPage(503, true)).toContain('<a href="">Try again</a>')
  })
})
