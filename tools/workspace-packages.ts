import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly publishConfig: {
    readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
    readonly bin?: Readonly<Record<string, string>>
  }
}

export interface WorkspacePackage {
  readonly folder: string
  readonly manifest: Manifest
}

/** Every package that is published, in the order of its folder's name. */
export function workspacePackages(root = process.cwd()): WorkspacePackage[] {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  return folders.map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest }))
}

/** What people import of a package once it is published: the specifier and the built file. */
export function publishedEntries({ manifest, folder }: WorkspacePackage): { specifier: string; file: string }[] {
  return Object.entries(manifest.publishConfig.exports).flatMap(([key, target]) =>
    typeof target === 'string' ? [] : [{ specifier: manifest.name + key.slice(1), file: join(folder, target.default) }],
  )
}
