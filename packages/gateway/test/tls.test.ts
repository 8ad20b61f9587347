import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { skipWithout } from '../../../tools/servers/server-process.ts'
import { openTestGateway } from '../src/fixtures/test-gateway.ts'
import { serveGateway } from '../src/serve.ts'
import { readTlsFiles } from '../src/tls-files.ts'
import { writeCertificate } from './certificate.ts'
import { type CommandProcess, startCommand } from './command-process.ts'
import { createProjectFolder } from './project-folder.ts'

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'single-state-tls-'))
  cleaning.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Status of `/healthz`, and whose certificate was shown. */
function healthOver(port: number, ca: string): Promise<{ status: number | undefined; name: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: 'localhost', path: '/healthz', ca, agent: false }, (response) => {
      const shown = (response.socket as TLSSocket).getPeerCertificate().subject.CN
      response.resume().once('end', () => resolve({ status: response.statusCode, name: Array.isArray(shown) ? shown[0] : shown }))
    })
    asked.once('error', reject).end()
  })
}

describe.skipIf(skipWithout('openssl'))('TLS of the listener', () => {
  it('serves HTTPS alone, and takes another certificate for the connections from then on', async () => {
    const path = folder()
    const pair = (name: string) => readTlsFiles(writeCertificate(path, name), path)
    const [first, second] = [pair('first'), pair('second')]
    const { gateway } = await openTestGateway()
    const served = await serveGateway(gateway, { port: 0, tls: first })
    cleaning.push(served.close)
    expect(await healthOver(served.port, first.cert)).toEqual({ status: 200, name: 'first' })
    await expect(fetch(`http://localhost:${served.port}/healthz`)).rejects.toThrow()
    served.renew(second)
    expect(await healthOver(served.port, second.cert)).toEqual({ status: 200, name: 'second' })
  })

  it('refuses files that are no pair, by the name of the option', () => {
    const path = folder()
    const files = writeCertificate(path, 'one')
    const other = writeCertificate(path, 'other')
    const said = (broken: Partial<typeof files>) => () => readTlsFiles({ ...files, ...broken }, path)
    expect(said({ key: other.key })).toThrow(/^tls\.key: expected the key of the certificate in one\.crt, found another$/)
    expect(said({ key: files.cert })).toThrow(/^tls\.key: expected a private key as PEM/)
    expect(said({ cert: files.key })).toThrow(/^tls\.cert: expected a certificate as PEM/)
    expect(said({ cert: 'missing.crt' })).toThrow(/^tls\.cert: cannot be read: ENOENT .*missing\.crt$/)
  })

  it('is read again on SIGHUP by the command, and a broken pair changes nothing', { timeout: 60_000 }, async () => {
    const project = createProjectFolder()
    cleaning.push(project.remove)
    project.write({ 'package.json': '{ "type": "module" }' })
    const init = startCommand(project.path, ['init'])
    expect(await init.ended).toBe(0)
    const files = writeCertificate(project.path, 'listener')
    const options = ['--host', 'localhost', '--port', '0', '--store', 'memory', '--tls-key', files.key, '--tls-cert', files.cert]
    const command: CommandProcess = startCommand(project.path, ['gateway', ...options])
    cleaning.push(() => command.kill('SIGKILL'))
    const port = Number(/ on localhost:(\d+)/.exec(await command.line(/^listening/))?.[1])
    expect(await healthOver(port, project.read(files.cert))).toEqual({ status: 200, name: 'listener' })

    const renewed = writeCertificate(project.path, 'renewed')
    const kept = project.read(files.cert)
    for (const part of ['key', 'cert'] as const) project.write({ [files[part]]: project.read(renewed[part]) })
    command.kill('SIGHUP')
    await command.line(/^the certificate was read again/)
    expect(await healthOver(port, project.read(renewed.cert))).toEqual({ status: 200, name: 'renewed' })

    writeFileSync(join(project.path, files.cert), kept)
    command.kill('SIGHUP')
    await command.line(/^the certificate stays as it was: tls\.key: expected the key of the certificate/)
    expect(await healthOver(port, readFileSync(join(project.path, renewed.cert), 'utf8'))).toEqual({ status: 200, name: 'renewed' })
    command.kill('SIGTERM')
    expect(await command.ended).toBe(0)
  })

  it('needs both options', { timeout: 60_000 }, async () => {
    const project = createProjectFolder()
    cleaning.push(project.remove)
    project.write({ 'package.json': '{ "type": "module" }' })
    expect(await startCommand(project.path, ['init']).ended).toBe(0)
    const half = startCommand(project.path, ['gateway', '--store', 'memory', '--tls-key', 'a.key'])
    expect(await half.ended).toBe(2)
    expect(half.err.join('\n')).toContain('expected --tls-key and --tls-cert, found one of them')
  })
})
