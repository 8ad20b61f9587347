import { keyOf } from '../../src/fixtures/test-gateway.ts'
import { bodyOf, type Draft, headerOf, setHeader } from './draft.ts'
import type { Draw } from './draw.ts'
import type { FuzzScene } from './fuzz-scene.ts'
import { hostileJson, hostileText, mark } from './hostile-values.ts'

type Mutation = (draft: Draft, draw: Draw, scene: FuzzScene) => void

/** Spoils a request in up to four ways, or leaves it as it is. */
export function mutate(draft: Draft, draw: Draw, scene: FuzzScene): void {
  const times = draw.pick([0, 1, 1, 1, 2, 2, 3, 4])
  for (let time = 0; time < times; time += 1) draw.pick(mutations)(draft, draw, scene)
}

/** Those of the body come more often: that is where most of the structure is. */
const mutations: readonly Mutation[] = [
  changeMethod,
  changePath,
  changeQuery,
  dropHeader,
  doubleHeader,
  spoilHeader,
  addHeader,
  spoilToken,
  swapCredential,
  changeJson,
  changeJson,
  changeJson,
  changeText,
  changeMediaType,
]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY', 'get', 'pAtCh', mark]

function changeMethod(draft: Draft, draw: Draw): void {
  draft.method = draw.pick(methods)
}

const pathParts = [
  '',
  '.',
  '..',
  '%2e%2e',
  '%2F',
  '%5C',
  '%00',
  '%E9',
  '%zz',
  '%c0%ae',
  ';a=1',
  '__proto__',
  mark,
  'x'.repeat(3_000),
  '%F0%9F%91%A9',
]

function changePath(draft: Draft, draw: Draw): void {
  const parts = draft.path.split('/')
  const at = draw.below(parts.length)
  const part = parts[at] ?? ''
  const way = draw.below(6)
  if (way === 0) parts.splice(at, 0, draw.pick(pathParts))
  else if (way === 1) parts.splice(at, 1)
  else if (way === 2) parts[at] = draw.pick(pathParts)
  else if (way === 3) parts[at] = part + draw.pick(pathParts)
  else if (way === 4) parts[at] = spelledOut(part, draw)
  else parts[at] = part.toUpperCase()
  draft.path = `/${parts.join('/').replace(/^\//, '')}`
}

/** One character as its percent-encoding: the same address to some, and another to others. */
function spelledOut(part: string, draw: Draw): string {
  const at = draw.below(part.length + 1)
  const character = part[at]
  if (character === undefined || character === '%') return `${part}%2`
  return `${part.slice(0, at)}%${character.charCodeAt(0).toString(16).padStart(2, '0')}${part.slice(at + 1)}`
}

const queryNames = ['limit', 'after', 'session', 'return_to', 'state', 'code', 'acr_values', 'max_age', 'iss', 'error', '__proto__', mark]

function changeQuery(draft: Draft, draw: Draw): void {
  const { query } = draft
  const way = draw.below(4)
  if (way === 0) query.push([draw.pick(queryNames), hostileText(draw)])
  else if (query.length === 0) query.push([draw.pick(queryNames), ''])
  else if (way === 1) query.push(draw.pick(query))
  else if (way === 2) query.splice(draw.below(query.length), 1)
  else draft.query = query.map(([name, value], at) => (at === 0 ? [name, hostileText(draw)] : [name, value]))
}

function dropHeader(draft: Draft, draw: Draw): void {
  draft.headers.splice(draw.below(draft.headers.length || 1), 1)
}

function doubleHeader(draft: Draft, draw: Draw): void {
  const [name, value] = draft.headers[draw.below(draft.headers.length || 1)] ?? ['Cookie', '__Host-session=a']
  draft.headers.push([draw.once(2) ? name.toUpperCase() : name, draw.once(2) ? value : inHeader(hostileText(draw))])
}

function spoilHeader(draft: Draft, draw: Draw): void {
  const header = draft.headers[draw.below(draft.headers.length || 1)]
  if (header) header[1] = draw.once(3) ? header[1] + inHeader(hostileText(draw)) : inHeader(hostileText(draw))
}

const oddHeaders: readonly [string, string][] = [
  ['Transfer-Encoding', 'chunked, identity'],
  ['Content-Length', '999999'],
  ['Content-Encoding', 'gzip'],
  ['Expect', '100-continue'],
  ['Upgrade', 'websocket'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Forwarded-For', mark],
  ['X-Forwarded-Host', 'evil.example'],
  ['Forwarded', `for="${mark}";host=evil.example`],
  ['Host', 'evil.example'],
  ['Origin', 'https://evil.example'],
  ['Origin', 'null'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Range', 'bytes=0-1'],
  ['If-Match', '*'],
  ['If-None-Match', '*'],
  ['Traceparent', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
  ['Traceparent', mark],
  ['Single-State-Session', mark],
  ['Session-Context', mark],
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
]

function addHeader(draft: Draft, draw: Draw): void {
  const [name, value] = draw.pick(oddHeaders)
  draft.headers.push([name, draw.once(4) ? inHeader(hostileText(draw)) : value])
}

/** What `Headers` takes; line breaks and the like are for the raw connection. */
function inHeader(text: string): string {
  return [...text].filter((sign) => sign >= ' ' && sign <= '\xff' && sign !== '\x7f').join('')
}

function spoilToken(draft: Draft, draw: Draw, scene: FuzzScene): void {
  const other = draw.pick(scene.tokens).token
  draft.headers = draft.headers.map(([name, value]) => {
    const holds = /^(session-token|cookie)$/i.test(name)
    return holds ? [name, value.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, (token) => spoiled(token, other, draw))] : [name, value]
  })
}

function spoiled(token: string, other: string, draw: Draw): string {
  const [head = '', payload = '', signature = ''] = token.split('.')
  const [otherHead = '', otherPayload = '', otherSignature = ''] = other.split('.')
  const at = draw.below(token.length)
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'session+jwt', kid: mark })).toString('base64url')
  return draw.pick([
    token.slice(0, at) + draw.pick(['A', '_', '=', '.', '+', ' ']) + token.slice(at + 1),
    token.slice(0, at),
    `${head}.${otherPayload}.${signature}`,
    `${otherHead}.${payload}.${otherSignature}`,
    `${none}.${payload}.`,
    `${head}.${payload}.${signature}.${signature}`,
    `${token}${token}`,
    `${head}.${Buffer.from('{"gen":1e400}').toString('base64url')}.${signature}`,
    token.toLowerCase(),
  ])
}

/** A credential of one kind in the place of another. */
function swapCredential(draft: Draft, draw: Draw, scene: FuzzScene): void {
  const credential = draw.pick([
    keyOf('portal'),
    keyOf('admin'),
    draw.pick(scene.tokens).token,
    `ss_portal_${'A'.repeat(43)}`,
    draw.pick(scene.tokens).id,
  ])
  const place = draw.pick(['Authorization', 'Session-Token', 'Cookie', 'Idempotency-Key'])
  const forms: Readonly<Record<string, string>> = { Authorization: `Bearer ${credential}`, Cookie: `__Host-session=${credential}` }
  setHeader(draft, place, forms[place] ?? credential)
}

function changeJson(draft: Draft, draw: Draw): void {
  if (draft.json === undefined) return
  const copy = structuredClone({ body: draft.json }) as Record<string, unknown>
  const places = placesIn(copy)
  const { holder, key } = draw.pick(places)
  const way = draw.below(5)
  if (way === 0) delete holder[key]
  else if (way === 1) define(holder, hostileText(draw).slice(0, 200), hostileJson(draw))
  else if (way === 2) define(holder, key, [holder[key], holder[key]])
  else define(holder, key, hostileJson(draw))
  draft.json = copy.body
}

/** As a member of its own, whatever its name: an assignment to `__proto__` makes none. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
}

/** Every member and element of a value, at any depth that we have made ourselves. */
function placesIn(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 6) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder)
    .slice(0, 20)
    .flatMap((key) => [{ holder, key }, ...placesIn(holder[key], depth + 1)])
}

const fragments = [
  '\u0000',
  '\ufeff',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\u0000',
  '\\ud800',
  '"__proto__":{},',
  '"a":1,"a":2,',
  '1e999',
  '-',
  '//',
]

function changeText(draft: Draft, draw: Draw): void {
  const body = bodyOf(draft)
  const text = typeof body === 'string' ? body : ''
  const at = draw.below(text.length + 1)
  const way = draw.below(7)
  if (way === 0) draft.text = text.slice(0, at)
  else if (way === 1) draft.text = text.slice(0, at) + draw.pick(fragments) + text.slice(at)
  else if (way === 2) draft.text = text.slice(0, at) + text.slice(at + 1)
  else if (way === 3) draft.text = '['.repeat(draw.pick([9, 9, 8_000, 100_000]))
  else if (way === 4) draft.text = new Uint8Array([...Buffer.from(text.slice(0, at)), 0xff, 0xc0, 0x80])
  else if (way === 5) draft.text = `{"${mark}":"${mark.repeat(draw.pick([100, 600, 2_500]))}"}`
  else draft.text = draw.pick(['', 'null', '0', '"x"', '[]', '{}', `${mark}=${mark}`])
}

const mediaTypes = [
  '',
  'text/plain',
  'application/json; charset=utf-16',
  'application/JSON ; Charset="UTF-8"',
  'multipart/form-data; boundary=x',
  mark,
]

function changeMediaType(draft: Draft, draw: Draw): void {
  const others = ['application/json', 'application/x-www-form-urlencoded'].filter((type) => type !== headerOf(draft, 'content-type'))
  setHeader(draft, 'Content-Type', draw.pick([...mediaTypes, ...others]))
}
