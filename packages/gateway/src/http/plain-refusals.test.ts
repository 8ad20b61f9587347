import { describe, expect, it } from 'vitest'
import { createPlainRefusals } from './plain-refusals.ts'
import { headersOfEveryAnswer } from './security-headers.ts'

describe('a refusal of what never reached the routes', () => {
  const origin = 'https://session.example.com'
  const refusals = createPlainRefusals(origin)

  it.each([400, 408, 413, 417, 431, 500, 503])('has the headers of every answer, also as text, and closes the connection: %i', (status) => {
    const { headers } = refusals.response(status)
    const text = refusals.text(status)
    for (const [name, value] of [...Object.entries(headersOfEveryAnswer(origin)), ['Connection', 'close']] as const) {
      expect([name, headers.get(name)]).toEqual([name, value])
      expect(text).toContain(`\r\n${name}: ${value}\r\n`)
    }
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/)
    expect(headers.get('retry-after')).toBe(status === 503 ? '1' : null)
  })

  it('is a problem with the status that it has', async () => {
    expect(await refusals.response(503).json()).toMatchObject({ status: 503, code: 'store_unavailable' })
    expect(await refusals.response(500).json()).toMatchObject({ status: 500, code: 'internal_error' })
    expect(await refusals.response(408).json()).toMatchObject({ status: 408, code: 'request_invalid', title: 'Request Timeout' })
  })
})
