import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What goes into the build of the Next.js application, beside the dependencies that the lock file names. */
export const sourceFolders = ['examples/next', 'examples/contract', 'examples/pages', 'packages/core/src', 'packages/next/src']

/** Made by tools. */
const skipped = new Set(['node_modules', '.next', 'next-env.d.ts', 'fixtures'])

/** A digest of a repository's lock file and of all files in some of its folders: another one means that a build of them is out of date. */
export function digestOf(root: string, folders: readonly string[]): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')))
  for (const file of folders.flatMap((folder) => filesIn(root, folder))) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function filesIn(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !skipped.has(name) && !/\.test(-d)?\.ts$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return filesIn(root, path)
    return entry.isFile() ? [path] : []
  })
}
