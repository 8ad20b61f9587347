import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

const run = promisify(execFile)

/** A Redis that a test started, with a folder of its own that goes when it stops. */
export interface RedisServer extends ServerProcess {
  readonly port: number
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string
  /** Runs `redis-cli` against it and answers what it prints; rejects after 5 s. */
  cli(...args: readonly string[]): Promise<string>
  /** One inline command and its reply, without a program: starting one takes longer than an answer. Rejects after 1 s. */
  ask(line: string): Promise<string>
}

/** How a Redis is started. */
export interface RedisServerOptions {
  /** The primary that it follows. Resolves only when it is in step with it. */
  readonly replicaOf?: { readonly port: number }
  /** Default a free port. */
  readonly port?: number
  /** Keeps its data there, with an append-only file, and leaves the folder standing; default a new folder and no persistence. */
  readonly dataFolder?: string
  /** More settings, such as `['--maxmemory', '64mb']`. */
  readonly args?: readonly string[]
}

/** Starts a Redis, primary or replica. */
export async function startRedis({ replicaOf, port, dataFolder, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const persistence = dataFolder === undefined ? ['--appendonly', 'no'] : ['--appendonly', 'yes']
  const settings = ['--save', '', ...persistence, '--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1', ...args]
  if (replicaOf === undefined) return startRedisProgram({ settings, port, dataFolder })
  const follow = ['--replicaof', '127.0.0.1', `${replicaOf.port}`]
  const inStep = async (own: number) =>
    (await ask(own, 'INFO replication')).includes('master_link_status:up') &&
    // Online, and its first word has come: before that a primary sends it nothing.
    new RegExp(`port=${own},state=online,offset=[1-9]`).test(await ask(replicaOf.port, 'INFO replication'))
  return startRedisProgram({ settings: [...settings, ...follow], port, dataFolder, inStep })
}

/** What a Sentinel watches. */
export interface SentinelOptions {
  readonly primary: { readonly port: number }
  /** What the primary asks for, where it does. */
  readonly primaryPassword?: string
  /** The name that clients ask for. Default `sessions`. */
  readonly name?: string
  /** Sentinels that have to agree. Default 1. */
  readonly quorum?: number
  /** Milliseconds of silence after which it holds the primary for dead. Default 1,000. */
  readonly downAfterMs?: number
}

/** Starts one Sentinel; resolves when it knows the primary's replicas, so that a failover can follow at once. */
export async function startSentinel({
  primary,
  primaryPassword,
  name = 'sessions',
  quorum = 1,
  downAfterMs = 1_000,
}: SentinelOptions): Promise<RedisServer> {
  const sentinel = await startRedisProgram({ settings: [], sentinel: true })
  try {
    await sentinel.cli('SENTINEL', 'MONITOR', name, '127.0.0.1', `${primary.port}`, `${quorum}`)
    await sentinel.cli('SENTINEL', 'SET', name, 'down-after-milliseconds', `${downAfterMs}`, 'failover-timeout', '3000')
    if (primaryPassword !== undefined) await sentinel.cli('SENTINEL', 'SET', name, 'auth-pass', primaryPassword)
    const wanted = /connected_slaves:(\d+)/.exec(await ask(primary.port, 'INFO replication'))?.[1] ?? '0'
    const known = async () => (await sentinel.cli('SENTINEL', 'MASTER', name)).includes(`num-slaves\n${wanted}\n`)
    for (const deadline = Date.now() + 15_000; !(await known()); ) {
      await pause(50)
      if (Date.now() > deadline) throw new Error(`the sentinel did not find ${wanted} replicas:\n${sentinel.output()}`)
    }
    return sentinel
  } catch (error) {
    await sentinel.stop('SIGKILL')
    throw error
  }
}

interface Program {
  readonly settings: readonly string[]
  readonly port?: number | undefined
  readonly dataFolder?: string | undefined
  readonly sentinel?: boolean
  readonly inStep?: (port: number) => Promise<boolean>
}

async function startRedisProgram(program: Program): Promise<RedisServer> {
  const { settings, port = await freePort(), dataFolder, sentinel = false, inStep = async () => true } = program
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'single-state-redis-')))
  const removeFolder = async () => {
    if (dataFolder === undefined) await rm(folder, { recursive: true, force: true })
  }
  // A Sentinel keeps its settings in its own file and refuses to start without one.
  const first = sentinel ? [await writeSentinelFile(folder), '--sentinel'] : []
  const args = [...first, '--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...settings]
  const ready = async () => /^(\+PONG|-NOAUTH)/.test(await ask(port, 'PING')) && (await inStep(port))
  try {
    const server = await startServer({ program: 'redis-server', args, ready })
    return {
      ...server,
      port,
      url: `redis://127.0.0.1:${port}`,
      ask: (line) => ask(port, line),
      cli: async (...words) => (await run('redis-cli', ['-p', `${port}`, ...words], { timeout: 5_000 })).stdout,
      stop: async (signal) => {
        await server.stop(signal)
        await removeFolder()
      },
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

async function writeSentinelFile(folder: string): Promise<string> {
  const path = join(folder, 'sentinel.conf')
  await writeFile(path, '')
  return path
}

/** One inline command and its reply within 1 s: no driver has to be ready for this. */
function ask(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      if (isWhole(text)) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}

/** Whether a simple or a bulk reply has arrived to its end. */
function isWhole(text: string): boolean {
  const bulk = /^\$(\d+)\r\n/.exec(text)
  return bulk ? text.length >= bulk[0].length + Number(bulk[1]) + 2 : text.endsWith('\r\n')
}
