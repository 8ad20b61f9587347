import { describe, expect, it } from 'vitest'
import { createLog } from '../telemetry/log.ts'
import { readableLog } from './readable-log.ts'

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('debug', { write: (line) => lines.push(line) }))
  return lines.map((line) => readableLog(line).replace(/^\d\d:\d\d:\d\d/, 'time')).join('\n')
}

describe('the log of dev', () => {
  it('shows a request in one short line', () => {
    const fields = {
      method: 'GET',
      route: '/v1/session',
      status: 401,
      code: 'token_missing',
      durationMs: 1.7,
      application: 'portal',
      traceId: 't',
    }
    expect(written((log) => log.info(fields, 'request'))).toBe('time  GET /v1/session 401 token_missing 2 ms portal')
  })

  it('leaves out what a request has not', () => {
    expect(written((log) => log.info({ method: 'GET', route: '/login', status: 303, durationMs: 7 }, 'request'))).toBe(
      'time  GET /login 303 7 ms',
    )
  })

  it('names warnings and errors, with what they tell', () => {
    expect(written((log) => log.warn({ application: 'portal' }, 'a key was refused'))).toBe(
      'time  warning: a key was refused  application=portal',
    )
    expect(written((log) => log.error({ err: new Error('disk full'), at: { seq: 3 } }, 'no'))).toBe(
      'time  error: no  err=disk full  at={"seq":3}',
    )
  })

  it('passes on what is no log line', () => {
    expect(readableLog('plain\n')).toBe('--:--:--  plain')
  })
})
