import { afterEach, describe, expect, it } from 'vitest'
import { createKey } from '../src/commands/keys-create.ts'
import { type CommandProcess, runProcess, startCommand } from './command-process.ts'
import { createProjectFolder } from './project-folder.ts'

// A configuration may open its store itself, which keeps a process alive until somebody closes it.

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

/** As a client of a server: it holds the process, and nobody answers. */
const openStore = `const held = setInterval(() => {}, 60_000)
const away = () => Promise.reject(new TypeError('store: nobody answers'))
const close = async () => clearInterval(held)
const store = new Proxy({ name: 'held', durability: 'disk', close }, { get: (own, name) => own[name] ?? (name === 'then' ? undefined : away) })
`

async function project() {
  const folder = createProjectFolder()
  cleaning.push(folder.remove)
  folder.write({ 'package.json': '{ "type": "module" }' })
  await runProcess(folder.path, ['init'])
  const config = folder.read('gateway.config.ts').replace(/store: '[^']*'/, 'store')
  folder.write({ 'gateway.config.ts': config.replace('\nexport default', `\n${openStore}\nexport default`) })
  return folder
}

function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): CommandProcess {
  const started = startCommand(cwd, args, env)
  cleaning.push(async () => {
    started.kill('SIGKILL')
    await started.ended
  })
  return started
}

const away = { SINGLE_STATE_OPERATOR_KEY: createKey('admin'), SINGLE_STATE_GATEWAY: 'http://127.0.0.1:9' }
const session = 'A'.repeat(43)

describe('a store that the configuration has opened', () => {
  it.each<[what: string, args: readonly string[], code: number, env?: NodeJS.ProcessEnv]>([
    ['an explanation without a gateway', ['explain', session, '--application', 'portal'], 1],
    ['an explanation for nobody', ['explain', session], 2],
    ['an end that nobody confirms', ['end-all', '--offline'], 1],
    ['an end in another store', ['end-all', '--offline', '--yes', '--store', 'sqlite:./other.db'], 0],
    ['an examination of a wrong option', ['doctor'], 1, { SINGLE_STATE_SECRET: 'short' }],
    ['an examination of another store', ['doctor', '--store', 'memory'], 0],
    ['a migration of what needs none', ['migrate'], 1],
    ['a gateway whose store does not answer', ['gateway', '--port', '0'], 1],
    ['development in production', ['dev'], 1, { NODE_ENV: 'production' }],
  ])('does not keep alive what is done: %s', { timeout: 20_000 }, async (_what, args, code, env) => {
    const { path } = await project()
    const command = start(path, args, { ...away, ...env })
    expect([await command.ended, command.err.join('\n')]).toEqual([code, expect.not.stringContaining('    at ')])
  })

  it('does not keep a gateway on another store alive that is told to stop', { timeout: 20_000 }, async () => {
    const { path } = await project()
    const gateway = start(path, ['gateway', '--host', 'localhost', '--port', '0', '--store', 'memory'], {})
    await gateway.line(/^listening/)
    gateway.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
  })
})
