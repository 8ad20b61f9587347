import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { send } from '../browser/send.ts'
import type { PartName } from './ports.ts'

/** What a part is started with. */
export interface PartOptions {
  readonly name: PartName
  /** The program, an absolute path. */
  readonly program: string
  /** Where this machine reaches it. */
  readonly address: string
  /** Answers 200 once the part is of use. */
  readonly healthPath: string
  readonly environment: NodeJS.ProcessEnv
  /** Takes every line that it prints. */
  readonly onLine: (name: PartName, line: string) => void
}

/** One process of the demonstration, which can be stopped and started again. */
export interface Part {
  readonly name: PartName
  readonly isRunning: () => boolean
  /** Resolves when the part answers. Rejects with what it printed last when it does not come up within 30 s. */
  readonly start: () => Promise<void>
  /** Resolves when the process is gone; after 5 s it is made to go. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>
}

/** 30 s: a cold start takes one, on a machine that is busy with other things five. */
const startDeadlineMs = 30_000
const stopDeadlineMs = 5_000
const pollMs = 20
const linesKept = 20

/** Describes a part; nothing runs yet. */
export function createPart(options: PartOptions): Part {
  let child: ChildProcess | undefined
  let lines: readonly string[] = []

  function launch(): ChildProcess {
    const launched = spawnPart(options)
    for (const stream of [launched.stdout, launched.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', hear)
    }
    launched.once('error', (error) => hear(error.message))
    launched.once('close', () => {
      if (child === launched) child = undefined
    })
    return launched
  }

  function hear(line: string): void {
    lines = [...lines, line].slice(-linesKept)
    options.onLine(options.name, line)
  }

  return {
    name: options.name,
    isRunning: () => child !== undefined,
    async start() {
      if (child) return
      child = launch()
      if (await comesUp(options, () => child !== undefined)) return
      throw new Error(`${options.name} did not come up at ${options.address}; it printed last:\n${lines.join('\n')}`)
    },
    async stop(signal = 'SIGTERM') {
      if (!child) return
      const leaving = once(child, 'close')
      const cut = setTimeout(() => child?.kill('SIGKILL'), stopDeadlineMs)
      child.kill(signal)
      await leaving
      clearTimeout(cut)
    },
  }
}

/** A group of its own: the interrupt of a terminal reaches the parent alone, which then stops its parts in order. */
function spawnPart({ program, environment }: PartOptions): ChildProcess {
  const loader = new URL('leave-with-parent.ts', import.meta.url).href
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', loader, program], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
}

async function comesUp({ address, healthPath }: PartOptions, isRunning: () => boolean): Promise<boolean> {
  const deadline = performance.now() + startDeadlineMs
  while (isRunning() && performance.now() < deadline) {
    const answer = await send({ method: 'GET', url: `${address}${healthPath}`, headers: {}, timeoutMs: 1_000 }).catch(() => null)
    if (answer?.status === 200) return true
    await wait(pollMs)
  }
  return false
}
