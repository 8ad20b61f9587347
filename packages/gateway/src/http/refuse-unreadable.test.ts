import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createPlainRefusals } from './plain-refusals.ts'
import { refuseUnreadable } from './refuse-unreadable.ts'

const open: { servers: Server[]; sockets: Socket[] } = { servers: [], sockets: [] }

afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  for (const server of open.servers.splice(0)) server.close()
})

const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n'

describe('a request that was too slow, while its connection waits for its turn to be let go', () => {
  it('is told 408 when the turn comes', async () => {
    const { send, answer, tooSlow } = await connected()
    send(`${request}.`)
    const letGo = await tooSlow()
    letGo()
    expect(await answer(/ended$/)).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is served when it comes in whole before that, and is not told the contrary', async () => {
    const { send, answer, tooSlow } = await connected()
    send(`${request}.`)
    const letGo = await tooSlow()
    send('.')
    await answer(/served$/)
    letGo()
    send(`${request}..`)
    const text = await answer(/served[\s\S]*served$/)
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  })

  it.each([
    ['no more', ''],
    ['its headers and no body', 'Host: a\r\nContent-Length: 2\r\n\r\n.'],
  ])('is disconnected although the one before it on its connection came in whole: %s follows', async (_what, more) => {
    const { send, answer, tooSlow } = await connected()
    send(`${request}..`)
    await answer(/served$/)
    send('POST / HTTP/1.1\r\n')
    const letGo = await tooSlow()
    send(more)
    // Until the server has taken it in.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    letGo()
    expect(await answer(/ended$/)).toMatch(/served[\s\S]*HTTP\/1\.1 408 /)
  })
})

async function connected() {
  const turns: (() => void)[] = []
  const server = createServer({ headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 }, (incoming, response) => {
    incoming.resume().on('end', () => response.end('served'))
  })
  open.servers.push(server)
  refuseUnreadable(server, createPlainRefusals('http://localhost'), (call) => turns.push(call))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  open.sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  socket.on('end', () => {
    text += 'ended'
  })
  return {
    send: (bytes: string) => socket.write(bytes),
    answer: (pattern: RegExp) => eventually(() => (pattern.test(text) ? text : undefined)),
    tooSlow: () => eventually(() => turns.shift()),
  }
}

async function eventually<Value>(look: () => Value | undefined): Promise<Value> {
  for (const endMs = Date.now() + 10_000; Date.now() < endMs; ) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('it did not come to that in 10 s')
}
