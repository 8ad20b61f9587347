import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, exportSPKI, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Claims, createSigner, type Signer } from '../fixtures/signer.ts'
import { sessionTokenType, verifyToken } from './verify-token.ts'

const origin = 'https://session.acme.test'
const sid = 'S'.repeat(43)
const now = 1_763_719_200
const nowMs = now * 1_000
const good = { sid, gen: 1, iat: now, exp: now + 300 }

let signer: Signer
let token: string

beforeAll(async () => {
  signer = await createSigner(origin)
  token = await signer.sign(good)
})

const verify = (text: string, atMs = nowMs) =>
  verifyToken(text, { origin, keyOf: (kid) => (kid === signer.kid ? { kid, alg: 'EdDSA', key: signer.publicKey } : undefined) }, atMs)
const statusOf = async (text: string, atMs?: number) => (await verify(text, atMs)).status
const signed = async (claims: Claims, header?: Readonly<Record<string, unknown>>) => signer.sign({ ...good, ...claims }, header)
const base64url = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

describe('verifyToken', () => {
  it('takes a token of the gateway and says what it says', async () => {
    expect(await verify(token)).toEqual({
      status: 'valid',
      kid: 'key-1',
      claims: { iss: origin, sid, gen: 1, iat: now, exp: now + 300 },
      expired: false,
    })
  })

  it('answers unknown, not invalid, for a key that it does not hold', async () => {
    expect(await verify(await signed({}, { kid: 'key-2' }))).toEqual({ status: 'unknown', kid: 'key-2' })
  })
})

describe('T-J8: verifyToken, one spelling per token (RFC 8725bis)', () => {
  /** Parts of every length that base64url has, so that each of the last letters with idle bits is met. */
  const spellings = (text: string): [string, string][] => {
    const parts = text.split('.') as [string, string, string]
    const withPart = (index: number, part: string) => parts.map((own, at) => (at === index ? part : own)).join('.')
    return parts.flatMap((part, index): [string, string][] => [
      [`a line break in part ${index}`, withPart(index, `${part.slice(0, 5)}\n${part.slice(5)}`)],
      [`a carriage return after part ${index}`, withPart(index, `${part}\r`)],
      [`a blank before part ${index}`, withPart(index, ` ${part}`)],
      [`a tab in part ${index}`, withPart(index, `${part.slice(0, 5)}\t${part.slice(5)}`)],
      [`padding in part ${index}`, withPart(index, `${part}${'='.repeat((4 - (part.length % 4)) % 4 || 4)}`)],
      [`a stray character in part ${index}`, withPart(index, `${part.slice(0, 5)}*${part.slice(5)}`)],
      [`letters of plain base64 in part ${index}`, withPart(index, `${part.slice(0, 5)}+/${part.slice(5)}`)],
      [`a null character in part ${index}`, withPart(index, `${part}\0`)],
      [`one letter too many in part ${index}`, withPart(index, `${part}A`)],
      [`an empty part ${index}`, withPart(index, '')],
    ])
  }

  it('refuses the token in any other spelling', async () => {
    for (const [title, text] of spellings(token)) expect([title, await statusOf(text)]).toEqual([title, 'invalid'])
  })

  it('refuses every last letter but the one that leaves its idle bits zero, in every part', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const tokens = await Promise.all([1, 10, 100].map((gen) => signed({ gen })))
    for (const own of tokens) {
      const parts = own.split('.') as [string, string, string]
      for (const [index, part] of parts.entries()) {
        const others = [...letters].filter((letter) => letter !== part.at(-1))
        const respelled = others.map((letter) => parts.map((each, at) => (at === index ? part.slice(0, -1) + letter : each)).join('.'))
        expect(new Set(await Promise.all(respelled.map((text) => statusOf(text))))).toEqual(new Set(['invalid']))
      }
    }
  })

  it.each([
    ['an empty text', ''],
    ['one part', 'abcd'],
    ['two parts', 'abcd.abcd'],
    ['four parts', 'abcd.abcd.abcd.abcd'],
    ['five parts, as of an encrypted token', 'abcd.abcd.abcd.abcd.abcd'],
    ['three dots', '...'],
    ['a text of 4,097 characters', `${'a'.repeat(2_000)}.${'a'.repeat(2_000)}.${'a'.repeat(95)}`],
    ['a text of a megabyte', 'a.'.repeat(500_000)],
  ])('refuses %s', async (_title, text) => {
    expect(await statusOf(text)).toBe('invalid')
  })

  it('T-911: refuses the token with any one bit of it changed', async () => {
    const bytes = Buffer.from(token, 'latin1')
    const flips = Array.from(bytes, (_, at) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => [at, bit] as const)).flat()
    const statuses = await Promise.all(
      flips.map(([at, bit]) => {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at)
        return statusOf(flipped.toString('latin1'))
      }),
    )
    // A changed key id may be well formed: then the key is not known, which is not valid either.
    expect(statuses.filter((status) => status === 'valid')).toEqual([])
    expect(statuses.length).toBe(token.length * 8)
  })
})

describe('T-912: verifyToken, one algorithm per key (RFC 8725 section 3.1)', () => {
  const unsigned = (header: unknown) => `${base64url(header)}.${base64url({ iss: origin, aud: origin, ...good })}`

  it.each(['none', 'None', 'NONE', 'eddsa', 'EDDSA', 'Ed25519', 'ES256', 'HS256', 'RS256', ''])('refuses alg %s', async (alg) => {
    const [, payload, signature] = token.split('.')
    const header = base64url({ alg, typ: sessionTokenType, kid: 'key-1' })
    expect(await statusOf(`${header}.${payload}.${signature}`)).toBe('invalid')
    expect(await statusOf(`${header}.${payload}.`)).toBe('invalid')
    expect(await statusOf(`${header}.${payload}.AA`)).toBe('invalid')
  })

  it('refuses an HS256 token whose secret is the public key', async () => {
    const text = unsigned({ alg: 'HS256', typ: sessionTokenType, kid: 'key-1' })
    const secrets = [await exportSPKI(signer.publicKey), Buffer.from(signer.jwk.x as string, 'base64url'), JSON.stringify(signer.jwk)]
    for (const secret of secrets) {
      const mac = createHmac('sha256', secret).update(text).digest('base64url')
      expect(await statusOf(`${text}.${mac}`)).toBe('invalid')
    }
  })

  it('refuses a token that is well signed with a key of another algorithm under our key id', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const claims = new TextEncoder().encode(JSON.stringify({ iss: origin, aud: origin, ...good }))
    const text = await new CompactSign(claims).setProtectedHeader({ alg: 'ES256', typ: sessionTokenType, kid: 'key-1' }).sign(privateKey)
    expect(await statusOf(text)).toBe('invalid')
  })

  it('refuses a token that is well signed with another Ed25519 key under our key id', async () => {
    const stranger = await createSigner(origin)
    expect(await statusOf(await stranger.sign(good))).toBe('invalid')
  })

  it('refuses a key of another algorithm in the set, whatever the header says', async () => {
    const keyOf = (kid: string) => ({ kid, alg: 'ES256' as const, key: signer.publicKey })
    expect((await verifyToken(token, { origin, keyOf }, nowMs)).status).toBe('invalid')
  })
})

describe('verifyToken, the header', () => {
  it.each(['JWT', 'at+jwt', 'logout+jwt', 'Session+JWT', 'application/session+jwt', '', 1, null])('refuses typ %j', async (typ) => {
    const [, payload, signature] = token.split('.')
    expect(await statusOf(`${base64url({ alg: 'EdDSA', typ, kid: 'key-1' })}.${payload}.${signature}`)).toBe('invalid')
  })

  it('refuses a header without typ', async () => {
    const claims = new TextEncoder().encode(JSON.stringify({ iss: origin, aud: origin, ...good }))
    const { privateKey } = await generateKeyPair('EdDSA')
    const text = await new CompactSign(claims).setProtectedHeader({ alg: 'EdDSA', kid: 'key-1' }).sign(privateKey)
    expect(await statusOf(text)).toBe('invalid')
  })

  it.each([
    ['an empty key id', ''],
    ['a key id of 65 characters', 'k'.repeat(65)],
    ['a number for a key id', 1],
    ['no key id', undefined],
  ])('refuses %s', async (_title, kid) => {
    expect(await statusOf(await signed({}, { kid: kid as string }))).toBe('invalid')
  })

  it.each(['__proto__', 'constructor', '../../dev/null', "' OR 1=1 --", 'key-1\0', '*', 'https://evil.test/key', 'KEY-1'])(
    'knows no key by the id %j',
    async (kid) => {
      expect(await statusOf(await signed({}, { kid }))).toBe('unknown')
    },
  )

  it('T-913: refuses every header member that says where to find a key, and fetches nothing', async () => {
    let requests = 0
    const server = createServer((_request, response) => {
      requests += 1
      response.end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
    const members = [
      { jku: url },
      { x5u: url },
      { x5c: ['MIIB'] },
      { jwk: signer.jwk },
      { x5t: 'abc' },
      { 'x5t#S256': 'abc' },
      { b64: true },
    ]
    const [, payload, signature] = token.split('.')
    const statuses = [
      ...(await Promise.all(members.map(async (member) => statusOf(await signed({}, member))))),
      await statusOf(`${base64url({ alg: 'EdDSA', typ: sessionTokenType, kid: 'key-1', crit: ['exp'], exp: 1 })}.${payload}.${signature}`),
      await statusOf(`${base64url({ alg: 'EdDSA', typ: sessionTokenType, kid: 'key-1', cty: 'JWT' })}.${payload}.${signature}`),
    ]
    await new Promise((resolve) => server.close(resolve))
    expect(statuses).toEqual(statuses.map(() => 'invalid'))
    expect(requests).toBe(0)
  })

  it.each(['null', '[]', '"text"', '{', '{"alg":"EdDSA"', ''])('refuses the header %j', async (header) => {
    const [, payload, signature] = token.split('.')
    expect(await statusOf(`${base64url(header)}.${payload}.${signature}`)).toBe('invalid')
  })
})

describe('T-921: verifyToken, the claims', () => {
  it.each<[string, Claims]>([
    ['the issuer of another gateway', { iss: 'https://session.other.test' }],
    ['the audience of another gateway', { aud: 'https://session.other.test' }],
    ['an issuer with a slash more', { iss: `${origin}/` }],
    ['an audience that is a list', { aud: [origin] }],
    ['no audience', { aud: undefined }],
    ['no issuer', { iss: undefined }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
    ['an end that is a text', { exp: String(now + 300) }],
    ['an end that is a fraction', { exp: now + 299.5 }],
    ['an end below zero', { exp: -1 }],
    ['an end of 2^53', { exp: 2 ** 53, iat: 2 ** 53 - 300 }],
    ['a beginning that is a text', { iat: String(now) }],
    ['a beginning that is a fraction', { iat: now + 0.5 }],
    ['an end that is no number', { exp: null }],
    ['a beginning below zero', { iat: -1, exp: 100 }],
    ['an end before its beginning', { exp: now - 1 }],
    ['an end at its beginning', { exp: now }],
    ['a life of 301 s', { exp: now + 301 }],
    ['a session id of 42 characters', { sid: 'S'.repeat(42) }],
    ['a session id of other letters', { sid: `${'S'.repeat(42)}/` }],
    ['a session id with a line break after it', { sid: `${'S'.repeat(43)}\n` }],
    ['generation 0', { gen: 0 }],
    ['a generation that is a text', { gen: '1' }],
    ['a generation that is a fraction', { gen: 1.5 }],
    ['a claim that no gateway makes', { sub: 'ada' }],
  ])('refuses %s', async (_title, claims) => {
    expect(await statusOf(await signed(claims))).toBe('invalid')
  })

  it.each(['null', '[]', '1', 'no JSON', ''])('refuses the payload %j, however well it is signed', async (payload) => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA')
    const text = await new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: 'EdDSA', typ: sessionTokenType, kid: 'key-1' })
      .sign(privateKey)
    const verdict = await verifyToken(text, { origin, keyOf: (kid) => ({ kid, alg: 'EdDSA', key: publicKey }) }, nowMs)
    expect(verdict.status).toBe('invalid')
  })

  it.each([
    ['at its end', 300, false],
    ['5 s after its end, as far as clocks may differ', 305, false],
    ['6 s after its end', 306, true],
    ['5 s before its beginning', -5, false],
  ])('takes a token %s for what it is', async (_title, afterS, expired) => {
    expect(await verify(token, nowMs + afterS * 1_000)).toMatchObject({ status: 'valid', expired })
  })

  it('is exact to the millisecond about the leeway', async () => {
    expect(await verify(token, nowMs + 305_000)).toMatchObject({ expired: false })
    expect(await verify(token, nowMs + 305_001)).toMatchObject({ expired: true })
  })
})

describe('T-912: verifyToken, with a key of ES256', () => {
  let pair: Awaited<ReturnType<typeof generateKeyPair>>
  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true })
  })
  const withKey = (text: string, alg: 'ES256' | 'EdDSA' = 'ES256') =>
    verifyToken(text, { origin, keyOf: (kid) => ({ kid, alg, key: pair.publicKey }) }, nowMs)
  const make = (header: Readonly<Record<string, unknown>> = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify({ iss: origin, aud: origin, ...good })))
      .setProtectedHeader({ alg: 'ES256', typ: sessionTokenType, kid: 'key-1', ...header })
      .sign(pair.privateKey)

  it('takes a token that the key has signed', async () => {
    expect(await withKey(await make())).toMatchObject({ status: 'valid', kid: 'key-1', expired: false })
  })

  it.each(['EdDSA', 'ES384', 'es256', 'RS256', 'HS256', 'none'])('refuses the same signature under alg %s', async (alg) => {
    const [, payload, signature] = (await make()).split('.')
    const header = base64url({ alg, typ: sessionTokenType, kid: 'key-1' })
    expect((await withKey(`${header}.${payload}.${signature}`)).status).toBe('invalid')
  })

  it('refuses the key under another algorithm than its own', async () => {
    expect((await withKey(await make(), 'EdDSA')).status).toBe('invalid')
  })

  it('T-911: refuses the token with any one bit of its signature changed, and a signature of any other length', async () => {
    const [header, payload, signature = ''] = (await make()).split('.')
    const bytes = Buffer.from(signature, 'base64url')
    const statuses = new Set<string>()
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      statuses.add((await withKey(`${header}.${payload}.${flipped.toString('base64url')}`)).status)
    }
    const others = [
      bytes.subarray(1),
      Buffer.concat([bytes, Buffer.of(0)]),
      Buffer.alloc(64),
      Buffer.concat([Buffer.of(0x30, 0x44), bytes]),
    ]
    for (const other of others) statuses.add((await withKey(`${header}.${payload}.${other.toString('base64url')}`)).status)
    expect(statuses).toEqual(new Set(['invalid']))
  })
})
