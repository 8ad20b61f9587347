import { keyOf } from '../../src/fixtures/test-gateway.ts'
import type { Draw } from './draw.ts'
import { hostileText, mark } from './hostile-values.ts'

/** What a connection sends: a head by lines, with what ends each, and a body. */
interface Raw {
  start: string
  lines: string[]
  body: string
  end: string
}

/** Bytes for a connection: a request that is nearly one. */
export function rawRequest(draw: Draw, token: string): Buffer {
  const raw = draw.once(2) ? readOf(token) : readsOf(token)
  const times = draw.pick([0, 1, 1, 1, 2, 3])
  for (let time = 0; time < times; time += 1) draw.pick(spoilings)(raw, draw)
  const { start, lines, body, end } = raw
  // In Latin-1, so that every byte can come.
  return Buffer.from(`${[start, ...lines].join(end)}${end}${end}${body}`, 'latin1')
}

const common = ['Host: localhost', 'Contract-Revision: 3', 'Connection: close', `Authorization: Bearer ${keyOf('portal')}`]

function readOf(token: string): Raw {
  return { start: 'GET /v1/session HTTP/1.1', lines: [...common, `Session-Token: ${token}`], body: '', end: '\r\n' }
}

function readsOf(token: string): Raw {
  const body = JSON.stringify({ reads: [{ token }] })
  const lines = [...common, 'Content-Type: application/json', `Content-Length: ${body.length}`]
  return { start: 'POST /v1/reads HTTP/1.1', lines, body, end: '\r\n' }
}

const starts = [
  'GET /v1/session HTTP/1.0',
  'GET /v1/session HTTP/0.9',
  'GET /v1/session HTTP/2.0',
  'GET /v1/session HTTP/1.1 x',
  'GET  /v1/session  HTTP/1.1',
  'GET http://evil.example/v1/session HTTP/1.1',
  'GET //evil.example/v1/session HTTP/1.1',
  'GET http://[::1 HTTP/1.1',
  'GET evil HTTP/1.1',
  'GET * HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'TRACE /v1/session HTTP/1.1',
  'CONNECT localhost:80 HTTP/1.1',
  'get /v1/session HTTP/1.1',
  'PROPFIND /v1/session HTTP/1.1',
  `${mark} /v1/session HTTP/1.1`,
  'GET /v1/session?\xe9\xff HTTP/1.1',
  'GET /v1/\x00session HTTP/1.1',
  'GET /v1/session\x7f HTTP/1.1',
  'GET /v1/session#x HTTP/1.1',
  'GET /%zz HTTP/1.1',
  `GET /${'x'.repeat(17_000)} HTTP/1.1`,
  'PRI * HTTP/2.0',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '',
]

const headers = [
  'Host: evil.example',
  'Host: a b',
  'Host: localhost:99999',
  'Host:',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 1e3',
  'Content-Length: 99999999999999999999',
  'Content-Length: +5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: \x0bchunked',
  'Expect: 100-continue',
  'Expect: nothing',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Connection: Upgrade, HTTP2-Settings',
  'Cookie: __Host-session=a',
  'Session-Token: other',
  'Authorization: Basic eDp5',
  ' folded',
  '\tfolded',
  'No colon',
  ': no name',
  'Na me: x',
  'Name\x00: x',
  `X-Long: ${'x'.repeat(17_000)}`,
]

const spoilings: readonly ((raw: Raw, draw: Draw) => void)[] = [
  (raw, draw) => {
    raw.start = draw.pick(starts)
  },
  (raw, draw) => {
    raw.lines.splice(draw.below(raw.lines.length + 1), 0, draw.pick(headers))
  },
  (raw, draw) => {
    raw.lines.splice(draw.below(raw.lines.length + 1), 0, draw.pick(headers))
  },
  (raw, draw) => {
    raw.lines.push(draw.pick(raw.lines))
  },
  (raw, draw) => {
    raw.lines.splice(draw.below(raw.lines.length), 1)
  },
  (raw, draw) => {
    raw.lines.push(`X-Hostile: ${hostileText(draw)}`)
  },
  (raw, draw) => {
    const at = draw.below(raw.lines.length)
    raw.lines[at] += hostileText(draw).slice(0, 100)
  },
  (raw, draw) => {
    raw.body = draw.pick([
      '',
      raw.body.slice(0, -3),
      `${raw.body}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n`,
      '5\r\nhello\r\n0\r\n\r\n',
      'zz\r\n',
      '\x00'.repeat(50),
    ])
  },
  (raw, draw) => {
    raw.end = draw.pick(['\n', '\r', '\r\n', '\r\r\n'])
  },
  (raw) => {
    raw.lines.push(...Array.from({ length: 2_100 }, (_, at) => `a${at}: 1`))
  },
]
