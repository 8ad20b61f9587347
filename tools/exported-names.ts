import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The names that each entry of a package exports at run time, by the key of the entry. `source` is a file in the package's `src`. */
export async function exportedNames(source: string): Promise<Record<string, string[]>> {
  const folder = dirname(dirname(source))
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, string> }
  const entries = Object.entries(exports).filter(([, file]) => file.endsWith('.ts'))
  const names = entries.map(async ([key, file]) => [key, Object.keys(await import(join(folder, file))).sort()] as const)
  return Object.fromEntries(await Promise.all(names))
}
