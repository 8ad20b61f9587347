import { type DestinationStream, pino } from 'pino'

/** Where the gateway says what happens. Fields never hold tokens, keys or raw session ids. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** One JSON object per line; to standard output unless told where. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = { level, base: { service: 'single-state-gateway' }, timestamp: pino.stdTimeFunctions.isoTime }
  return destination ? pino(options, destination) : pino(options)
}
