import { describe, expect, it } from 'vitest'
import { html } from './markup.ts'

describe('markup', () => {
  it('escapes text in elements and attributes', () => {
    const text = `<script>"&'`
    expect(html`<p title="${text}">${text}</p>`.html).toBe('<p title="&#60;script&#62;&#34;&#38;&#39;">&#60;script&#62;&#34;&#38;&#39;</p>')
  })

  it('takes markup and lists of it as they are', () => {
    expect(html`<ul>${['a', '<b>'].map((name) => html`<li>${name}</li>`)}</ul>`.html).toBe('<ul><li>a</li><li>&#60;b&#62;</li></ul>')
  })

  it('leaves nothing for what is absent, and keeps a zero', () => {
    expect(html`${null}${undefined}${false}${0}`.html).toBe('0')
  })
})
