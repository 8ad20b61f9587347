import { afterEach, describe, expect, it } from 'vitest'
import { startRedis } from '../../../tools/servers/redis-server.ts'
import { freePort, skipWithout } from '../../../tools/servers/server-process.ts'
import type { Finding } from '../src/commands/doctor/finding.ts'
import { providerFindings } from '../src/commands/doctor/provider.ts'
import { origin } from '../src/fixtures/test-gateway.ts'
import { oidc } from '../src/oidc/oidc.ts'
import { type CommandProcess, runProcess, startCommand } from './command-process.ts'
import { createProjectFolder, type ProjectFolder } from './project-folder.ts'
import { startTestIdp, type TestIdp } from './test-idp.ts'

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

async function project(): Promise<ProjectFolder & { readonly port: number }> {
  const folder = createProjectFolder()
  cleaning.push(folder.remove)
  folder.write({ 'package.json': '{ "type": "module" }' })
  await runProcess(folder.path, ['init'])
  const port = await freePort()
  folder.write({ 'gateway.config.ts': folder.read('gateway.config.ts').replaceAll(':4400', `:${port}`) })
  return { ...folder, port }
}

async function examined({ path }: ProjectFolder, env?: NodeJS.ProcessEnv) {
  const { code, out } = await runProcess(path, ['doctor', '--json'], env)
  return { code, ...(JSON.parse(out) as { readonly ok: boolean; readonly findings: readonly Finding[] }) }
}

const of = (findings: readonly Finding[], check: Finding['check']) => findings.filter((finding) => finding.check === check)

describe('single-state doctor', () => {
  it('finds a new project well without a gateway, and says each thing in a line', { timeout: 60_000 }, async () => {
    const folder = await project()
    const { code, out, err } = await runProcess(folder.path, ['doctor'])
    expect([code, err]).toEqual([0, ''])
    for (const check of ['node', 'configuration', 'cookie', 'encryption', 'gateway', 'store', 'clock', 'keys', 'identity provider']) {
      expect(out).toMatch(new RegExp(`^✓ ${check} +\\S`, 'm'))
    }
    expect(out).toContain('none answers at')
    expect(out).toMatch(/✓ store +one file, journal wal, synchronous 2, schema \d+/)
    expect(out).toMatch(/\n✓ \d+ looked at, 0 failed, \d+ to watch$/)
    expect(out).not.toContain(/SINGLE_STATE_SECRET=(.+)/.exec(folder.read('.env'))?.[1])
  })

  it('leaves a running gateway alone, and says that it is ready', { timeout: 60_000 }, async () => {
    const folder = await project()
    const gateway: CommandProcess = startCommand(folder.path, ['dev'])
    cleaning.push(() => gateway.kill('SIGKILL'))
    await gateway.line(/^Ctrl-C/)
    const { code, findings } = await examined(folder)
    expect(code).toBe(0)
    expect(of(findings, 'gateway')[0]?.found).toBe(`answers at http://localhost:${folder.port} and is ready`)
    expect(of(findings, 'store')[0]?.found).toContain('the gateway that runs has the file')
    expect((await fetch(`http://localhost:${folder.port}/readyz`)).status).toBe(200)
    const ended = await runProcess(folder.path, ['end-all', '--offline', '--yes'])
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('leave --offline out')])
  })

  it('ends everybody in a store whose gateway is away', { timeout: 60_000 }, async () => {
    const folder = await project()
    const gateway = startCommand(folder.path, ['dev'])
    cleaning.push(() => gateway.kill('SIGKILL'))
    await gateway.line(/^Ctrl-C/)
    gateway.kill('SIGTERM')
    await gateway.ended
    const { code, out } = await runProcess(folder.path, ['end-all', '--offline', '--yes', '--reason', 'restored', '--json'])
    expect([code, JSON.parse(out)]).toEqual([0, { committedAt: expect.any(String), store: 'sqlite:./sessions.db' }])
    const unconfirmed = await runProcess(folder.path, ['end-all', '--offline'])
    expect([unconfirmed.code, unconfirmed.err]).toEqual([1, expect.stringContaining('--yes goes on without')])
    const memory = await runProcess(folder.path, ['end-all', '--offline', '--yes', '--store', 'memory'])
    expect(memory.code).toBe(1)
  })

  it('fails with 1 and what to do: a wrong option, another secret, a store that is none', { timeout: 60_000 }, async () => {
    const folder = await project()
    const gateway = startCommand(folder.path, ['dev'])
    cleaning.push(() => gateway.kill('SIGKILL'))
    await gateway.line(/^Ctrl-C/)
    gateway.kill('SIGTERM')
    await gateway.ended
    const other = await examined(folder, { SINGLE_STATE_SECRET: 'another secret that is long enough!!' })
    expect([other.code, other.ok]).toEqual([1, false])
    expect(of(other.findings, 'keys')).toMatchObject([{ level: 'fail', fix: expect.stringContaining('SINGLE_STATE_SECRET') }])
    const config = folder.read('gateway.config.ts')
    folder.write({ 'sessions.db': 'no database', 'sessions.db-wal': '' })
    const broken = await examined(folder)
    expect(of(broken.findings, 'store')).toMatchObject([{ level: 'fail', found: expect.stringContaining('expected a SQLite database') }])
    folder.write({ 'gateway.config.ts': config.replace('http://localhost', 'http://session.example.com') })
    const { findings, code } = await examined(folder)
    expect([code, findings.map(({ check }) => check)]).toEqual([1, ['node', 'configuration']])
    expect(findings[1]).toMatchObject({ level: 'fail', found: expect.stringMatching(/^origin: expected https/) })
  })
})

describe.skipIf(skipWithout('redis-server'))('single-state doctor on Redis', () => {
  it('passes on what the store says of itself, and ends everybody in it offline', { timeout: 60_000 }, async () => {
    const redis = await startRedis()
    cleaning.push(() => redis.stop())
    const { path } = await project()
    const looked = await runProcess(path, ['doctor', '--json', '--store', redis.url])
    const { findings } = JSON.parse(looked.out) as { findings: readonly Finding[] }
    expect(looked.code).toBe(0)
    expect(of(findings, 'store').map(({ level }) => level)).toContain('warn')
    expect(of(findings, 'store')).toContainEqual(
      expect.objectContaining({ found: expect.stringContaining('append-only file'), fix: 'set appendonly yes' }),
    )
    expect(of(findings, 'clock')[0]?.level).toBe('ok')
    const ended = await runProcess(path, ['end-all', '--offline', '--yes', '--store', redis.url])
    expect([ended.code, ended.out]).toEqual([0, expect.stringContaining("everybody's sessions")])

    await redis.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    const refused = await runProcess(path, ['doctor', '--json', '--store', redis.url])
    expect(refused.code).toBe(1)
    expect(of((JSON.parse(refused.out) as { findings: readonly Finding[] }).findings, 'store')).toMatchObject([{ level: 'fail' }])
    const wrong = await runProcess(path, ['end-all', '--offline', '--yes', '--store', 'mysql://x'])
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^single-state end-all: store: expected .*mysql:…/)])
  })
})

describe('the look at the identity provider', () => {
  async function looking(change: (idp: TestIdp) => Partial<Parameters<typeof oidc>[0]> = () => ({}), at = origin) {
    const idp = await startTestIdp(origin)
    cleaning.push(idp.stop)
    const { issuer, clientId, clientSecret } = idp
    const look = () => providerFindings(oidc({ issuer, clientId, clientSecret, ...change(idp) }), at)
    return { idp, look }
  }

  it('finds metadata, keys, clock and redirect address as a sign-in does', async () => {
    const { idp, look } = await looking()
    const findings = await look()
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(findings.map(({ found }) => found).join('\n')).toContain(`takes this client and ${origin}/callback`)
    expect(findings[1]?.found).toBe(`${idp.issuer} answers`)
  })

  it('fails for an address or a client that is not registered', async () => {
    const unregistered = { level: 'fail', fix: expect.stringContaining('letter by letter') }
    expect(await (await looking(undefined, 'http://localhost:4499')).look()).toContainEqual(expect.objectContaining(unregistered))
    expect(await (await looking(() => ({ clientId: 'stranger' }))).look()).toContainEqual(expect.objectContaining(unregistered))
  })

  it('fails for a provider that is away, has no keys, or answers something else', async () => {
    const { idp, look } = await looking()
    idp.spoil((request, response) => {
      if (!request.url?.startsWith('/jwks')) return false
      response.setHeader('content-type', 'application/json').end('{"keys":[]}')
      return true
    })
    expect(await look()).toContainEqual(expect.objectContaining({ level: 'fail', found: expect.stringContaining('no keys at') }))
    idp.spoil((_request, response) => {
      response.end('<html>')
      return true
    })
    expect(await look()).toMatchObject([{ level: 'fail', found: expect.stringContaining('metadata') }])
    await idp.stop()
    expect(await look()).toMatchObject([{ level: 'fail', found: expect.stringContaining('ECONNREFUSED') }])
  })

  it('notices a clock that is far off', async () => {
    const { idp, look } = await looking()
    idp.spoil((_request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
      return false
    })
    expect(await look()).toContainEqual(
      expect.objectContaining({ check: 'clock', level: 'fail', found: expect.stringContaining('behind') }),
    )
  })
})
