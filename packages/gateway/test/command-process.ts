import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { keepOutput } from '../../../tools/secrets/kept-output.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** A `single-state` command in a process of its own. */
export interface CommandProcess {
  /** Standard output so far, line by line. */
  readonly out: readonly string[]
  /** Error output so far, line by line. */
  readonly err: readonly string[]
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Resolves with the first line of either output that matches. Rejects with everything it said when it ends without. */
  line(pattern: RegExp): Promise<string>
  kill(signal?: NodeJS.Signals): void
}

/** Starts `single-state` in a folder. Variables of ours that the machine may have set are taken away. */
export function startCommand(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): CommandProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SINGLE_STATE_|NODE_|VITEST|PORT)/.test(name))
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: string[] = []
  const err: string[] = []
  const waiting = new Set<(line: string) => void>()
  // Others may print a key: `keys create` is there for it.
  const isGateway = args[0] === 'gateway' || args[0] === 'dev'
  const hear = (lines: string[]) => (line: string) => {
    lines.push(line)
    if (isGateway) keepOutput('gateway commands', `${line}\n`)
    for (const listener of waiting) listener(line)
  }
  createInterface({ input: child.stdout }).on('line', hear(out))
  createInterface({ input: child.stderr }).on('line', hear(err))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  return {
    out,
    err,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = (line: string) => {
          if (!pattern.test(line)) return
          waiting.delete(listener)
          resolve(line)
        }
        waiting.add(listener)
        void ended.then((how) => reject(new Error(`ended with ${how} and never said ${pattern}:\n${[...out, ...err].join('\n')}`)))
        for (const line of [...out, ...err]) listener(line)
      }),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  }
}

/** Runs a command to its end. */
export async function runProcess(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv) {
  const { out, err, ended } = startCommand(cwd, args, env)
  const code = await ended
  return { code, out: out.join('\n'), err: err.join('\n') }
}
