// Runs a task of this repository on a machine that has only Node.js (18 or later) and npm.
// It uses no dependency, because it runs before there are any.
//
//   node tools/bootstrap.mjs <task> [arguments]
//
// In order: a Node.js that the product supports (the user's own where it is new enough), the pinned pnpm,
// the workspace's dependencies, then the task, with all three first on PATH.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const toolchain = join(root, 'tools', 'toolchain')

/** What each task runs once the tools stand; the arguments of the caller follow. */
const tasks = {
  start: () => ['node', 'examples/start.ts'],
  test: () => ['node', 'tools/test.ts'],
  'test:matrix': () => ['node', 'tools/test-matrix.ts', ...['node22', 'node', 'node26'].map(install)],
  'test:faults': () => ['node', 'faults/main.ts'],
  simulate: () => ['node', 'simulation/main.ts'],
  bench: () => ['node', 'benchmarks/bench.ts'],
  anomalies: () => ['node', 'anomalies/main.ts'],
  run: () => [],
}

const [task = '', ...parameters] = process.argv.slice(2)
if (!Object.hasOwn(tasks, task)) fail(`unknown task "${task}"; known: ${Object.keys(tasks).join(', ')}`)

const environment = cleanEnvironment(process.env)
const nodeFolder = isSupported(process.versions.node) ? dirname(process.execPath) : install('node')
putOnPath([install('pnpm'), join(root, 'node_modules', '.bin'), nodeFolder])
installWorkspace()
runTask([...tasks[task](), ...parameters])

/** The lines of Node.js that the product's dependencies support: undici 8 needs 22.19, tsup 9 needs 24.11. */
function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26
}

/**
 * Nested npm and pnpm take the settings of the npm that started us for their own: they must not see them.
 * How to reach the registry is the machine's business and stays.
 */
function cleanEnvironment(source) {
  const isNpm = (name) => /^(npm_|pnpm_|init_cwd$)/i.test(name)
  const isNetwork = (name) => /^npm_config_(registry|proxy|https?[_-]proxy|no_?proxy|cafile|strict[_-]ssl)$/i.test(name)
  return {
    ...Object.fromEntries(Object.entries(source).filter(([name]) => !isNpm(name) || isNetwork(name))),
    TURBO_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}

function putOnPath(folders) {
  // Windows writes it "Path", and a copy of the environment no longer ignores case.
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  environment[name] = [...folders, environment[name] ?? ''].join(delimiter)
}

/** Installs one pinned tool unless exactly that is there already; answers its folder of commands. */
function install(name) {
  const folder = join(toolchain, name)
  const commands = join(folder, 'node_modules', '.bin')
  if (isInstalled(folder)) return commands
  console.error(`setting up ${name} (once)`)
  const status = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })
  if (status !== 0) fail(`npm could not install ${name} in tools/toolchain/${name}`)
  if (!isInstalled(folder)) fail(`tools/toolchain/${name} has nothing for ${process.platform} ${process.arch}`)
  return commands
}

/** True when what npm has put there is what the lock names, by its integrity. */
function isInstalled(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed) || !existsSync(join(folder, 'node_modules', '.bin'))) return false
  const locked = packagesIn(join(folder, 'package-lock.json'))
  const present = Object.entries(packagesIn(installed))
  return present.length > 0 && present.every(([path, entry]) => locked[path]?.integrity === entry.integrity)
}

function packagesIn(lock) {
  return JSON.parse(readFileSync(lock, 'utf8')).packages ?? {}
}

/** pnpm takes most of a second to find that nothing has changed: a mark left by the last install says so at once. */
function installWorkspace() {
  const folders = workspaceFolders()
  const mark = join(root, 'node_modules', '.single-state-install')
  const wanted = fingerprint(folders)
  const isComplete = folders.every((folder) => existsSync(join(folder, 'node_modules')))
  if (isComplete && existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return

  // A lock written on Linux lacks other platforms' builds of some tools: elsewhere pnpm may add them.
  const frozen = process.platform === 'linux' ? '--frozen-lockfile' : '--fix-lockfile'
  const quiet = ['--reporter=append-only', '--loglevel=warn', '--config.confirmModulesPurge=false']
  if (run('pnpm', ['install', frozen, '--prefer-offline', ...quiet]) !== 0) fail('pnpm could not install the workspace')
  writeFileSync(mark, fingerprint(folders))
}

/** The folders that `packages` of pnpm-workspace.yaml names: `packages/*`, or one by its name. */
function workspaceFolders() {
  const [, list = ''] = /^packages:\n((?: +- .*\n)+)/m.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) ?? []
  const patterns = [...list.matchAll(/^ +- '?"?([^'"\s]+)/gm)].map(([, pattern]) => pattern)
  const folders = patterns.flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(pattern.slice(0, -2)) : [pattern]))
  return folders.map((folder) => join(root, folder)).filter((folder) => existsSync(join(folder, 'package.json')))
}

function foldersIn(group) {
  return existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => `${group}/${name}`) : []
}

/** Everything that decides what an install puts where. */
function fingerprint(folders) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${root}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) hash.update(readFileSync(join(root, file)))
  for (const folder of folders) hash.update(folder).update(readFileSync(join(folder, 'package.json')))
  return hash.digest('hex')
}

/** Set-up speaks on the error output: the standard output belongs to the task. */
function run(command, given, options) {
  const shell = process.platform === 'win32'
  const result = spawnSync(command, given, { cwd: root, env: environment, shell, stdio: ['ignore', 2, 'inherit'], ...options })
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`)
  return result.status ?? 1
}

/** A task may run for days: a signal that asks this process to end must reach it. A terminal sends SIGINT to both. */
function runTask([command, ...given]) {
  if (command === undefined) fail('run needs a command')
  const child = spawn(command, given, { cwd: root, env: environment, shell: process.platform === 'win32', stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {})
  child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`))
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

function fail(message) {
  console.error(`bootstrap: ${message}`)
  process.exit(1)
}
