import { UsageError } from './command.ts'

/**
 * The name of an application, as contracts take it.
 *
 * @throws UsageError
 */
export function applicationName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text)) return text
  throw new UsageError(`not the name of an application: "${text}"; expected 1 to 32 characters of a-z, 0-9 and hyphen, a letter first`)
}
