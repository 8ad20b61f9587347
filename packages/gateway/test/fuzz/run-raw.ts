import { once } from 'node:events'
import { connect } from 'node:net'
import { keyOf, openTestGateway } from '../../src/fixtures/test-gateway.ts'
import { serveGateway } from '../../src/serve.ts'
import { createDraw } from './draw.ts'
import { mark } from './hostile-values.ts'
import { rawRequest } from './raw-requests.ts'

/** So many at once: a gateway in use has others to answer, too. */
const atOnce = 160

/**
 * Sends a listening gateway bytes that are nearly requests, and looks at what comes back.
 *
 * @throws Error that names the seed, the bytes and what is wrong.
 */
export async function runRaw({
  requests,
  seed,
}: {
  readonly requests: number
  readonly seed: number
}): Promise<Readonly<Record<string, number>>> {
  const draw = createDraw(seed)
  const { gateway, signIn, logText } = await openTestGateway()
  const connections = { headersTimeoutMs: 200, requestTimeoutMs: 500 }
  const served = await serveGateway(gateway, { port: 0, hostname: '127.0.0.1', connections })
  const token = await signIn()
  const statuses: Record<string, number> = {}
  try {
    for (let sent = 0; sent < requests; sent += atOnce) {
      const batch = Array.from({ length: atOnce }, () => rawRequest(draw, token))
      const answers = await Promise.all(batch.map((bytes) => answerTo(bytes, served.port)))
      for (const [at, bytes] of batch.entries()) {
        const answer = answers[at] ?? ''
        const fault = faultOf(answer, bytes, token)
        if (fault) throw new Error(`${fault}\nseed ${seed}: ${bytes.toString('latin1').slice(0, 1_000)}\nanswer: ${answer.slice(0, 1_000)}`)
        const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'closed'
        statuses[status] = (statuses[status] ?? 0) + 1
      }
    }
    const alive = await fetch(`http://127.0.0.1:${served.port}/healthz`)
    if (alive.status !== 200 || logText().includes(token)) throw new Error(`after seed ${seed}: ${alive.status}, or a token in the log`)
  } finally {
    await served.close()
  }
  return statuses
}

/** The first whole answer, or everything that comes until the other side closes. */
async function answerTo(bytes: Buffer, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    text += chunk
    if (isWhole(text)) socket.destroy()
  })
  // A connection that is reset has been answered, or will be seen to be closed.
  socket.on('error', () => undefined)
  socket.write(bytes)
  await once(socket, 'close')
  return text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
}

function isWhole(text: string): boolean {
  const [head = '', body] = text.split(/\r\n\r\n([\s\S]*)/, 2)
  if (body === undefined || / 100 Continue$/.test(head)) return false
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? []
  return length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length)
}

/** Closing without a word is an answer to what is no HTTP. */
function faultOf(answer: string, bytes: Buffer, token: string): string | null {
  if (answer === '') return null
  const [, digits = ''] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? []
  const status = Number(digits)
  if (!(status >= 100)) return 'no status line'
  if (status >= 500 && ![501, 503, 505].includes(status)) return `status ${status}`
  const at = answer.indexOf('\r\n\r\n')
  const [head, body] = [answer.slice(0, at), answer.slice(at + 4)]
  if (answer.includes(keyOf('portal')) || answer.includes(token)) return 'a secret in the answer'
  if (status === 200 && !bytes.includes(token) && body.includes('"document":{"id"')) return 'a document for nobody'
  if (head.includes('evil.example') || head.includes(mark)) return 'what was sent, in a header'
  return status >= 400 && !/content-type: application\/problem\+json/i.test(head) ? 'no problem' : null
}
