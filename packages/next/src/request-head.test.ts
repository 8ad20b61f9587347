import { describe, expect, it } from 'vitest'
import { addressHeader, pageRequestHead } from './request-head.ts'

describe('the head of a page', () => {
  it('says that the proxy has shown the token, where there was one', () => {
    expect(pageRequestHead(new Headers({ [addressHeader]: '/orders' }))).toMatchObject({
      shownBefore: true,
      url: 'http://localhost/orders',
    })
    expect(pageRequestHead(new Headers())).toMatchObject({ shownBefore: false, url: 'http://localhost/' })
  })
})
