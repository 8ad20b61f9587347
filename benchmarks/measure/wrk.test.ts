import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { skipWithout } from '../../tools/servers/server-process.ts'
import { load } from './wrk.ts'

const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function loaded(handler: RequestListener) {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-'))
  const server = createServer(handler).listen(0, '127.0.0.1')
  stops.push(
    () => server.close(),
    () => rm(folder, { recursive: true }),
  )
  await once(server, 'listening')
  await writeFile(join(folder, 'cookies'), 'a=1\na=2\na=3\n')
  return load((server.address() as AddressInfo).port, join(folder, 'cookies'), 2, 1)
}

describe.skipIf(skipWithout('wrk'))('load', () => {
  it('shows every cookie, and counts what was answered', async () => {
    const seen = new Set<string | undefined>()
    const { requests, perSecond } = await loaded((request, response) => {
      seen.add(request.headers.cookie)
      response.end('ok')
    })
    expect([...seen].sort()).toEqual(['a=1', 'a=2', 'a=3'])
    expect(requests).toBeGreaterThan(0)
    expect(perSecond).toBeGreaterThan(0)
  })

  it('gives no figure for a round in which one kind of person was refused', async () => {
    const refusing: RequestListener = (request, response) => void response.writeHead(request.headers.cookie === 'a=2' ? 401 : 200).end()
    await expect(loaded(refusing)).rejects.toThrow(/ [1-9]\d* were refused and 0 broke off/)
  })

  it('gives no figure for a round in which connections broke off', async () => {
    const breaking: RequestListener = (request, response) => {
      if (request.headers.cookie === 'a=2') response.destroy()
      else response.end('ok')
    }
    await expect(loaded(breaking)).rejects.toThrow(/ 0 were refused and [1-9]\d* broke off/)
  })
})
