import { once } from 'node:events'
import { createServer, type Socket, connect as tcpConnect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts'
import type { ProxyFault } from './proxy-fault.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A server that says everything again, and what it has heard. */
async function echo() {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      socket.write(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    heard: () => heard.join(''),
    sockets,
    stop: () => server.close(),
  }
}

/** A client that remembers what it was told and how it ended. */
function dial(port: number) {
  const socket = tcpConnect({ port, host: '127.0.0.1' })
  let received = ''
  let end: string | null = null
  socket.on('data', (chunk) => {
    received += chunk.toString()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    end = error.code ?? 'error'
  })
  socket.on('close', () => {
    end ??= 'closed'
  })
  closing.push(() => socket.destroy())
  return { socket, write: (text: string) => socket.write(text), received: () => received, end: () => end }
}

async function proxied(): Promise<{ server: Awaited<ReturnType<typeof echo>>; proxy: FaultProxy }> {
  const server = await echo()
  const proxy = await createFaultProxy({ target: { port: server.port } })
  closing.push(() => proxy.close())
  return { server, proxy }
}

const until = (condition: () => unknown) => expect.poll(condition, { timeout: 5_000, interval: 5 })

describe('a fault proxy', () => {
  it('passes everything on both ways, and its end', async () => {
    const { server, proxy } = await proxied()
    const client = dial(proxy.port)
    const text = 'x'.repeat(3_000_000)
    client.write(text)
    await until(() => client.received().length).toBe(text.length)
    expect(proxy.counts()).toMatchObject({ connections: 1, open: 1, broken: 0, requestBytes: text.length, answerBytes: text.length })
    client.socket.end()
    await until(() => server.sockets.size).toBe(0)
    await until(() => proxy.counts().open).toBe(0)
    await until(() => client.end()).toBe('closed')
  })

  it('delays what arrives and keeps its order, although the later chunk has less to wait', async () => {
    const server = await echo()
    const draws = [1, 0]
    const proxy = await createFaultProxy({ target: { port: server.port }, random: () => draws.shift() ?? 0 })
    closing.push(() => proxy.close())
    await proxy.set({ kind: 'latency', ms: 20, jitterMs: 60, way: 'requests' })
    const client = dial(proxy.port)
    const startedAt = performance.now()
    client.write('first')
    await until(() => draws.length).toBe(1)
    client.write('second')
    await until(() => client.received()).toBe('firstsecond')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79)
  })

  it('delivers what was late although its sender has left', async () => {
    const { server, proxy } = await proxied()
    await proxy.set({ kind: 'latency', ms: 80, way: 'requests' })
    const client = dial(proxy.port)
    client.socket.end('too late')
    await until(() => server.heard()).toBe('too late')
  })

  it('loses answers alone: the server has heard what nobody is told of', async () => {
    const { server, proxy } = await proxied()
    const [early, idle] = [dial(proxy.port), dial(proxy.port)]
    await until(() => proxy.counts().open).toBe(2)
    await proxy.set({ kind: 'blackhole', way: 'answers' })
    early.write('done')
    await until(() => proxy.counts().lostAnswerBytes).toBe(4)
    expect([server.heard(), early.received(), early.end()]).toEqual(['done', '', null])

    await proxy.set({ kind: 'pass' })
    await until(() => early.end()).toBe('ECONNRESET')
    idle.write('still here')
    await until(() => idle.received()).toBe('still here')
  })

  it('loses requests alone, and both ways at once', async () => {
    const { server, proxy } = await proxied()
    await proxy.set({ kind: 'blackhole', way: 'requests' })
    const client = dial(proxy.port)
    client.write('nobody')
    await until(() => proxy.counts().lostRequestBytes).toBe(6)
    for (const socket of server.sockets) socket.write('but this comes')
    await until(() => client.received()).toBe('but this comes')

    await proxy.set({ kind: 'blackhole' })
    for (const socket of server.sockets) socket.write('nor this')
    await until(() => proxy.counts().lostAnswerBytes).toBe(8)
    expect([server.heard(), client.received(), client.end()]).toEqual(['', 'but this comes', null])
  })

  it('resets what is open and what is new, and connects again once healed', async () => {
    const { proxy } = await proxied()
    const open = dial(proxy.port)
    await until(() => proxy.counts().open).toBe(1)
    await proxy.set({ kind: 'reset' })
    await until(() => open.end()).toBe('ECONNRESET')
    const fresh = dial(proxy.port)
    await until(() => fresh.end()).toBe('ECONNRESET')
    expect(proxy.counts().broken).toBe(2)
    await proxy.set({ kind: 'pass' })
    const healed = dial(proxy.port)
    healed.write('back')
    await until(() => healed.received()).toBe('back')
  })

  it('refuses connections as a port does where nothing listens, and listens there again', async () => {
    const { proxy } = await proxied()
    const open = dial(proxy.port)
    await until(() => proxy.counts().open).toBe(1)
    await proxy.set({ kind: 'refuse' })
    await until(() => open.end()).toBe('ECONNRESET')
    const refused = dial(proxy.port)
    await until(() => refused.end()).toBe('ECONNREFUSED')
    await proxy.set({ kind: 'pass' })
    const healed = dial(proxy.port)
    healed.write('back')
    await until(() => healed.received()).toBe('back')
  })

  it('cuts each connection after so many bytes of answers', async () => {
    const { server, proxy } = await proxied()
    const client = dial(proxy.port)
    client.write('whole')
    await until(() => client.received()).toBe('whole')
    await proxy.set({ kind: 'cut', afterBytes: 4 })
    client.write('ab')
    client.write('cdef')
    await until(() => client.end()).toBe('closed')
    expect(client.received()).toBe('wholeabcd')
    await until(() => server.sockets.size).toBe(0)
  })

  it('tells one side late that the other has closed', async () => {
    const { server, proxy } = await proxied()
    await proxy.set({ kind: 'slow-close', ms: 100 })
    const client = dial(proxy.port)
    client.write('hello')
    await until(() => client.received()).toBe('hello')
    const startedAt = performance.now()
    client.socket.end()
    await until(() => server.sockets.size).toBe(0)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(99)
  })

  it('resets a client whose server is away', async () => {
    const { server, proxy } = await proxied()
    server.stop()
    const client = dial(proxy.port)
    await until(() => client.end()).toBe('ECONNRESET')
  })

  it.each<[string, ProxyFault]>([
    ['fault: expected pass, latency', { kind: 'lag' } as unknown as ProxyFault],
    ['fault.ms: expected a whole number from 0, found -1', { kind: 'latency', ms: -1 }],
    ['fault.way: expected requests, answers or both', { kind: 'blackhole', way: 'up' } as unknown as ProxyFault],
    ['fault.ms: a blackhole has no such setting', { kind: 'blackhole', ms: 5 } as unknown as ProxyFault],
  ])('says %s', async (message, fault) => {
    const { proxy } = await proxied()
    await expect(proxy.set(fault)).rejects.toThrow(message)
  })

  it('brings new connections to where its target has moved, and leaves open ones where they are', async () => {
    const [old, next] = [await echo(), await echo()]
    const target = { port: old.port }
    const proxy = await createFaultProxy({ target })
    closing.push(proxy.close)
    const before = dial(proxy.port)
    before.write('one')
    await until(() => before.received()).toBe('one')
    target.port = next.port
    const after = dial(proxy.port)
    after.write('two')
    before.write('three')
    await until(() => [before.received(), after.received()]).toEqual(['onethree', 'two'])
    expect([old.heard(), next.heard()]).toEqual(['onethree', 'two'])
  })

  it('rejects when its port is taken', async () => {
    const { server } = await proxied()
    await expect(createFaultProxy({ target: { port: 1 }, listen: { port: server.port } })).rejects.toThrow('EADDRINUSE')
  })
})
