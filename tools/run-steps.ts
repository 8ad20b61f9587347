import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'

/** One check of `npm test`: a command of its own, which passes when it exits with 0. */
export interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Names of steps that must have passed: without them this one is skipped. */
  readonly after?: readonly string[]
  /** A folder of commands that goes before all others on PATH. */
  readonly commands?: string
}

export interface StepResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Everything that the command wrote, both outputs in the order of arrival. */
  readonly output: string
  readonly ms: number
}

/** No step takes this long in good health: one that hangs must not take the others' results with it. */
const deadlineMs = 13 * 60_000

/** Runs every step, `width` at a time, each when the steps that it needs are through. Calls `onEnd` as each one ends. */
export async function runSteps(steps: readonly Step[], width: number, onEnd: (result: StepResult) => void): Promise<StepResult[]> {
  const results = new Map<string, StepResult>()
  const waiting = [...steps]
  const end = (result: StepResult) => {
    results.set(result.name, result)
    onEnd(result)
  }
  const running = new Map<string, Promise<unknown>>()
  async function start(step: Step): Promise<void> {
    const isBlocked = step.after?.some((name) => results.get(name)?.outcome !== 'passed')
    end(isBlocked ? { name: step.name, outcome: 'skipped', output: '', ms: 0 } : await runStep(step))
  }
  while (waiting.length > 0 || running.size > 0) {
    const step = running.size < width ? takeReady(waiting, results) : undefined
    if (step) {
      const done = start(step).then(() => running.delete(step.name))
      running.set(step.name, done)
    } else if (running.size > 0) await Promise.race(running.values())
    else throw new Error(`no step can run: ${waiting.map(({ name }) => name).join(', ')}`)
  }
  return [...results.values()]
}

/** Takes the first waiting step whose needs have ended, whatever their outcome. */
function takeReady(waiting: Step[], results: ReadonlyMap<string, StepResult>): Step | undefined {
  const index = waiting.findIndex(({ after = [] }) => after.every((name) => results.has(name)))
  return index < 0 ? undefined : waiting.splice(index, 1)[0]
}

/** Runs one command to its end. It never rejects: a command that cannot start has failed. */
export function runStep({ name, command: [command, ...parameters], commands }: Step): Promise<StepResult> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      timeout: deadlineMs,
      env: { ...process.env, NO_COLOR: '1', PATH: [...(commands ? [commands] : []), process.env['PATH']].join(delimiter) },
    })
    let output = ''
    const take = (text: string) => {
      output += text
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const finish = (isPassed: boolean, note = '') =>
      resolve({ name, outcome: isPassed ? 'passed' : 'failed', output: output + note, ms: performance.now() - startedAt })
    child.on('error', (error) => finish(false, `cannot run ${command}: ${error.message}\n`))
    child.on('close', (status) => finish(status === 0))
    // Past the deadline something below it may hold the pipes open: nobody waits for that.
    child.on('exit', (_status, signal) => signal && finish(false, `\nended by ${signal}\n`))
  })
}
