import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isLoopback } from '@single-state/core/protocol'
import type { GatewayConfig } from '../config.ts'
import { type Command, CommandError, expectNoPositionals, type Terminal, UsageError } from './command.ts'
import { readableLog } from './readable-log.ts'
import { givenPort, portOf, serveUntilStopped, startOptions, withConfig } from './start-gateway.ts'

export const dev: Command = {
  name: 'dev',
  summary: 'Starts the gateway of gateway.config.ts on this machine, for development, with a log to read.',
  usage: '[--config <file>] [--port <number>] [--store <store>]',
  options: { ...startOptions, port: { type: 'string', help: "the port to listen on, and of the origin (default: the origin's, or 4400)" } },
  async run(input, terminal) {
    expectNoPositionals(input)
    const port = givenPort(input)
    if (port === 0) throw new UsageError('--port: expected a port that people can be told before, found 0')
    return withConfig(input, terminal, (config) => develop(moved(config, port), terminal))
  },
}

async function develop(config: GatewayConfig, terminal: Terminal): Promise<number> {
  checkDevelopment(config, terminal)
  return serveUntilStopped(config, terminal, {
    hostname: 'localhost',
    port: portOf(config.origin),
    options: { logTo: { write: (line) => terminal.out(readableLog(line)) } },
    say: terminal.out,
    welcome: () => welcome(config, terminal),
  })
}

/** On another port people meet it at another origin: links, cookies and tokens must say the same. */
function moved(config: GatewayConfig, port: number | null): GatewayConfig {
  const url = URL.parse(config.origin)
  if (port === null || url === null) return config
  url.port = String(port)
  return { ...config, origin: url.origin }
}

function checkDevelopment({ origin }: GatewayConfig, { env }: Terminal): void {
  if (env['NODE_ENV'] === 'production') throw new CommandError("NODE_ENV is production; use 'single-state gateway'")
  const url = URL.parse(origin)
  if (url === null || isLoopback(url.hostname)) return
  throw new CommandError(`${origin} is not this machine, and dev listens on this machine alone; use 'single-state gateway'`)
}

function welcome({ origin, applications }: GatewayConfig, { cwd, env }: Terminal): string[] {
  const names = Object.keys(applications)
  const owner = /^ss_([a-z][a-z0-9-]*)_/.exec(env['SINGLE_STATE_KEY'] ?? '')?.[1]
  const other = elsewhere(origin, env['SINGLE_STATE_GATEWAY'])
  const isPrepared = other.length === 0 && existsSync(join(cwd, '.env')) && owner !== undefined && names.includes(owner)
  return [
    `sign in            ${origin}/login`,
    `sign out           ${origin}/logout`,
    `applications need  SINGLE_STATE_GATEWAY=${origin} and SINGLE_STATE_KEY=<key> in their environment`,
    ...(isPrepared ? [`                   .env has both for ${owner}: node --env-file=.env app.ts`] : []),
    ...other,
    'Ctrl-C stops it.',
    '',
  ]
}

/** An application that asks another gateway would only say "unavailable". */
function elsewhere(origin: string, named: string | undefined): string[] {
  if (named === undefined || URL.parse(named)?.origin === origin) return []
  return [`warning            SINGLE_STATE_GATEWAY is ${named} here, which is not this gateway`]
}
