import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/test-terminal.ts'
import { commands } from './run-command.ts'

describe('single-state', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists every command for %j', async (argv) => {
    const { code, out, err } = await run(argv)
    expect(code).toBe(0)
    expect(err).toBe('')
    for (const { name, summary } of commands) expect(out).toContain(`  ${name.padEnd(14)}  ${summary}`)
  })

  it.each([
    ['keys', "; there is 'keys create' and 'keys rotate'"],
    ['audit', "; there is 'audit tail' and 'audit verify'"],
    ['rewind', ''],
  ])('exits with 2 for %s, which is no command, and lists those that are', async (word, guess) => {
    const { code, out, err } = await run([word])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(`single-state: unknown command "${word}"${guess}\n`)
    expect(err).toContain('contract check')
  })

  it.each(commands.map(({ name }) => name))('explains %s with each of its options', async (name) => {
    const words = name.split(' ')
    const asked = await run([...words, '--help'])
    expect(asked).toEqual(await run(['help', ...words]))
    expect(asked.code).toBe(0)
    expect(asked.out).toContain(`usage: single-state ${name} `)
    for (const [option, { help }] of Object.entries(commands.find((command) => command.name === name)?.options ?? {})) {
      expect(asked.out).toMatch(new RegExp(`^ {2}--${option} +`, 'm'))
      expect(asked.out).toContain(help)
    }
  })

  it.each(commands.map(({ name }) => name))('exits with 2 for an option that %s has not, and shows its usage', async (name) => {
    const { code, err } = await run([...name.split(' '), '--colour'])
    expect(code).toBe(2)
    expect(err).toMatch(new RegExp(`^single-state ${name}: Unknown option '--colour'\nusage: single-state ${name} `))
  })

  it.each([
    ['init'],
    ['dev'],
    ['gateway'],
    ['doctor'],
    ['end-all'],
    ['audit', 'tail'],
    ['audit', 'verify'],
    ['contract', 'check'],
    ['keys', 'create', '--secret'],
  ])('exits with 2 for an argument that %s %s does not take', async (...words) => {
    const { code, err } = await run([...words, 'surplus'])
    expect(code).toBe(2)
    expect(err).toContain('unexpected "surplus"')
  })

  it.each(['inspect', 'revoke'])('takes a session whose id begins with a hyphen for what it is in %s', async (name) => {
    const options = name === 'revoke' ? ['--reason', 'test'] : []
    const { code, err } = await run([name, `-${'a'.repeat(42)}`, ...options])
    expect(err).not.toContain('nknown option')
    expect([code, err.includes('usage:')]).toEqual([1, false])
  })

  it.each([
    ['audit tail', '--session'],
    ['keys rotate', '--compromised', '--kid'],
  ])('takes a name that begins with a hyphen for the value of the option before it: %s %s', async (name, ...options) => {
    const { code, err } = await run([...name.split(' '), ...options, `-${'a'.repeat(42)}`])
    expect([code, err]).toEqual([1, expect.stringContaining("expected the gateway's origin")])
  })

  it('says its version', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('shows control characters and does not obey them', async () => {
    const { err } = await run(['\u001b[2J\u009b1m\u202e\rkeys'])
    expect(err).toContain('unknown command "\\u001b[2J\\u009b1m\\u202e\\u000dkeys"')
  })
})
