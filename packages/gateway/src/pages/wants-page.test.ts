import { describe, expect, it } from 'vitest'
import { wantsPage } from './wants-page.ts'

const ask = (headers: Record<string, string>) => wantsPage({ headers: new Headers(headers) })
const browserAccept = 'text/html,application/xhtml+xml,*/*;q=0.8'

describe('wantsPage', () => {
  it('believes what the browser says of itself', () => {
    expect(ask({ 'Sec-Fetch-Mode': 'navigate', Accept: '*/*' })).toBe(true)
    expect(ask({ 'Sec-Fetch-Mode': 'cors', Accept: browserAccept })).toBe(false)
  })

  it('goes by what is accepted where the browser says nothing', () => {
    expect(ask({ Accept: browserAccept })).toBe(true)
    expect(ask({ Accept: 'application/json' })).toBe(false)
    expect(ask({ Accept: '*/*' })).toBe(false)
    expect(ask({})).toBe(false)
  })
})
