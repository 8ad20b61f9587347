import type { GatewayConfig } from '../config.ts'
import { type Command, type CommandInput, expectNoPositionals, UsageError } from './command.ts'
import { givenPort, portOf, serveUntilStopped, startOptions, withConfig } from './start-gateway.ts'

export const gateway: Command = {
  name: 'gateway',
  summary: 'Starts the gateway of gateway.config.ts. Stops on SIGTERM when the requests under way have been answered.',
  usage: '[--config <file>] [--host <address>] [--port <number>] [--store <store>] [--tls-key <file> --tls-cert <file>]',
  options: {
    ...startOptions,
    host: { type: 'string', help: 'the address to listen on (default: 0.0.0.0, every one of IPv4)' },
    'tls-key': { type: 'string', help: 'the private key of its certificate, as PEM; read again on SIGHUP' },
    'tls-cert': { type: 'string', help: 'the certificate with its chain, as PEM; without it speaks plain HTTP' },
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const tls = givenTls(input)
    const port = givenPort(input)
    const hostname = input.text('host') ?? '0.0.0.0'
    return withConfig(input, terminal, (config) =>
      serveUntilStopped(tls === null ? config : { ...config, tls }, terminal, {
        hostname,
        port: port ?? portOf(config.origin),
        // Standard output is the log alone, one JSON object per line.
        say: terminal.err,
        welcome: (listening) => [`listening on ${hostname}:${listening}; people reach it at ${config.origin}`],
      }),
    )
  },
}

/** The certificate's files that were named; null when none were. */
function givenTls({ text }: CommandInput): NonNullable<GatewayConfig['tls']> | null {
  const [key, cert] = [text('tls-key'), text('tls-cert')]
  if (key === undefined && cert === undefined) return null
  if (key === undefined || cert === undefined) throw new UsageError('expected --tls-key and --tls-cert, found one of them')
  return { key, cert }
}
