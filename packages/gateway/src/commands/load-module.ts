import { existsSync, readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { CommandError, type Terminal } from './command.ts'

/** Reads the folder's `.env` into the environment, if there is one. Says nothing of what it holds. */
export function loadEnvironment({ cwd, env }: Terminal): void {
  const file = join(cwd, '.env')
  if (!existsSync(file)) return
  for (const [name, value] of Object.entries(parseEnv(textOf(file)))) env[name] ??= value
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
    throw new CommandError(`${placeOf(error, cwd) ?? name}: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  const isCommonJs = /import statement outside a module|Unexpected token 'export'/.test(reason)
  return isCommonJs ? `${reason}; 'npm pkg set type=module' makes the files of this folder ES modules` : reason
}

/** Which line of the person's own files an error comes from, such as `contract.ts:4`. */
function placeOf(error: unknown, cwd: string): string | undefined {
  const folder = pathToFileURL(`${cwd}${sep}`).href
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : []
  const own = lines.find((line) => line.includes(folder) && !line.includes('/node_modules/'))
  return own && /^[^\s():]+:\d+/.exec(own.slice(own.indexOf(folder) + folder.length))?.[0]
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
