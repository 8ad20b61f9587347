import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineContract } from './define-contract.ts'
import { personalDataNames } from './personal-data.ts'
import { signal } from './signal.ts'

const withContext = (context: unknown, more: object = {}) =>
  defineContract({ name: 'acme', context, applications: { portal: {} }, ...more } as never)

const tree: z.ZodType = z.object({
  name: z.string(),
  get children() {
    return z.array(tree).optional()
  },
})

describe('a contract takes', () => {
  it.each<[string, z.ZodType]>([
    ['optional', z.string().optional()],
    ['nullable', z.string().nullable()],
    ['nullish', z.string().nullish()],
    ['default', z.array(z.string()).default([])],
    ['prefault', z.string().trim().prefault(' x ')],
    ['pipe', z.string().pipe(z.string().min(2))],
    ['trim and lower case', z.string().trim().toLowerCase()],
    ['readonly and branded', z.array(z.string()).readonly().brand('Roles')],
    ['enum and literal', z.union([z.enum(['a', 'b']), z.literal([1, null, true])])],
    ['numbers', z.tuple([z.int(), z.number().min(1).max(5)]).rest(z.int32())],
    ['formats', z.union([z.uuid(), z.url(), z.iso.datetime(), z.templateLiteral(['v', z.number()])])],
    ['records', z.record(z.string(), z.record(z.enum(['a', 'b']), z.boolean()))],
    ['partial records', z.partialRecord(z.enum(['a', 'b']), z.int())],
    [
      'unions by discriminator',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), n: z.int() })]),
    ],
    ['intersections', z.object({ a: z.string() }).and(z.object({ b: z.string() }))],
    ['refinements', z.object({ from: z.int(), to: z.int() }).refine(({ from, to }) => from <= to)],
    ['strict and loose objects', z.strictObject({ a: z.looseObject({ 'dotted.below.a.part': z.string() }) })],
    ['schemas that contain themselves', tree],
    ['any JSON', z.json()],
    ['unknown', z.unknown()],
    ['descriptions and ids', z.object({ a: z.string().describe('why').meta({ id: 'check-schemas-a' }) })],
  ])('%s', (_, schema) => {
    expect(() => withContext(z.object({ key: schema }))).not.toThrow()
    expect(() => withContext(z.object({}), { signals: { changed: signal(schema, { ttl: '1s' }) } })).not.toThrow()
  })
})

describe('a contract refuses, naming the key,', () => {
  const plain = (found: string) => `context.key: expected plain JSON values, found ${found}`
  const converts = 'context.key: expected a schema that judges values, found one that converts them'

  it.each<[string, z.ZodType, string]>([
    ['dates', z.date(), plain('date')],
    ['dates that may be absent', z.date().optional(), plain('date')],
    ['bigint', z.bigint(), plain('bigint')],
    ['maps', z.map(z.string(), z.string()), plain('map')],
    ['sets', z.set(z.string()), plain('set')],
    ['symbols', z.symbol(), plain('symbol')],
    ['undefined', z.undefined(), plain('undefined')],
    ['not-a-number', z.nan(), plain('nan')],
    ['promises', z.promise(z.string()), plain('promise')],
    ['files', z.file(), plain('file')],
    ['custom types', z.instanceof(Uint8Array), plain('custom')],
    ['transforms', z.string().transform((text) => text.length), plain('transform')],
    ['preprocessing', z.preprocess((value) => value, z.string()), converts],
    ['codecs', z.stringbool(), converts],
    ['coercion', z.coerce.number(), converts],
    [
      'catch, which would patch a document',
      z.array(z.string()).catch(['admin']),
      'context.key: expected a schema that refuses what does not fit, found catch',
    ],
    [
      'refinements that answer later',
      z.string().refine(async () => true),
      'context.key: expected refinements that answer at once, found an async one',
    ],
  ])('%s', (_, schema, message) => {
    expect(() => withContext(z.object({ key: schema }))).toThrow(TypeError)
    expect(() => withContext(z.object({ key: schema }))).toThrow(message)
  })

  it('literals that JSON lacks', () => {
    expect(() => withContext(z.object({ key: z.literal(1n) }))).toThrow('context: expected a schema of plain JSON values')
  })

  it('what is deep inside, by its whole path', () => {
    const schema = z.object({ list: z.array(z.object({ when: z.date().nullable() })) })
    expect(() => withContext(schema)).toThrow('context.list.when: expected plain JSON values, found date')
    expect(() => withContext(z.object({}), { signals: { changed: signal(z.object({ at: z.date() }), { ttl: '1s' }) } })).toThrow(
      'signals.changed.at: expected plain JSON values, found date',
    )
  })

  it.each(['__proto__', 'constructor', 'prototype'])('a key named %s, at any depth', (key) => {
    const message = `expected no key named "${key}"`
    expect(() => withContext(z.object({ [key]: z.string() }))).toThrow(`context: ${message}`)
    expect(() => withContext(z.object({ list: z.array(z.object({ [key]: z.string() })) }))).toThrow(`context.list: ${message}`)
    expect(() => withContext(z.object({}), { signals: { [key]: signal(z.string(), { ttl: '1s' }) } })).toThrow(/^signals: expected names/)
  })

  it('keys of a part that no path could name', () => {
    const message = 'context: expected keys of 1 to 64 characters without a dot, found'
    expect(() => withContext(z.object({ 'tenant.id': z.string() }))).toThrow(`${message} "tenant.id"`)
    expect(() => withContext(z.object({ '': z.string() }))).toThrow(`${message} ""`)
    expect(() => withContext(z.object({ ['k'.repeat(65)]: z.string() }))).toThrow(message)
  })

  it('parts and signals that are none', () => {
    expect(() => withContext(z.string())).toThrow(new TypeError('context: expected z.object({ … }) of zod 4'))
    expect(() => withContext(z.object({}), { entitlements: { shape: {} } })).toThrow(/^entitlements: expected z.object/)
    expect(() => withContext(z.object({}), { signals: { changed: z.string() } })).toThrow(
      new TypeError('signals.changed: expected signal(schema, { ttl })'),
    )
    expect(() => withContext(z.object({}), { signals: { 'tenant.changed': signal(z.string(), { ttl: '1s' }) } })).toThrow(
      /^signals: expected names/,
    )
  })
})

describe('the guard against personal data', () => {
  it.each(['email', 'eMail', 'E-Mail', 'e_mail', 'birth-date', 'BIRTHDATE', 'phone_number', 'phoneNumber', 'given_name'])(
    'refuses a key named %s',
    (key) => {
      expect(() => withContext(z.object({ [key]: z.string() }))).toThrow(
        new TypeError(
          `context: ${JSON.stringify(key)} is personal data by its name; keep an identifier instead, or name it in allowPersonalData`,
        ),
      )
    },
  )

  it('knows every name of its list in the form that it compares', () => {
    expect(personalDataNames.filter((name) => name !== name.toLowerCase().replaceAll(/[-_]/g, ''))).toEqual([])
    expect(new Set(personalDataNames).size).toBe(personalDataNames.length)
  })

  it.each(['emailVerified', 'addressId', 'phoneRequired', 'locale', 'tenant', 'imagery', 'page'])(
    'judges the whole name, so that %s passes',
    (key) => {
      expect(() => withContext(z.object({ [key]: z.string() }))).not.toThrow()
    },
  )

  it.each<[string, z.ZodType]>([
    ['objects', z.object({ contact: z.object({ email: z.string() }).nullable() })],
    ['arrays', z.array(z.object({ email: z.string() }))],
    ['unions', z.union([z.string(), z.object({ email: z.string() })])],
    ['records', z.record(z.string(), z.object({ email: z.string() }))],
    ['the keys of a record', z.partialRecord(z.enum(['email', 'id']), z.string())],
    ['definitions', z.object({ email: z.string() }).meta({ id: 'check-schemas-contact' })],
  ])('looks inside %s', (_, schema) => {
    const message = /"email" is personal data by its name/
    expect(() => withContext(z.object({ key: schema }))).toThrow(message)
    expect(() => withContext(z.object({}), { entitlements: z.object({ key: schema }) })).toThrow(message)
    expect(() => withContext(z.object({}), { signals: { changed: signal(schema, { ttl: '1s' }) } })).toThrow(message)
  })

  it('refuses a signal by its name', () => {
    expect(() => withContext(z.object({}), { signals: { email: signal(z.boolean(), { ttl: '1s' }) } })).toThrow(
      'signals: "email" is personal data by its name',
    )
  })

  it('does not mind a value, a description or a default of such a name', () => {
    expect(() => withContext(z.object({ channel: z.enum(['email', 'phone']).default('email').describe('email') }))).not.toThrow()
  })

  it('lets a key pass that is named in allowPersonalData, and that one only', () => {
    const context = z.object({ email: z.string(), phone: z.string() })
    expect(() => withContext(context, { allowPersonalData: ['email', 'phone'] })).not.toThrow()
    expect(() => withContext(context, { allowPersonalData: ['email'] })).toThrow('context: "phone" is personal data')
    expect(() => withContext(context, { allowPersonalData: 'email,phone' })).toThrow('allowPersonalData: expected a list of keys')
  })
})
