import { describe, expect, it } from 'vitest'
import { transportSuite } from '../fixtures/transport-suite.ts'
import { fetchTransport, hasNotLeft, largestAnswerBytes } from './transport.ts'

transportSuite("fetchTransport over the platform's fetch", (origin) => fetchTransport(origin))

const get = { method: 'GET', path: '/v1/session', headers: {}, timeoutMs: 5_000 } as const
const over = (fetch: (request: Request) => Promise<Response>) => fetchTransport('https://session.acme.test', fetch)

describe('fetchTransport over a gateway in the same process', () => {
  it('hands it the request and takes its answer', async () => {
    const transport = over(async (request) => new Response(`${request.method} ${request.url}`, { status: 201, headers: { etag: '"1"' } }))
    const answer = await transport(get)
    expect([answer.status, answer.header('etag'), answer.body]).toEqual([201, '"1"', 'GET https://session.acme.test/v1/session'])
  })

  it('holds its deadline although the gateway does not look at the signal', async () => {
    const never = new Promise<Response>(() => {})
    await expect(over(() => never)({ ...get, timeoutMs: 20 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('holds its deadline although the body never ends', async () => {
    const endless = () => Promise.resolve(new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
    await expect(over(endless)({ ...get, timeoutMs: 20 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('reads a letter that comes in two pieces', async () => {
    const letter = new TextEncoder().encode('ü')
    const pieces = new ReadableStream({
      start: (controller) => {
        for (const byte of letter) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect((await over(async () => new Response(pieces))(get)).body).toBe('ü')
  })

  it('stops reading a body that is too large', async () => {
    let cancelled = false
    const chunk = new Uint8Array(1_048_576)
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
      cancel: () => {
        cancelled = true
      },
    })
    await expect(over(async () => new Response(endless))(get)).rejects.toThrow(`at most ${largestAnswerBytes} bytes`)
    expect(cancelled).toBe(true)
  })

  it('hands on what it rejects with, and what it throws', async () => {
    const mine = new Error('mine')
    await expect(over(() => Promise.reject(mine))(get)).rejects.toBe(mine)
    const throwing = () => {
      throw mine
    }
    await expect(over(throwing)(get)).rejects.toBe(mine)
  })

  it('leaves no warning about listeners behind for an answer of many pieces', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const pieces = new ReadableStream({
      start: (controller) => {
        for (let piece = 0; piece < 100; piece += 1) controller.enqueue(new TextEncoder().encode('a'))
        controller.close()
      },
    })
    expect((await over(async () => new Response(pieces))(get)).body).toHaveLength(100)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})

describe('hasNotLeft', () => {
  it.each([
    Object.assign(new Error(), { code: 'ECONNREFUSED' }),
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
    Object.assign(new Error(), { code: 'UND_ERR_CONNECT_TIMEOUT' }),
  ])('is sure about a connection that was not made: %o', (rejection) => {
    expect(hasNotLeft(rejection)).toBe(true)
  })

  it.each([
    Object.assign(new Error(), { code: 'ECONNRESET' }),
    Object.assign(new Error(), { code: 'UND_ERR_SOCKET' }),
    new DOMException('late', 'TimeoutError'),
    new Error('ECONNREFUSED'),
    'ECONNREFUSED',
    null,
    undefined,
  ])('is not sure about anything else: %o', (rejection) => {
    expect(hasNotLeft(rejection)).toBe(false)
  })
})
