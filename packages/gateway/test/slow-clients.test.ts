import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { keyOf, openTestGateway } from '../src/fixtures/test-gateway.ts'
import { type ServedGateway, serveGateway } from '../src/serve.ts'

const open: { served: ServedGateway[]; sockets: Socket[] } = { served: [], sockets: [] }

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  for (const served of open.served.splice(0)) await served.close()
})

const head = (length: number) =>
  [
    'POST /v1/reads HTTP/1.1',
    'Host: a',
    'Contract-Revision: 3',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    '',
    '',
  ].join('\r\n')

describe('a client that is slow', () => {
  it.each<[what: string, start: string, drip: string]>([
    ['with its headers, and then silent', 'GET /healthz HTTP/1.1\r\nHost: a\r\n', ''],
    ['with its headers, one at a time', 'GET /healthz HTTP/1.1\r\nHost: a\r\n', 'X-Slow: 1\r\n'],
    ['with its body, and then silent', `${head(1_000)}{"reads":[`, ''],
    ['with its body, a byte at a time', `${head(1_000)}{"reads":[`, ' '],
  ])('%s, is told 408 and let go', { timeout: 30_000 }, async (_what, start, drip) => {
    const { port } = await serving()
    const { socket, answer } = connection(port)
    socket.write(start)
    const dripping = setInterval(() => socket.writable && drip !== '' && socket.write(drip), 20)
    const text = await answer
    clearInterval(dripping)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toMatch(/content-type: application\/problem\+json/i)
  })

  it('to read its answers is let go', { timeout: 60_000 }, async () => {
    const { port, url } = await serving()
    const { socket, answer } = connection(port)
    socket.pause()
    const question = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'
    // More answers than both ends have room for.
    socket.write(question.repeat(400))
    await eventually(async () => {
      socket.write(question)
      return socket.destroyed || !socket.writable
    })
    await answer
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('does not keep the others waiting, however many there are of it', { timeout: 60_000 }, async () => {
    const { port, url, token } = await serving({ headersTimeoutMs: 5_000, requestTimeoutMs: 10_000 })
    for (let at = 0; at < 200; at += 1) {
      const { socket } = connection(port)
      socket.write(at % 2 === 0 ? 'GET /healthz HTTP/1.1\r\nHost: a\r\n' : `${head(1_000)}{"reads":[`)
    }
    const headers = { Authorization: `Bearer ${keyOf('portal')}`, 'Session-Token': token, 'Contract-Revision': '3' }
    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(`${url}/v1/session`, { headers })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    // They are still there: it is not that they were all let go first.
    expect(open.sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0)
  })
})

describe('a gateway whose store does not keep up', () => {
  it('answers 503 at once beyond 512 calls, says when to come back, and serves everybody who waits', { timeout: 60_000 }, async () => {
    const held = Promise.withResolvers<void>()
    const { store } = await openTestGateway()
    const slow: typeof store = {
      ...store,
      read: async (ids) => {
        await held.promise
        return store.read(ids)
      },
    }
    // Deadlines that never come: it is not they that refuse.
    const timers = { after: () => () => undefined, every: () => () => undefined }
    const { gateway, signIn, read } = await openTestGateway({ store: slow }, { timers })
    const token = await signIn()
    const early: Awaited<ReturnType<typeof read>>[] = []
    let isHeld = true
    const answers = Array.from({ length: 600 }, async () => {
      const answer = await read(token)
      if (isHeld) early.push(answer)
      return answer
    })
    await eventually(async () => early.length >= 88)
    expect(early).toHaveLength(88)
    expect(new Set(early.map(({ status, body }) => `${status} ${body.code}`))).toEqual(new Set(['503 store_unavailable']))
    expect(early[0]?.headers.get('retry-after')).toBe('1')
    isHeld = false
    held.resolve()
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(512)
    expect((await read(token)).status).toBe(200)
    await gateway.close()
  })
})

async function serving(connections = { headersTimeoutMs: 200, requestTimeoutMs: 400 }) {
  const { gateway, signIn } = await openTestGateway()
  const served = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1', connections, drainMs: 100 })
  open.served.push(served)
  return { port: served.port, url: `http://127.0.0.1:${served.port}`, token: await signIn() }
}

/** A connection, and everything that comes on it until it is closed. */
function connection(port: number): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1')
  open.sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8')
  // A reset ends it as well as an end does.
  socket.on('error', () => undefined)
  const answer = new Promise<string>((resolve) => socket.on('close', () => resolve(text)))
  socket.on('data', (chunk) => {
    text += chunk
  })
  return { socket, answer }
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 25_000
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error('it did not come to that in 25 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
