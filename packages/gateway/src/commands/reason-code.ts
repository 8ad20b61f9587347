import { type CommandInput, UsageError } from './command.ts'

/**
 * What the audit says of the act: `--reason`, or `otherwise`. A reason code as the audit takes it from applications.
 *
 * @throws UsageError
 */
export function reasonCode({ text }: CommandInput, otherwise: string): string {
  const reason = text('reason') ?? otherwise
  if (/^[a-z][a-z0-9_.-]{0,63}$/.test(reason)) return reason
  throw new UsageError(`--reason: expected up to 64 characters of a-z, 0-9, _ . -, a letter first, found "${reason}"`)
}
