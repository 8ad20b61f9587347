import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { keepOutput, keptOutputVariable, readKeptOutput } from './kept-output.ts'
import { searchOutput } from './search-output.ts'

const before = process.env[keptOutputVariable]
const folders: string[] = []
afterEach(() => {
  if (before === undefined) delete process.env[keptOutputVariable]
  else process.env[keptOutputVariable] = before
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const part = (seed: string) => createHash('sha256').update(seed).digest('base64url')
const log = { source: 'gateways', text: '{"level":30,"session":"abcdefghijklmnopqrstuv","msg":"request"}\n' }

describe('the search of what a run has said', () => {
  const secrets: readonly [what: string, secret: string][] = [
    ['a token', `${Buffer.from('{"alg":"EdDSA","kid":"a"}').toString('base64url')}.${part('claims')}.${part('signature')}`],
    ['an application key', `ss_portal_${part('key')}`],
    ['an application key', `ss_back-office_${part('other')}`],
    ['an encryption key', `sse_${part('encryption')}`],
    ['32 bytes, as a session id is', part('id')],
  ]

  it.each(secrets)('finds %s wherever it stands, and does not repeat it', (kind, secret) => {
    const lines = [secret, `"${secret}"`, `sid=${secret};`, `/v1/sessions/${secret}`, `{"id":"${secret}"}`]
    for (const line of lines) {
      const text = `a line\n${line}\n`
      for (const result of [searchOutput([{ name: 'tests', output: text }], [log]), searchOutput([], [log, { source: 'nginx', text }])]) {
        expect(result.outcome).toBe('failed')
        expect(result.output).toContain(`, line 2: ${kind}: `)
        expect(result.output).not.toContain(secret)
      }
    }
  })

  it('finds each of many session ids', () => {
    for (let at = 0; at < 1_000; at += 1) {
      const text = `session ${part(String(at))} ended\n`
      expect(searchOutput([], [{ source: 'gateways', text }]).outcome).toBe('failed')
    }
  })

  it('finds none in what is no secret', () => {
    const output = [
      '✓ packages/gateway/src/routes/update-session.test.ts (43 tests) 1200ms',
      'the key ss_portal_… of SINGLE_STATE_KEY, hash sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
      'integrity sha512-pJ7TMdlWKYQxJBiBQb1m9HfP2hXyQRzP7mMLU8RXKbBxBGTWQEO6AJYkR4p4ZVJQIyUPyXm0S8hZc7pVvXWzVg==',
      '-'.repeat(43),
      `upstream timed out, request: "GET /callback?code=${part('code')}&state=${part('state')}&iss=http%3A%2F%2Flocalhost HTTP/1.1"`,
      'trace 4bf92f3577b34da6a3ce929d0e0e4736, epoch 6f1d2c3b4a5968778695a4b3, seed 3141592653',
    ].join('\n')
    expect(searchOutput([{ name: 'tests', output }], [log])).toMatchObject({ outcome: 'passed', output: '' })
  })

  it('fails where no log was kept at all', () => {
    expect(searchOutput([{ name: 'tests', output: 'all fine\n' }], [])).toMatchObject({
      outcome: 'failed',
      output: 'no line of any gateway was kept',
    })
  })

  it('shows fifty places at most', () => {
    const text = `${part('id')}\n`.repeat(80)
    const lines = searchOutput([], [{ source: 'gateways', text }]).output.split('\n')
    expect([lines.length, lines.at(-1)]).toEqual([51, 'and 30 more'])
  })
})

describe('what is kept of a run', () => {
  it('is all that was said, where a run asks for it, and nothing elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kept-output-'))
    folders.push(folder)
    delete process.env[keptOutputVariable]
    keepOutput('gateways', 'nobody asks\n')
    process.env[keptOutputVariable] = folder
    keepOutput('gateways', 'one\n')
    keepOutput('nginx 7', 'half a ')
    keepOutput('gateways', 'two\n')
    keepOutput('nginx 7', 'line\n')
    expect(readKeptOutput(folder)).toEqual([
      { source: `gateways of ${process.pid}`, text: 'one\ntwo\n' },
      { source: `nginx 7 of ${process.pid}`, text: 'half a line\n' },
    ])
  })
})
