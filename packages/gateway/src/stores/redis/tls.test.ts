import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { freePort, skipWithout } from '../../../../../tools/servers/server-process.ts'
import { created, stored } from '../../store-contract/bench.ts'
import { createRedisNodes } from './fixtures/redis-nodes.ts'
import { redisStore } from './redis-store.ts'

const nodes = createRedisNodes()
const folder = mkdtempSync(join(tmpdir(), 'single-state-tls-'))
afterEach(nodes.close)
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(skipWithout('redis-server', 'openssl'))('a Redis behind TLS', () => {
  it('is reached by rediss:, and by nobody who does not know its authority', async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', ...subject, '-keyout', key, '-out', certificate]
    execFileSync('openssl', made, { stdio: 'ignore' })
    const port = await freePort()
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    await nodes.start({ args: ['--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files] })
    const url = `rediss://127.0.0.1:${port}`
    const store = await nodes.open({ url, tls: { ca: readFileSync(certificate) } })
    await created(store, 'a')
    expect((await stored(store, 'a')).version).toBe(1)
    await expect(redisStore({ url })).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
