import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

/** The build of one package: an entry for each export and each command of its package.json, so that the two cannot differ. */
export function packageBuild(): ReturnType<typeof defineConfig> {
  const { exports, bin = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  return defineConfig({
    entry: [...Object.values(exports), ...Object.values(bin)].filter((path) => path.endsWith('.ts')),
    format: 'esm',
    target: 'node22',
    platform: 'neutral',
    splitting: true,
    sourcemap: true,
    clean: true,
    // Declarations come from tsc: this compiler has no programming interface that tsup could call.
    dts: false,
    // Left as written: `crypto` and `node:crypto` are not the same to every runtime, nor to the entry check.
    removeNodeProtocol: false,
    // A dependency that was forgotten in package.json must be seen by the entry check, not be copied in.
    skipNodeModulesBundle: true,
  })
}
