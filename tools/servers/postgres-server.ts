import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

const run = promisify(execFile)

/** A PostgreSQL that a test started, with a folder of its own that goes when it stops. */
export interface PostgresServer extends ServerProcess {
  readonly port: number
  /** `postgres://postgres@127.0.0.1:<port>/postgres`: a superuser without a password. */
  readonly url: string
  /** Runs SQL through `psql` as the superuser and answers what it prints, without headings; rejects after 10 s. */
  sql(text: string, database?: string): Promise<string>
  /** Whether it lets a client in. Asked without a program: starting one takes longer than an answer. */
  answers(): Promise<boolean>
  /** Makes an empty database and answers its address. */
  newDatabase(): Promise<string>
  /** Makes a standby the primary; resolves when it takes writes. */
  promote(): Promise<void>
  /** Starts the same data again after `stop` with `keep`, on the same port; as a standby of nobody where that is asked for. */
  restart(as?: 'primary' | 'standby'): Promise<PostgresServer>
  /**
   * Ends it and waits until it is gone. `keep` leaves its data for `restart`, after a fast shutdown (`SIGINT`) by default;
   * without, it is an immediate one (`SIGQUIT`).
   */
  stop(signal?: NodeJS.Signals, after?: { readonly keep?: boolean }): Promise<void>
}

/** How a PostgreSQL is started. */
export interface PostgresServerOptions {
  /** The primary that it follows. */
  readonly standbyOf?: { readonly port: number }
  /** The name under which a standby follows: what `synchronous_standby_names` asks for. Default `standby`. */
  readonly standbyName?: string
  /** Whether a commit waits for the disk. Default true; contract tests of many commits go without. */
  readonly fsync?: boolean
  /** More settings, such as `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The programs that a test which starts a PostgreSQL needs. */
export const postgresPrograms = ['postgres', 'initdb', 'psql', 'pg_basebackup'] as const

/** Starts a PostgreSQL, primary or standby. As root it runs as the user `postgres`, since it refuses to run as root. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const user = await serverUser()
  const folder = await mkdtemp(join(tmpdir(), 'single-state-postgres-'))
  if (user) await chown(folder, user.uid, user.gid)
  try {
    await (options.standbyOf ? copyPrimary(folder, options.standbyOf, options.standbyName, user) : initialise(folder, user))
    return await startOn(folder, await freePort(), options, user)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

interface User {
  readonly uid: number
  readonly gid: number
}

async function serverUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (what) => Number((await run('id', [what, 'postgres'])).stdout)))
  return { uid: uid as number, gid: gid as number }
}

async function initialise(folder: string, user: User | undefined): Promise<void> {
  const args = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  await run('initdb', args, { ...user, cwd: folder, timeout: 30_000 })
}

/** A base backup with the settings of a standby in it. */
async function copyPrimary(folder: string, primary: { readonly port: number }, name = 'standby', user: User | undefined): Promise<void> {
  const from = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`
  await run('pg_basebackup', ['-D', join(folder, 'data'), '-d', from, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'], {
    ...user,
    cwd: folder,
    timeout: 30_000,
  })
}

async function startOn(folder: string, port: number, options: PostgresServerOptions, user: User | undefined): Promise<PostgresServer> {
  const { fsync = true, settings = {} } = options
  const given = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: folder,
    fsync: fsync ? 'on' : 'off',
    ...settings,
  }
  const args = ['-D', join(folder, 'data'), ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const server = await startServer({ program: 'postgres', args, cwd: folder, ...user, ready: () => answers(port) })
  let databases = 0
  const sql = async (text: string, database = 'postgres') => {
    const to = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-d', database]
    return (await run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...to, '-c', text], { timeout: 10_000 })).stdout.trim()
  }
  return {
    ...server,
    port,
    url: urlOf(port, 'postgres'),
    sql,
    answers: () => answers(port),
    newDatabase: async () => {
      databases += 1
      const name = `d${process.pid}_${databases}`
      await sql(`CREATE DATABASE ${name} TEMPLATE template0`)
      return urlOf(port, name)
    },
    promote: async () => {
      if ((await sql('SELECT pg_promote(true, 15)')) !== 't') throw new Error(`the standby was not promoted:\n${server.output()}`)
    },
    restart: async (as = 'primary') => {
      const mark = join(folder, 'data', 'standby.signal')
      await (as === 'standby' ? writeFile(mark, '') : rm(mark, { force: true }))
      return untilStarted(() => startOn(folder, port, options, user))
    },
    stop: async (signal, { keep = false } = {}) => {
      await server.stop(signal ?? (keep ? 'SIGINT' : 'SIGQUIT'))
      if (!keep) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** After a kill the server's children hold its memory until they notice, and a new server refuses to start beside them. */
async function untilStarted(start: () => Promise<PostgresServer>): Promise<PostgresServer> {
  for (const deadline = Date.now() + 15_000; ; await pause(50)) {
    try {
      return await start()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

/** Whether it lets a client in: the reply to a start-up message is an authentication request, not an error. No driver is needed. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(startupMessage()))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk) => {
      socket.destroy()
      resolve(chunk.toString('latin1', 0, 1) === 'R')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(false))
  })
}

function startupMessage(): Buffer {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0', 'latin1')
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + body.length, 0)
  // Protocol 3.0.
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, body])
}
