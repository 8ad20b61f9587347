import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestGateway, origin, type TestGateway } from '../fixtures/test-gateway.ts'
import { openTestKeyring } from '../fixtures/test-keyring.ts'

// Tokens that no gateway made, shown to one over the wire. Those of `core` show the verifier itself.

let gateway: TestGateway
let token: string
let claims: Record<string, unknown>
let sign: (header?: object, said?: object) => Promise<string>
let jwk: Record<string, unknown>

beforeAll(async () => {
  gateway = await openTestGateway()
  token = await gateway.signIn()
  claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const ring = await openTestKeyring(gateway)
  const { kid, alg, key } = ring.signing()
  jwk = ring.jwks().keys[0] as Record<string, unknown>
  sign = (header = {}, said = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify({ ...claims, ...said })))
      .setProtectedHeader({ alg, typ: 'session+jwt', kid, ...header })
      .sign(key)
})

afterAll(async () => {
  expect((await gateway.read(token)).status).toBe(200)
  await gateway.gateway.close()
})

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** What reads answer, in batches. */
async function answersTo(tokens: readonly string[]): Promise<readonly (string | number)[]> {
  const answers: (string | number)[] = []
  for (let at = 0; at < tokens.length; at += 100) {
    const reads = tokens.slice(at, at + 100).map((text) => ({ token: text }))
    const { body } = await gateway.call('POST', '/v1/reads', { as: 'portal', body: { reads } })
    for (const { status, problem } of body.results) answers.push(problem?.code ?? status)
  }
  return answers
}

describe('a token that no gateway made', () => {
  it('is what is wrong in these tests', async () => {
    expect((await gateway.read(await sign())).status).toBe(200)
  })

  it('T-911: with any one bit changed is never accepted', async () => {
    const bytes = Buffer.from(token, 'latin1')
    const flipped = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes)
      copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      return copy.toString('latin1')
    })
    const answers = await answersTo(flipped)
    expect(answers).toHaveLength(token.length * 8)
    // A changed key id may be that of a key which another gateway made a moment ago: that is not known at once.
    expect(new Set(answers)).toEqual(new Set(['token_invalid', 'store_unavailable']))
    const inHeader = 8 * token.indexOf('.')
    expect(new Set(answers.slice(inHeader))).toEqual(new Set(['token_invalid']))
  })

  it.each(['none', 'None', 'nOnE', 'HS256', 'ES256', 'RS256', 'EDDSA', 'Ed25519', ''])('T-912: under alg %j is invalid', async (alg) => {
    const [, payload, signature] = token.split('.')
    const head = encoded({ alg, typ: 'session+jwt', kid: jwk['kid'] })
    const mac = createHmac('sha256', JSON.stringify(jwk)).update(`${head}.${payload}`).digest('base64url')
    const publicKey = createHmac('sha256', Buffer.from(String(jwk['x']), 'base64url'))
      .update(`${head}.${payload}`)
      .digest('base64url')
    const tokens = [signature, '', 'AA', mac, publicKey].map((last) => `${head}.${payload}.${last}`)
    expect(new Set(await answersTo(tokens))).toEqual(new Set(['token_invalid']))
  })

  it('T-913: that says where its key is to be found is invalid, and nobody is asked', async () => {
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
    const members = [{ jku: url }, { x5u: url }, { jku: url, kid: url.slice(0, 64) }, { x5c: ['MIIB'] }, { jwk }, { 'x5t#S256': 'abc' }]
    const tokens = await Promise.all(members.map((member) => sign(member)))
    const [, payload, signature] = token.split('.')
    const critical = { alg: 'EdDSA', typ: 'session+jwt', kid: jwk['kid'], crit: ['exp'], exp: 9e9 }
    const answers = await answersTo([...tokens, `${encoded(critical)}.${payload}.${signature}`])
    await new Promise((resolve) => server.close(resolve))
    expect(new Set(answers)).toEqual(new Set(['token_invalid']))
    expect(requests).toBe(0)
  })

  it.each<[string, (iat: number, exp: number) => object]>([
    ['no end', () => ({ exp: undefined })],
    ['no beginning', () => ({ iat: undefined })],
    ['an end that is a text', (_iat, exp) => ({ exp: String(exp) })],
    ['an end that is a fraction', (_iat, exp) => ({ exp: exp - 0.5 })],
    ['a negative end', () => ({ exp: -1 })],
    ['an end of 2^53', () => ({ exp: 2 ** 53 })],
    ['a life of a second more than 5 min', (iat) => ({ exp: iat + 301 })],
    ['no life', (iat) => ({ exp: iat })],
    ['an end before the beginning', (iat) => ({ exp: iat - 1 })],
    ['another issuer', () => ({ iss: `${origin}/` })],
    ['another audience', () => ({ aud: 'portal' })],
    ['an audience that is a list', () => ({ aud: [origin] })],
    ['no audience', () => ({ aud: undefined })],
    ['a claim that no gateway makes', () => ({ nbf: 0 })],
  ])('T-921: with %s is invalid, however well it is signed', async (_title, said) => {
    const iat = claims['iat'] as number
    expect(await answersTo([await sign({}, said(iat, claims['exp'] as number))])).toEqual(['token_invalid'])
  })

  it('T-921: is expired 5 s after its end and not before, to the second', async () => {
    const nowS = Math.floor(gateway.now() / 1_000)
    const ending = (exp: number) => sign({}, { iat: exp - 300, exp })
    const tokens = await Promise.all([nowS - 4, nowS - 5, nowS - 6].map(ending))
    expect(await answersTo(tokens)).toEqual([200, 'token_expired', 'token_expired'])
  })

  it.each(['JWT', 'at+jwt', 'logout+jwt', 'Session+JWT', 'application/session+jwt', ''])('T-922: of type %j is invalid', async (typ) => {
    expect(await answersTo([await sign({ typ })])).toEqual(['token_invalid'])
  })

  it.each(['../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', '*', '\u0000', 'k'.repeat(64)])(
    'T-913: of the invented key id %j finds no key',
    async (kid) => {
      const text = await sign({ kid })
      gateway.advance(1_000)
      expect((await gateway.read(text)).body.code).toBe('token_invalid')
    },
  )

  it('T-913: of a key id of 65 characters is not even looked for', async () => {
    expect(await answersTo([await sign({ kid: 'k'.repeat(65) })])).toEqual(['token_invalid'])
  })

  it.each<[string, (text: string) => string]>([
    ['a line break', (text) => `${text}\n`],
    ['padding', (text) => `${text}=`],
    ['a blank', (text) => text.replace('.', '. ')],
    ['letters of plain base64', (text) => text.replaceAll('_', '/').replaceAll('-', '+').replace(/^ey/, 'e+')],
    ['a fourth part', (text) => `${text}.AA`],
    ['five parts, as of an encrypted token', (text) => `${text}.AA.AA`],
    ['no signature', (text) => text.slice(0, text.lastIndexOf('.') + 1)],
    [
      'idle bits in its last letter',
      (text) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : String.fromCharCode(text.charCodeAt(text.length - 1) + 1)}`,
    ],
  ])('T-J8: with %s is invalid', async (_title, respell) => {
    expect(await answersTo([respell(token)])).toEqual(['token_invalid'])
  })
})
