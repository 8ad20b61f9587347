import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError, type Terminal } from './command.ts'

/**
 * Reads the folder's `.env` into the process, if there is one; variables that are set already stay as they are.
 */
export function loadEnvironment({ cwd }: Terminal): void {
  const file = join(cwd, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

/** Imports a TypeScript or JavaScript file of the person's, by the name they gave or the first default that exists. */
export async function loadModule(
  cwd: string,
  given: string | undefined,
  defaults: readonly string[],
): Promise<{ file: string; module: Record<string, unknown> }> {
  const name = given ?? defaults.find((candidate) => existsSync(join(cwd, candidate)))
  if (name === undefined) throw new CommandError(`expected ${defaults.join(' or ')} in ${cwd}; 'single-state init' writes one`)
  const file = resolve(cwd, name)
  if (!existsSync(file)) throw new CommandError(`${name} does not exist`)
  try {
    return { file: name, module: (await import(pathToFileURL(file).href)) as Record<string, unknown> }
  } catch (error) {
    if (error instanceof TypeError) throw error
    throw new CommandError(`${name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}
