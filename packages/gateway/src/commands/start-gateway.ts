import { closeMs } from '../audit/sink-deadlines.ts'
import type { GatewayConfig } from '../config.ts'
import type { ConnectionLimits } from '../connection-limits.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts'
import { inTime } from '../in-time.ts'
import { type ServedGateway, serveGateway } from '../serve.ts'
import { afterForWaiters } from '../timers.ts'
import { readTlsFiles, type TlsPair } from '../tls-files.ts'
import { namesAnOption } from './checked-config.ts'
import { CommandError, type CommandInput, type Terminal, UsageError } from './command.ts'
import { loadEnvironment, loadModule } from './load-module.ts'

/** Options of both commands that start a gateway. */
export const startOptions = {
  config: { type: 'string', help: 'the configuration (default: gateway.config.ts)' },
  port: { type: 'string', help: "the port to listen on (default: the origin's, or 4400)" },
  store: { type: 'string', help: "another store than the configuration's, such as memory or sqlite:./sessions.db" },
} as const

/**
 * Works with the configuration of the folder, and with what the command line says instead. A store or a sink that the
 * configuration has opened is closed at the end, also one that is not used: it would keep the process alive, and nobody would
 * start again what has failed.
 */
export async function withConfig<Result>(
  input: CommandInput,
  terminal: Terminal,
  work: (config: GatewayConfig) => Promise<Result>,
): Promise<Result> {
  const config = await loadedConfig(input, terminal)
  const store = input.text('store')
  try {
    return await work(store === undefined ? config : { ...config, store })
  } finally {
    await closeOpened(config)
  }
}

async function closeOpened({ store, audit }: GatewayConfig): Promise<void> {
  if (typeof store === 'object') await store?.close?.()
  // A gateway that was started has closed it already; once more does no harm.
  if (typeof audit?.sink === 'object') await inTime(closeMs, audit.sink.close?.(), afterForWaiters).catch(() => undefined)
}

/** The configuration of the folder, as it is written there. */
async function loadedConfig(input: CommandInput, terminal: Terminal): Promise<GatewayConfig> {
  loadEnvironment(terminal)
  const { file, module } = await loadModule(terminal.cwd, input.text('config'), ['gateway.config.ts', 'gateway.config.js'])
  const config = module['default'] as GatewayConfig | undefined
  if (typeof config !== 'object' || config === null || !('contract' in config)) {
    throw new CommandError(`${file}: expected 'export default defineGateway({ … })'`)
  }
  return config
}

/** The port that was asked for; null when none was. */
export function givenPort(input: CommandInput): number | null {
  const text = input.text('port')
  if (text === undefined) return null
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new UsageError(`--port: expected 0 to 65535, found "${text}"`)
}

/** The port of an origin; 4400 when it names none, as that of a gateway behind a proxy. */
export function portOf(origin: unknown): number {
  return Number((typeof origin === 'string' && URL.parse(origin)?.port) || 4_400)
}

/** Where a gateway listens, and what is said of it once it does. */
export interface Start {
  readonly hostname: string
  readonly port: number
  readonly options?: Pick<GatewayOptions, 'logTo'>
  /** Takes what people are told; the log has its own way. */
  readonly say: (line: string) => void
  readonly welcome: (port: number) => readonly string[]
}

/** Serves a gateway until the terminal is asked to stop, then answers what is under way and closes it. */
export async function serveUntilStopped(config: GatewayConfig, terminal: Terminal, start: Start): Promise<number> {
  const read = () => (config.tls ? readTlsFiles(config.tls, terminal.cwd) : undefined)
  const tls = told(read)
  const running = await open(config, { ...start.options, env: terminal.env })
  const server = await listen(running, start, { tls, connections: config.connections })
  // Before the first line: who reads it may send the signal at once.
  const stopped = terminal.stopped()
  for (const line of [...running.describe(), '', ...start.welcome(server.port)]) start.say(line)
  if (tls) terminal.onReload(() => start.say(renewed(server, read)))
  await stopped
  start.say('stopping: no new requests, those under way are answered')
  await server.close()
  return 0
}

/** What the gateway refuses at its start names the option and the fix; where it was thrown helps nobody. */
async function open(config: GatewayConfig, options: GatewayOptions): Promise<Gateway> {
  try {
    return await createGateway(config, options)
  } catch (error) {
    throw forPeople(error)
  }
}

function told<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw forPeople(error)
  }
}

function forPeople(error: unknown): unknown {
  return namesAnOption(error) ? new CommandError(error.message, { cause: error }) : error
}

/** A certificate that cannot be taken leaves the one of before: connections go on, and somebody is told. */
function renewed(server: ServedGateway, read: () => TlsPair | undefined): string {
  try {
    server.renew(read() as TlsPair)
    return 'the certificate was read again'
  } catch (error) {
    return `the certificate stays as it was: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function listen(
  running: Gateway,
  { port, hostname }: Start,
  given: { readonly tls: TlsPair | undefined; readonly connections: ConnectionLimits | undefined },
) {
  try {
    return await serveGateway(running, {
      port,
      hostname,
      ...(given.tls && { tls: given.tls }),
      ...(given.connections && { connections: given.connections }),
    })
  } catch (error) {
    await running.close()
    throw new CommandError(`cannot listen on ${hostname}:${port}: ${whyNot(error as NodeJS.ErrnoException)}`, { cause: error })
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'the port is in use; stop what listens there, or choose another with --port'
  if (code === 'EACCES') return 'the port needs more rights than this process has; choose one from 1024 with --port'
  return message
}
