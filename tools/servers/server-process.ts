import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { keepOutput } from '../secrets/kept-output.ts'

/** A real server that a test, a benchmark or a long run started. */
export interface ServerProcess {
  readonly pid: number
  /** What it has printed so far, the last 64 KiB. */
  output(): string
  /** Sends a signal and does not wait: `SIGSTOP`, `SIGCONT`, `SIGHUP`. */
  signal(name: NodeJS.Signals): void
  /** Ends it and waits until it is gone. Default `SIGTERM`; `SIGKILL` after 5 s. */
  stop(name?: NodeJS.Signals): Promise<void>
}

/** What to start, and how to see that it is ready. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Runs the program as this user; only root can. */
  readonly uid?: number
  readonly gid?: number
  /** Asked every 20 ms until it answers true; a rejection means not yet. */
  readonly ready: () => Promise<boolean>
  /** Milliseconds until it has to be ready. Default 15,000. */
  readonly deadlineMs?: number
}

const keptOutput = 64 * 1024

/** Starts a server, and rejects with its output when it ends or stays silent until the deadline. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const { program, args, cwd, env, uid, gid } = command
  const child = spawn(program, args, { cwd, env, uid, gid, stdio: ['ignore', 'pipe', 'pipe'] })
  const read = readOutput(child, basename(program))
  const exited = once(child, 'close')
  exited.catch(() => undefined)
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    output: read,
    signal: (name) => void child.kill(name),
    stop: (name = 'SIGTERM') => stop(child, exited, name),
  }
  try {
    await untilReady(command, child, read)
    return server
  } catch (error) {
    await server.stop('SIGKILL').catch(() => undefined)
    throw error
  }
}

/** Whether a program is on this machine. */
export function hasProgram(program: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v -- "$0"', program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Whether tests that need these programs are to be skipped: true where one is missing. With `CI=true` nothing is skipped,
 * so that the tests fail instead.
 */
export function skipWithout(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !hasProgram(program))
  if (missing.length === 0) return false
  if (process.env['CI'] === 'true') return false
  process.stderr.write(`skipped: ${missing.join(', ')} not found on this machine\n`)
  return true
}

/**
 * Below the ports that the system gives away by itself: no server of another test, and no connection, comes upon them. So is
 * the port 10,000 above, which a Redis Cluster takes besides.
 */
const ports = { first: 10_100, count: 12_000 }

/** A port that was free a moment ago, on both addresses that `localhost` stands for. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + randomInt(ports.count)
    if ((await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))) return port
  }
}

/** True as well where the machine has no such address: nobody else can listen there either. */
async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE'
  }
  server.close()
  await once(server, 'close')
  return true
}

type Child = ChildProcessByStdio<null, Readable, Readable>

function readOutput(child: Child, name: string): () => string {
  let text = ''
  const keep = (chunk: Buffer) => {
    const said = chunk.toString('utf8')
    text = (text + said).slice(-keptOutput)
    keepOutput(`${name} ${child.pid}`, said)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.on('error', (error) => keep(Buffer.from(`${error.message}\n`)))
  return () => text
}

async function untilReady({ program, ready, deadlineMs = 15_000 }: ServerCommand, child: Child, output: () => string): Promise<void> {
  const startedAt = performance.now()
  while (!(await ready().catch(() => false))) {
    if (child.pid === undefined || hasEnded(child)) throw new Error(`${program} ended before it was ready:\n${output()}`)
    if (performance.now() - startedAt > deadlineMs) throw new Error(`${program} was not ready after ${deadlineMs} ms:\n${output()}`)
    await pause(20)
  }
}

async function stop(child: Child, exited: Promise<unknown>, name: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  child.kill(name)
  // A stopped process takes no other signal before it goes on.
  child.kill('SIGCONT')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}

function hasEnded({ exitCode, signalCode }: Child): boolean {
  return exitCode !== null || signalCode !== null
}
