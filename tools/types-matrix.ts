// What people compile against is declarations: the packed packages, and a contract that is a package of its own. They are
// installed in a workspace elsewhere, and each application there is checked by every TypeScript that is supported.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countsLine } from './counts.ts'
import { report } from './report.ts'
import { runStep, runSteps, type Step, type StepResult } from './run-steps.ts'
import { publishedEntries, workspacePackages } from './workspace-packages.ts'

/** The newest patch of each supported line. */
const compilers = ['5.9.3', '6.0.3', '7.0.2']

const resolutions = {
  NodeNext: { module: 'nodenext', moduleResolution: 'nodenext' },
  Bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

/** Next.js publishes declarations that import what it ships without any (its webpack, jest-worker, react-server-dom-webpack). */
const unchecked = 'next-application'

const root = process.cwd()
const packages = workspacePackages(root)
const workspace = mkdtempSync(join(tmpdir(), 'single-state-types-'))
let results: StepResult[] = []
try {
  writeWorkspace()
  install()
  results = await checkAll()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
} finally {
  rmSync(workspace, { recursive: true, force: true, maxRetries: 3 })
}
const failed = results.filter(({ outcome }) => outcome !== 'passed').length
console.log(countsLine({ passed: results.length - failed, failed: results.length === 0 ? 1 : failed, skipped: 0 }))
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0

function writeWorkspace(): void {
  cpSync(join(root, 'tools', 'consumer', 'types'), workspace, { recursive: true })
  // The versions that this repository is tested with, as far as they still fit: another day's release must not fail this check.
  cpSync(join(root, 'pnpm-lock.yaml'), join(workspace, 'pnpm-lock.yaml'))
  const settings = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').replace(/^packages:\n(?: +- .*\n)+/, "packages:\n  - '*'\n")
  const overrides = packages.map(
    ({ folder, manifest }) => `  '${manifest.name}': ${JSON.stringify(`file:${join(folder, 'package.tgz')}`)}\n`,
  )
  writeFileSync(join(workspace, 'pnpm-workspace.yaml'), `${settings}overrides:\n${overrides.join('')}`)
  const devDependencies = Object.fromEntries(compilers.map((version) => [`typescript-${version}`, `npm:typescript@${version}`]))
  writeJson('package.json', { name: 'types-matrix', private: true, type: 'module', devDependencies })
  for (const name of applications()) {
    for (const [resolution, options] of Object.entries(resolutions)) {
      writeConfig(join(name, `tsconfig.${resolution}.json`), {
        ...options,
        types: ['node'],
        noEmit: true,
        skipLibCheck: name === unchecked,
      })
    }
  }
  writeConfig(join('contract', 'tsconfig.json'), {
    ...resolutions.NodeNext,
    types: [],
    rootDir: 'src',
    outDir: 'dist',
    skipLibCheck: false,
  })
  writeEntries()
}

function applications(): string[] {
  return readdirSync(join(root, 'tools', 'consumer', 'types')).filter((name) => name !== 'contract')
}

/** Declarations are on for applications too: what they export must be something that their own declarations can name. */
function writeConfig(name: string, options: Readonly<Record<string, unknown>>): void {
  writeJson(name, { compilerOptions: { target: 'es2024', strict: true, declaration: true, ...options }, include: ['src'] })
}

/** Every entry that is no adapter's: what is wrong in declarations that no application imports shows as well. */
function writeEntries(): void {
  const specifiers = packages.filter(({ manifest }) => /\/(core|gateway|testing)$/.test(manifest.name)).flatMap(publishedEntries)
  const lines = specifiers.map(({ specifier }, index) => `export * as entry${index} from '${specifier}'\n`)
  writeFileSync(join(workspace, 'gateway', 'src', 'entries.ts'), lines.join(''))
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(workspace, name), JSON.stringify(value, null, 2))
}

function install(): void {
  const parameters = ['install', '--no-frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false', '--loglevel=warn']
  const shell = process.platform === 'win32'
  const { status, stdout, stderr, error } = spawnSync('pnpm', parameters, { cwd: workspace, encoding: 'utf8', shell })
  if (error) throw error
  if (status !== 0) throw new Error(`pnpm install exited with ${status}\n${stdout}${stderr}`)
}

/** The contract by each compiler, then every application by each compiler and resolution, two at a time. */
async function checkAll(): Promise<StepResult[]> {
  const built: StepResult[] = []
  const declarations = new Set<string>()
  for (const version of compilers) {
    built.push(await runStep({ name: `TypeScript ${version}: build the contract`, command: compile(version, 'contract') }))
    declarations.add(declarationsOfContract())
  }
  // The applications are checked against the last of them: that stands for all only while they are one text.
  const output = [...declarations].join('\n──────────\n')
  built.push({ name: 'the contract says the same by each', outcome: declarations.size === 1 ? 'passed' : 'failed', output, ms: 0 })
  built.forEach(report)
  return [...built, ...(await runSteps(checks(), 2, report))]
}

function declarationsOfContract(): string {
  const file = join(workspace, 'contract', 'dist', 'index.d.ts')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function checks(): Step[] {
  return compilers.flatMap((version) =>
    applications().flatMap((name) =>
      Object.keys(resolutions).map((resolution) => ({
        name: `TypeScript ${version}: ${name}, ${resolution}`,
        command: compile(version, join(name, `tsconfig.${resolution}.json`)),
      })),
    ),
  )
}

function compile(version: string, project: string): Step['command'] {
  return ['node', join(workspace, 'node_modules', `typescript-${version}`, 'bin', 'tsc'), '-p', join(workspace, project)]
}
