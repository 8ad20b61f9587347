import { describe, expect, it } from 'vitest'
import { runSteps, type Step } from './run-steps.ts'
import { completeCounts } from './run-tests.ts'

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script]

describe('steps', () => {
  it('runs all of them, skips what needs a failed one, and keeps what a failed one said', async () => {
    const steps: Step[] = [
      { name: 'needs a', command: node(''), after: ['a'] },
      { name: 'needs the skipped', command: node(''), after: ['needs a'] },
      { name: 'a', command: node('console.log("out"); console.error("why"); process.exit(3)') },
      { name: 'b', command: node('') },
      { name: 'needs b', command: node(''), after: ['b'] },
    ]
    const results = await runSteps(steps, 2, () => {})
    expect(Object.fromEntries(results.map(({ name, outcome }) => [name, outcome]))).toEqual({
      a: 'failed',
      b: 'passed',
      'needs a': 'skipped',
      'needs the skipped': 'skipped',
      'needs b': 'passed',
    })
    const output = results.find(({ name }) => name === 'a')?.output
    expect(output).toContain('out\n')
    expect(output).toContain('why\n')
  })

  it('counts a command that cannot start as failed', async () => {
    const [result] = await runSteps([{ name: 'a', command: ['no-such-command-here'] }], 2, () => {})
    expect(result?.outcome).toBe('failed')
  })

  it('starts no more than the width at once', async () => {
    const started: string[] = []
    const ended: string[] = []
    const most = { running: 0 }
    const steps = ['a', 'b', 'c', 'd'].map((name): Step => {
      return {
        name,
        get command() {
          started.push(name)
          most.running = Math.max(most.running, started.length - ended.length)
          return node('')
        },
      }
    })
    await runSteps(steps, 2, ({ name }) => ended.push(name))
    expect(most.running).toBe(2)
  })
})

describe('the result of a test run', () => {
  const cases = [
    ['a clean run', 'passed', 'x\n4 passed, 0 failed\n', { passed: 4, failed: 0, skipped: 0 }],
    ['failing tests', 'failed', '4 passed, 2 failed, 1 skipped\n', { passed: 4, failed: 2, skipped: 1 }],
    ['an exit with an error that no test explains', 'failed', '4 passed, 0 failed\n', { passed: 4, failed: 1, skipped: 0 }],
    ['a run that broke off', 'failed', 'half a li', { passed: 0, failed: 1, skipped: 0 }],
    ['a run without a test', 'passed', '0 passed, 0 failed\n', { passed: 0, failed: 1, skipped: 0 }],
    ['a run in which everything is skipped', 'passed', '0 passed, 0 failed, 3 skipped\n', { passed: 0, failed: 1, skipped: 3 }],
  ] as const
  for (const [title, outcome, output, counts] of cases) {
    it(`counts ${title}`, () => {
      expect(completeCounts({ outcome, output })).toEqual(counts)
    })
  }
})
