// Installs the packed packages into an empty project, as a user would, then compiles and runs a small program against them:
// what is missing from a tarball, from its exports or from its declarations shows here and nowhere else.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishedEntries, workspacePackages } from './workspace-packages.ts'

const root = process.cwd()
const packages = workspacePackages(root)
const tarballs = Object.fromEntries(packages.map(({ folder, manifest }) => [manifest.name, `file:${join(folder, 'package.tgz')}`]))

/** The peers of one adapter, as this repository has them. */
const nextJs = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' }
const nextFile = 'next-entry.ts'

const project = mkdtempSync(join(tmpdir(), 'single-state-consumer-'))
try {
  writeProject()
  run(
    'pnpm',
    'install',
    '--no-frozen-lockfile',
    '--prefer-offline',
    '--config.confirmModulesPurge=false',
    '--reporter=append-only',
    '--loglevel=warn',
  )
  run('pnpm', 'exec', 'tsc', '-p', '.')
  run('pnpm', 'exec', 'tsc', '-p', 'tsconfig.next.json')
  run('node', 'every-entry.ts')
  run('node', nextFile)
  run('node', 'day-one.ts')
  for (const { manifest } of packages)
    for (const command of Object.keys(manifest.publishConfig.bin ?? {})) run('pnpm', 'exec', command, '--help')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(project, { recursive: true, force: true, maxRetries: 3 })
}

function writeProject(): void {
  cpSync(join(root, 'tools', 'consumer'), project, { recursive: true })
  // The versions that this repository is tested with, as far as they still fit: another day's release must not fail this check.
  cpSync(join(root, 'pnpm-lock.yaml'), join(project, 'pnpm-lock.yaml'))
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').replace(/^packages:\n(?: +- .*\n)+/, '')
  const overrides = Object.entries(tarballs).map(([name, tarball]) => `  '${name}': ${JSON.stringify(tarball)}\n`)
  writeFileSync(join(project, 'pnpm-workspace.yaml'), `${workspace}overrides:\n${overrides.join('')}`)
  writeJson('package.json', {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { ...tarballs, express: 'catalog:', hono: 'catalog:', ...nextJs, zod: 'catalog:' },
    devDependencies: { '@types/express': '5.0.6', '@types/node': 'catalog:', msw: '3.0.5', typescript: 'catalog:', vitest: 'catalog:' },
  })
  writeJson('tsconfig.json', {
    compilerOptions: { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'], skipLibCheck: false },
    include: ['*.ts'],
    exclude: [nextFile],
  })
  writeJson('tsconfig.next.json', { extends: './tsconfig.json', compilerOptions: { skipLibCheck: true }, include: [nextFile], exclude: [] })
  const specifiers = packages.flatMap(publishedEntries).map(({ specifier }) => specifier)
  writeEntries('every-entry.ts', specifiers.filter(isChecked))
  writeEntries(
    nextFile,
    specifiers.filter((specifier) => !isChecked(specifier)),
  )
}

/** The declarations of Next.js itself are not ones that can be checked. */
function isChecked(specifier: string): boolean {
  return specifier !== '@single-state/next'
}

function writeEntries(file: string, specifiers: readonly string[]): void {
  const lines = specifiers.map(
    (specifier) => `if (Object.keys(await import('${specifier}')).length === 0) throw new Error('${specifier} is empty')\n`,
  )
  writeFileSync(join(project, file), `${lines.join('')}export {}\n`)
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(project, name), JSON.stringify(value, null, 2))
}

function run(command: string, ...parameters: string[]): void {
  const shell = process.platform === 'win32'
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd: project, encoding: 'utf8', shell })
  if (error) throw error
  if (status !== 0) throw new Error(`${[command, ...parameters].join(' ')} exited with ${status}\n${stdout}${stderr}`)
}
