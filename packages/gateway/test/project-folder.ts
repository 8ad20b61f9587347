import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../', import.meta.url))

/** What a folder of a person's own has installed: the packages as they are here, without a build. */
const installed = {
  '@single-state/core': join(packages, 'core'),
  '@single-state/gateway': join(packages, 'gateway'),
  zod: join(packages, 'gateway/node_modules/zod'),
}

/** A folder outside of the workspace, as somebody has it who has just installed the packages. */
export interface ProjectFolder {
  readonly path: string
  /** Writes files by name. */
  write(files: Readonly<Record<string, string>>): void
  read(name: string): string
  remove(): void
}

/** Makes an empty project. */
export function createProjectFolder(): ProjectFolder {
  const path = mkdtempSync(join(tmpdir(), 'single-state-project-'))
  for (const [name, target] of Object.entries(installed)) {
    const link = join(path, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(target, link, 'junction')
  }
  return {
    path,
    write(files) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  }
}
