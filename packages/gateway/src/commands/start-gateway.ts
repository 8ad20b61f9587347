import type { GatewayConfig } from '../config.ts'
import { createGateway, type Gateway } from '../gateway.ts'
import { serveGateway } from '../serve.ts'
import { type Command, CommandError, type CommandInput, type Terminal, UsageError } from './command.ts'
import { loadEnvironment, loadModule } from './load-module.ts'

const options = {
  config: { type: 'string', help: 'the configuration (default: gateway.config.ts)' },
  port: { type: 'string', help: "the port to listen on (default: the origin's)" },
} as const

export const dev: Command = {
  name: 'dev',
  summary: 'Starts the gateway of gateway.config.ts on this machine, for development.',
  usage: '[--config <file>] [--port <number>]',
  options,
  run: (input, terminal) => start(input, terminal, 'localhost'),
}

export const gateway: Command = {
  name: 'gateway',
  summary: 'Starts the gateway of gateway.config.ts. Stops on SIGTERM when the requests under way have been answered.',
  usage: '[--config <file>] [--host <address>] [--port <number>] [--store <store>]',
  options: {
    ...options,
    host: { type: 'string', help: 'the address to listen on (default: 0.0.0.0)' },
    store: { type: 'string', help: "another store than the configuration's, such as sqlite:./sessions.db" },
  },
  run: (input, terminal) => start(input, terminal, input.text('host') ?? '0.0.0.0'),
}

async function start(input: CommandInput, terminal: Terminal, hostname: string): Promise<number> {
  if (input.positionals.length > 0) throw new UsageError(`unexpected "${input.positionals[0]}"`)
  loadEnvironment(terminal)
  const config = await configOf(input, terminal)
  const port = portOf(input.text('port'), config.origin)
  const running = await createGateway(config)
  for (const line of running.describe()) terminal.out(line)
  const server = await listen(running, port, hostname)
  terminal.out(`\nlistening on ${hostname}:${server.port}; people reach it at ${config.origin}`)
  await terminal.stopped()
  terminal.out('stopping: no new requests, those under way are answered')
  await server.close()
  await running.close()
  return 0
}

async function configOf(input: CommandInput, terminal: Terminal): Promise<GatewayConfig> {
  const { file, module } = await loadModule(terminal.cwd, input.text('config'), ['gateway.config.ts', 'gateway.config.js'])
  const config = module['default'] as GatewayConfig | undefined
  if (typeof config !== 'object' || config === null || !('contract' in config)) {
    throw new CommandError(`${file}: expected 'export default defineGateway({ … })'`)
  }
  const store = input.text('store')
  return store === undefined ? config : { ...config, store }
}

function portOf(text: string | undefined, origin: string): number {
  const port = Number(text ?? (URL.parse(origin)?.port || 4400))
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--port: expected 0 to 65535, found "${text}"`)
  return port
}

async function listen(running: Gateway, port: number, hostname: string) {
  try {
    return await serveGateway(running, { port, hostname })
  } catch (error) {
    await running.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new CommandError(`port ${port} is in use; stop what listens there, or choose another with --port`)
  }
}
