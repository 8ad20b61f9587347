import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startNginx } from '../../../tools/servers/nginx-server.ts'
import { startRedis } from '../../../tools/servers/redis-server.ts'
import { freePort, skipWithout } from '../../../tools/servers/server-process.ts'
import manifest from '../package.json' with { type: 'json' }
import { createKey } from '../src/commands/keys-create.ts'
import { commands } from '../src/commands/run-command.ts'
import type { GatewayConfig } from '../src/config.ts'
import { checkConfig } from '../src/configure.ts'
import { createEncryptionKey } from '../src/encryption/encryption-keys.ts'
import { openTestGateway } from '../src/fixtures/test-gateway.ts'
import { serveGateway } from '../src/serve.ts'
import { memoryStore } from '../src/stores/memory.ts'
import { writeCertificate } from './certificate.ts'

// The files of examples/deploy against the command, the configuration and the programs that they are for.

const folder = fileURLToPath(new URL('../../../examples/deploy/', import.meta.url))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
/** Where a project finds the command once the package is installed. */
const program = join('node_modules', manifest.name, manifest.publishConfig.bin['single-state'])

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'single-state-deploy-'))
  cleaning.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** What is asked of the command is something that it understands. */
function expectCommand(args: readonly string[]): void {
  const [name, ...rest] = args
  const command = commands.find((one) => one.name === name)
  const options = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
  expect(Object.keys(command?.options ?? {})).toEqual(expect.arrayContaining(options))
}

describe('the environment of the deployment', () => {
  const names = [...read('gateway.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name as string)

  it('has every variable that the configuration reads, and no other', () => {
    const asked = [...read('gateway.config.ts').matchAll(/env\['([A-Z_]+)'\]/g)].map(([, name]) => name as string)
    expect(new Set(names)).toEqual(new Set([...asked, 'SINGLE_STATE_SECRET']))
  })

  it('makes a configuration that a gateway takes, in production', async () => {
    const given = Object.fromEntries(
      [...read('gateway.env.example').matchAll(/^([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
    )
    const secrets = {
      ENCRYPTION_KEYS: `${createEncryptionKey()} ${createEncryptionKey()}`,
      OIDC_CLIENT_SECRET: 'secret',
      PORTAL_KEY: createKey('portal'),
      ADMIN_KEY: createKey('admin'),
    }
    const before = { ...process.env }
    cleaning.push(() => {
      for (const name of names) delete process.env[name]
      Object.assign(process.env, before)
    })
    Object.assign(process.env, given, secrets)
    const { default: config } = (await import('../../../examples/deploy/gateway.config.ts')) as { default: unknown }
    const checked = checkConfig(config as GatewayConfig, { NODE_ENV: 'production', SINGLE_STATE_SECRET: 's'.repeat(43) })
    expect(checked.cookie).toEqual({ name: '__Secure-session', domain: 'example.com' })
    expect(checked.encryption?.keys).toHaveLength(2)
    expect(checked.applications.all.map(({ name }) => name)).toEqual(['portal', 'admin'])
  })
})

describe('the image', () => {
  const instructions = instructionsOf(read('Dockerfile'))
  const last = (name: string) => instructions.findLast(([instruction]) => instruction === name)?.[1] ?? ''

  it('has nothing but instructions that Dockerfiles know, in two stages', () => {
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD']
    for (const [instruction] of instructions) expect(known).toContain(instruction)
    expect(instructions.filter(([instruction]) => instruction === 'FROM')).toHaveLength(2)
  })

  it('starts the command as somebody who is not root, with options that it has', () => {
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', program])
    expectCommand(JSON.parse(last('CMD')))
    expect([last('USER'), last('STOPSIGNAL'), last('ENV')]).toEqual(['node', 'SIGTERM', 'NODE_ENV=production'])
    expect(JSON.parse(last('CMD'))).toContain(last('EXPOSE'))
  })

  it('copies files that are there, and that the build is given', () => {
    const copied = instructions
      .filter(([name, text]) => name === 'COPY' && !text.startsWith('--from'))
      .flatMap(([, text]) => text.split(' ').slice(0, -1))
    const ofTheProject = ['package-lock.json']
    for (const file of copied.filter((name) => !ofTheProject.includes(name))) expect(existsSync(join(folder, file))).toBe(true)
    const [, ...given] = read('.dockerignore').trim().split('\n')
    expect(new Set(given)).toEqual(new Set(copied.map((file) => `!${file}`)))
  })

  it('is on a Node that runs a gateway', () => {
    const minimum = Number(/\d+/.exec(manifest.engines.node)?.[0])
    for (const [, image] of instructions.filter(([name]) => name === 'FROM')) {
      expect(Number(/^node:(\d+)-/.exec(image)?.[1])).toBeGreaterThanOrEqual(minimum)
    }
  })

  it('has a health check that sees a gateway, and that it is gone', { timeout: 60_000 }, async () => {
    const check = last('HEALTHCHECK')
    const [, script] = JSON.parse(check.slice(check.indexOf('['))).slice(1) as [string, string]
    const { gateway } = await openTestGateway()
    const served = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1' })
    const asked = script.replace(':4400', `:${served.port}`)
    const status = async () => {
      const child = spawn(process.execPath, ['-e', asked], { stdio: 'ignore' })
      return (await once(child, 'exit'))[0]
    }
    expect(await status()).toBe(0)
    await served.close()
    expect(await status()).toBe(1)
  })
})

describe('the systemd unit', () => {
  const unit = sectionsOf(read('single-state-gateway.service'))
  const [node = '', file, ...args] = (unit['Service']?.['ExecStart'] ?? '').split(' ')

  it('starts the command with options that it has, and gives it time to stop', () => {
    expect([node, file]).toEqual(['/usr/bin/node', program])
    expectCommand(args)
    expect(Number(unit['Service']?.['TimeoutStopSec'])).toBeGreaterThan(10)
    expect(unit['Service']).toMatchObject({
      DynamicUser: 'yes',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      Environment: 'NODE_ENV=production',
    })
    expect(unit['Service']?.['MemoryDenyWriteExecute']).toBeUndefined()
  })

  it.skipIf(skipWithout('systemd-analyze'))('holds for systemd, and lets little out', () => {
    const path = join(temporaryFolder(), 'single-state-gateway.service')
    writeFileSync(path, read('single-state-gateway.service').replace('/usr/bin/node', process.execPath))
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
    expect([verified.status, verified.stderr.split('\n').filter((line) => line.includes('single-state-gateway'))]).toEqual([0, []])
    const judged = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], { encoding: 'utf8' })
    const [, exposure] = /Overall exposure level for .*: ([\d.]+)/.exec(judged) ?? []
    expect(Number(exposure)).toBeLessThan(2.5)
  })
})

describe('the compose file', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as ComposeFile
  const { services } = compose
  const nginx = read('nginx.conf')

  it('has the gateways that nginx asks, on the port of the image', () => {
    const asked = [...nginx.matchAll(/^ +server ([\w-]+):(\d+) /gm)]
    const gateways = Object.keys(services).filter((name) => name.startsWith('gateway'))
    expect(asked.map(([, name]) => name)).toEqual([...gateways, ...gateways])
    for (const [, name, port] of asked) {
      expect(port).toBe('4400')
      expect(services[name as string]).toMatchObject({ build: '.', env_file: '.env', read_only: true, restart: 'unless-stopped' })
      expect(Number.parseInt(services[name as string]?.stop_grace_period ?? '', 10)).toBeGreaterThan(10)
    }
  })

  it('names services, volumes and files that are there', () => {
    for (const { depends_on = {}, volumes = [] } of Object.values(services)) {
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name)
      for (const source of volumes.map((volume) => volume.split(':')[0] as string)) {
        if (!source.startsWith('.')) expect(compose.volumes).toHaveProperty(source)
        else if (source !== './tls') expect(existsSync(join(folder, source))).toBe(true)
      }
    }
    const store = /^GATEWAY_STORE=redis:\/\/([\w-]+):6379$/m.exec(read('gateway.env.example'))?.[1]
    expect(services).toHaveProperty(store as string)
  })

  it.skipIf(skipWithout('redis-server'))('starts Redis with settings that it has', { timeout: 60_000 }, async () => {
    const args = optionsOf(services['redis']?.command)
    const redis = await startRedis({ args: args.flat() })
    cleaning.push(() => redis.stop())
    for (const [option, value] of args) expect(await redis.cli('CONFIG', 'GET', (option as string).slice(2))).toContain(value)
    const replica = optionsOf(services['redis-replica']?.command).filter(([option]) => option !== '--replicaof')
    const follower = await startRedis({ args: replica.flat(), replicaOf: redis })
    cleaning.push(() => follower.stop())
  })

  it.skipIf(skipWithout('nginx', 'openssl'))(
    'has an nginx that goes on when one of two gateways is gone, and at once when both were and one is back',
    { timeout: 60_000 },
    async () => {
      const path = temporaryFolder()
      const files = writeCertificate(path, 'session')
      const store = memoryStore()
      const serve = async (on: number) => serveGateway((await openTestGateway({ store })).gateway, { port: on, hostname: '127.0.0.1' })
      const nodes = await Promise.all([serve(0), serve(0)])
      const port = await freePort()
      const http = [
        ['/etc/nginx/tls/tls.crt', join(path, files.cert)],
        ['/etc/nginx/tls/tls.key', join(path, files.key)],
        ['listen 443', `listen 127.0.0.1:${port}`],
        ...nodes.map((one, at) => [`gateway-${at + 1}:4400`, `127.0.0.1:${one.port}`]),
      ].reduce((text, [from, to]) => text.replaceAll(from as string, to as string), nginx)
      const server = await startNginx({ http, port })
      cleaning.push(() => server.stop())
      const ca = readFileSync(join(path, files.cert), 'utf8')
      const statuses = async (address: string) => Promise.all(Array.from({ length: 8 }, () => statusOf(port, address, ca)))
      expect(await statuses('/readyz')).toEqual(Array(8).fill(200))
      await nodes[0].close()
      expect(await statuses('/readyz')).toEqual(Array(8).fill(200))
      expect(await statusOf(port, '/metrics', ca)).toBe(403)
      await nodes[1].close()
      expect(await statuses('/readyz')).toEqual(Array(8).fill(502))
      const back = await serve(nodes[1].port)
      expect(await statusOf(port, '/readyz', ca)).toBe(200)
      await back.close()
    },
  )
})

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: object
}

interface ComposeService {
  readonly command?: readonly string[]
  readonly depends_on?: object
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
}

/** Options of `redis-server` in a list, each with its words. */
function optionsOf([, ...options]: readonly string[] = []): readonly (readonly string[])[] {
  return options.map((option) => option.split(' '))
}

/** The instructions of a Dockerfile: lines that go on are joined, comments are none. */
function instructionsOf(text: string): readonly (readonly [name: string, rest: string])[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n')
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const)
}

/** The sections of a unit file, each setting once. */
function sectionsOf(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections: Record<string, Record<string, string>> = {}
  let current: Record<string, string> = {}
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? []
    if (section !== undefined) {
      current = {}
      sections[section] = current
      continue
    }
    const equals = line.indexOf('=')
    expect(equals).toBeGreaterThan(0)
    expect(current).not.toHaveProperty(line.slice(0, equals))
    current[line.slice(0, equals)] = line.slice(equals + 1)
  }
  return sections
}

function statusOf(port: number, path: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: 'localhost', path, ca, agent: false }, (response) =>
      response.resume().once('end', () => resolve(response.statusCode)),
    )
      .once('error', reject)
      .end()
  })
}
