import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Within the build, which removes it as it begins anew: a build that was cut short has none. */
const stampOf = (folder: string) => join(folder, '.next', 'built-from')

/** Whether the build in a folder is whole, and of these sources. */
export function isBuiltFrom(folder: string, digest: string): boolean {
  const stamp = stampOf(folder)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
}

/** Says of a build that has just ended what it was made from. */
export function stampBuild(folder: string, digest: string): void {
  writeFileSync(stampOf(folder), digest)
}
