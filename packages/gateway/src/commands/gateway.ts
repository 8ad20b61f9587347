import type { Command } from './command.ts'
import { configOf, givenPort, portOf, serveUntilStopped, startOptions } from './start-gateway.ts'

export const gateway: Command = {
  name: 'gateway',
  summary: 'Starts the gateway of gateway.config.ts. Stops on SIGTERM when the requests under way have been answered.',
  usage: '[--config <file>] [--host <address>] [--port <number>] [--store <store>]',
  options: { ...startOptions, host: { type: 'string', help: 'the address to listen on (default: 0.0.0.0, every one of IPv4)' } },
  async run(input, terminal) {
    const config = await configOf(input, terminal)
    const hostname = input.text('host') ?? '0.0.0.0'
    return serveUntilStopped(config, terminal, {
      hostname,
      port: givenPort(input) ?? portOf(config.origin),
      // Standard output is the log alone, one JSON object per line.
      say: terminal.err,
      welcome: (port) => [`listening on ${hostname}:${port}; people reach it at ${config.origin}`],
    })
  },
}
