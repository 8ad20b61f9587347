import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEncryptionKey, readEncryptionKeys } from './encryption-keys.ts'
import { createSealing, documentPlace, noSealing, signalPlace } from './sealing.ts'

const [newest, older, foreign] = [1, 2, 3].map((fill) => `sse_${Buffer.alloc(32, fill).toString('base64url')}`) as [string, string, string]
const sealingWith = (keys: readonly string[], allowPlain = false) => createSealing(readEncryptionKeys(keys), allowPlain)
const place = documentPlace('A'.repeat(43))

describe('createSealing', () => {
  it('opens what it sealed, whatever the text, and hides it from the store', async () => {
    const { seal, open } = await sealingWith([newest])
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 6, maxLength: 400 }), async (text) => {
        const sealed = await seal(place, text)
        expect(sealed).not.toContain(text)
        expect(Buffer.from(sealed, 'latin1').includes(Buffer.from(text).toString('base64url'))).toBe(false)
        expect(await open(place, sealed)).toEqual({ kind: 'text', text })
      }),
    )
  })

  it('never makes the same text twice', async () => {
    const { seal } = await sealingWith([newest])
    const sealed = await Promise.all(Array.from({ length: 200 }, () => seal(place, 'the same')))
    expect(new Set(sealed).size).toBe(200)
  })

  it('finds every changed character', async () => {
    const { seal, open } = await sealingWith([newest])
    const sealed = await seal(place, '{"a":1}')
    const body = sealed.indexOf('.')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: body + 1, max: sealed.length - 1 }), fc.constantFrom('A', 'b', '_', '0'), async (at, letter) => {
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1)
        const opened = await open(place, changed)
        // The last character of a part may carry bits that base64url drops; whatever opens is what was sealed.
        if (opened.kind === 'text') expect(opened.text).toBe('{"a":1}')
        else expect(opened.kind).not.toBe('text')
        if (changed !== sealed && at > body + 2 && at < body + 12) expect(opened.kind).toBe('broken')
      }),
    )
  })

  it('does not open a text at another place', async () => {
    const { seal, open } = await sealingWith([newest])
    const sealed = await seal(place, '{}')
    for (const other of [documentPlace('B'.repeat(43)), signalPlace('A'.repeat(43), 'ping')]) {
      expect(await open(other, sealed)).toEqual({ kind: 'broken', why: 'the encrypted text belongs to another place' })
    }
  })

  it('seals with the first key, opens with all, and names one that it has not', async () => {
    const before = await (await sealingWith([older])).seal(place, '{}')
    const rotated = await sealingWith([newest, older])
    expect(await rotated.open(place, before)).toEqual({ kind: 'text', text: '{}' })
    const after = await rotated.seal(place, '{}')
    const [key] = readEncryptionKeys([newest])
    const why = `it is encrypted with key ${key?.kid}, which is not in encryption.keys`
    expect(await (await sealingWith([older])).open(place, after)).toEqual({ kind: 'locked', why })
    expect(await (await sealingWith([foreign])).open(place, before)).toMatchObject({ kind: 'locked' })
  })

  it('takes a plain text only where it is allowed', async () => {
    expect(await (await sealingWith([newest])).open(place, '{}')).toMatchObject({ kind: 'locked' })
    expect(await (await sealingWith([newest], true)).open(place, '{}')).toEqual({ kind: 'text', text: '{}' })
  })

  it('is known to be missing where keys were taken away', async () => {
    const sealed = await (await sealingWith([newest])).seal(place, '{}')
    expect(await noSealing.open(place, sealed)).toMatchObject({ kind: 'locked' })
    expect(await noSealing.open(place, '{}')).toEqual({ kind: 'text', text: '{}' })
    expect(await noSealing.seal(place, '{}')).toBe('{}')
  })
})

describe('readEncryptionKeys', () => {
  it('takes what createEncryptionKey makes', () => {
    expect(readEncryptionKeys([createEncryptionKey(), createEncryptionKey()])).toHaveLength(2)
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^encryption\.keys: expected one key or more/],
    [[], /^encryption\.keys: expected one key or more/],
    [[undefined], /^encryption\.keys\[0\]: .*keys create --encryption/],
    [[newest, 'secret-text'], /^encryption\.keys\[1\]: (?!.*secret-text)/],
    [[newest, newest], /^encryption\.keys\[1\]: expected each key once/],
  ])('refuses %j and shows no key', (keys, said) => {
    expect(() => readEncryptionKeys(keys)).toThrow(said)
  })
})
