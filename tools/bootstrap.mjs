// Runs a task of this repository on a machine that has only Node.js (18 or later) and npm.
// It uses no dependency, because it runs before there are any.
//
//   node tools/bootstrap.mjs <task> [arguments]
//
// In order: a Node.js that the product supports (the user's own where it is new enough), the pinned pnpm,
// the workspace's dependencies, then the task, with all three first on PATH.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const toolchain = join(root, 'tools', 'toolchain')

/** What each task runs once the tools stand. `turbo` and `vitest` are found in the workspace's own node_modules. */
const tasks = {
  start: ['node', 'examples/start.ts'],
  test: ['node', 'tools/test.ts'],
  run: [],
}

const [task = '', ...rest] = process.argv.slice(2)
if (!(task in tasks)) {
  fail(`unknown task "${task}"; known: ${Object.keys(tasks).join(', ')}`)
}

const environment = cleanEnvironment(process.env)
const nodeFolder = isSupported(process.versions.node) ? dirname(process.execPath) : install('node')
const path = [nodeFolder, install('pnpm'), join(root, 'node_modules', '.bin'), environment.PATH ?? '']
environment.PATH = path.join(delimiter)

installWorkspace()
const [command = '', ...fixed] = task === 'run' ? rest : [...tasks[task], ...rest]
if (command === '') fail('run needs a command')
process.exitCode = run(command, fixed, { stdio: 'inherit' })

/** The lines of Node.js that the product's dependencies support: undici 8 needs 22.19, type stripping 22.18. */
function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26
}

/** Nested npm and pnpm take the settings of the npm that started us for their own: they must not see them. */
function cleanEnvironment(source) {
  const kept = Object.entries(source).filter(([name]) => !/^npm_(package|lifecycle|config_|command|execpath|node_execpath)/i.test(name))
  return {
    ...Object.fromEntries(kept),
    TURBO_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  }
}

/** Installs one pinned tool unless exactly that is there already; answers its folder of commands. */
function install(name) {
  const folder = join(toolchain, name)
  const bin = join(folder, 'node_modules', '.bin')
  if (isInstalled(folder)) return bin
  console.error(`setting up ${name} (once)`)
  const status = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 'inherit'],
  })
  if (status !== 0) fail(`npm could not install ${name} in tools/toolchain/${name}`)
  return bin
}

/** True when every package that npm has put there is the one that the lock names, by its integrity. */
function isInstalled(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const locked = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages
  const present = Object.entries(JSON.parse(readFileSync(installed, 'utf8')).packages)
  return present.length > 0 && present.every(([path, entry]) => locked[path]?.integrity === entry.integrity)
}

function installWorkspace() {
  // A lock written on Linux lacks other platforms' builds of some tools: elsewhere pnpm may add them.
  const frozen = process.platform === 'linux' ? '--frozen-lockfile' : '--fix-lockfile'
  const status = run('pnpm', ['install', frozen, '--prefer-offline', '--reporter=append-only', '--loglevel=warn'], {
    stdio: ['ignore', 2, 'inherit'],
  })
  if (status !== 0) fail('pnpm could not install the workspace')
}

function run(command, parameters, options) {
  const windows = process.platform === 'win32'
  const result = spawnSync(command, parameters, { cwd: root, env: environment, shell: windows, ...options })
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`)
  return result.status ?? 1
}

function fail(message) {
  console.error(`bootstrap: ${message}`)
  process.exit(1)
}
