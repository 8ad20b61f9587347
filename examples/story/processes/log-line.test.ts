import { describe, expect, it } from 'vitest'
import { readableLine } from './log-line.ts'

const request = { level: 30, msg: 'request', method: 'GET', route: '/v1/session', status: 200, durationMs: 1.234, traceId: null }

describe('a log line', () => {
  it('says a request in a few words', () => {
    expect(readableLine(JSON.stringify({ ...request, application: 'portal' }))).toBe('200 GET /v1/session for portal, 1.2 ms')
    expect(readableLine(JSON.stringify({ ...request, status: 401, code: 'session_ended' }))).toBe(
      '401 GET /v1/session (session_ended), 1.2 ms',
    )
  })

  it('is left out for a poll', () => {
    expect(readableLine(JSON.stringify({ ...request, route: '/readyz' }))).toBeNull()
  })

  it.each(['portal at http://localhost:4410', '{"level":50,"msg":"the store is away"}', '{broken'])('stays what it is: %s', (line) => {
    expect(readableLine(line)).toBe(line)
  })
})
