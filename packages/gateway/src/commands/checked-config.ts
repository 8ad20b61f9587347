import type { GatewayConfig } from '../config.ts'
import { type CheckedConfig, checkConfig } from '../configure.ts'
import { CommandError, type Terminal } from './command.ts'

/**
 * The configuration with its defaults, as a gateway would start with it.
 *
 * @throws CommandError that names the option and the fix.
 */
export function checkedConfig(config: GatewayConfig, { env }: Terminal): CheckedConfig {
  try {
    return checkConfig(config, env)
  } catch (error) {
    throw namesAnOption(error) ? new CommandError(error.message, { cause: error }) : error
  }
}

/** True for a TypeError of ours: it names the option and the fix, and where it was thrown helps nobody. */
export function namesAnOption(error: unknown): error is TypeError {
  return error instanceof TypeError && /^[A-Za-z][\w.[\]-]*: /.test(error.message)
}
