import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codes, SessionError, type SessionErrorCode } from '../src/errors.ts'

const text = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')

/** Code and status of each line of the table of codes. */
const rows = [...text.matchAll(/^\| `(\w+)` \| (\d{3}) \|(.+)\|(.+)\|$/gm)].map(([, code, status, meaning, cure]) => ({
  code: code as SessionErrorCode,
  status: Number(status),
  meaning: meaning?.trim(),
  cure: cure?.trim(),
}))

describe('the page of errors', () => {
  it('lists every code, in the order of the code, and no other', () => {
    expect(rows.map(({ code }) => code)).toEqual(Object.keys(codes))
  })

  it.each(rows)('names the status that the gateway answers $code with, what it means and what to do', ({ code, status, meaning, cure }) => {
    expect(status).toBe(codes[code].status)
    expect(meaning).not.toBe('')
    expect(cure).not.toBe('')
  })

  it('names the fields and the statuses that an application meets', () => {
    for (const field of ['currentVersion', 'retryAfterMs', 'reason', 'error.status', 'error.headers'])
      expect(text).toContain(`\`${field}\``)
    expect(new SessionError('version_conflict').status).toBe(409)
  })
})
