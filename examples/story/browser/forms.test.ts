import { describe, expect, it } from 'vitest'
import { formsIn, textOf } from './forms.ts'

const page = `<main><form method="post" action="/tenant" id="switch-tenant">
<input type="hidden" name="from" value="a&#34;&amp;b">
<label>Work for <select name="tenant"><option value="acme">acme</option><option value="globex" selected>globex</option></select></label>
<button>Switch</button></form>
<form action="/find"><input name="subject" required><select name="kind"><option value="first">1</option><option value="second">2</option></select>
<button name="id" value="one">One</button><button name="id" value="two">Two</button></form></main>`

describe('the forms of a page', () => {
  it('have the values that would be sent, with character references resolved', () => {
    const [first] = formsIn(page, 'http://localhost:1/home')
    expect(first).toEqual({
      id: 'switch-tenant',
      method: 'POST',
      encoding: 'urlencoded',
      action: 'http://localhost:1/tenant',
      fields: { from: 'a"&b', tenant: 'globex' },
      buttons: [],
    })
  })

  it('send the first option where none is selected, an empty text where nothing stands, and know their buttons', () => {
    const [, second] = formsIn(page, 'http://localhost:1/home')
    expect(second).toMatchObject({ id: null, method: 'GET', action: 'http://localhost:1/find', fields: { subject: '', kind: 'first' } })
    expect(second?.buttons).toEqual([
      { name: 'id', value: 'one' },
      { name: 'id', value: 'two' },
    ])
  })

  it('are none on a page without forms', () => {
    expect(formsIn('<main></main>', 'http://localhost:1/')).toEqual([])
  })
})

describe('the text of HTML', () => {
  it('is without tags and references', () => {
    expect(textOf('<b>a</b> &lt;b&gt; &#39;&amp;#39;')).toBe("a <b> '&#39;")
  })
})
