import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compareContracts } from './compare-contracts.ts'
import { defineContract } from './define-contract.ts'
import { describeContract } from './describe-contract.ts'

const described = (context: z.ZodObject) => describeContract(defineContract({ name: 'acme', context, applications: { portal: {} } }))
const between = (older: z.ZodObject, newer: z.ZodObject) =>
  compareContracts(described(older), described(newer)).map(({ path, kind, why }) => `${kind} ${path}: ${why}`)
const key = (schema: z.ZodType) => z.object({ key: schema })

const refuses = ': an older reader refuses it'
const holds = ': older documents and writers may hold it'
const removed = ': the key was removed: older readers may need it, and older writers may set it'
const unjudged = 'which values fit both cannot be told'

interface Tree {
  name: string
  children?: Tree[] | undefined
}
const treeOf = (name: z.ZodType<string>): z.ZodType<Tree> => {
  const tree: z.ZodType<Tree> = z.object({
    name,
    get children() {
      return z.array(tree).optional()
    },
  })
  return tree
}

/** Two schemas of one key, what the second says after the first, and what the first after the second. */
type Case = readonly [title: string, older: z.ZodType, newer: z.ZodType, there: readonly string[], back: readonly string[]]

describe('compareContracts, for the schema of a key, judges', () => {
  it.each<Case>([
    [
      'another type',
      z.string(),
      z.int(),
      [
        `breaking context.key: a value of type string is not taken any more${holds}`,
        `breaking context.key: a value of type number is taken${refuses}`,
      ],
      [
        `breaking context.key: a value of type number is not taken any more${holds}`,
        `breaking context.key: a value of type string is taken${refuses}`,
      ],
    ],
    [
      'a new member of an enum',
      z.enum(['free', 'pro']),
      z.enum(['free', 'pro', 'team']),
      [`breaking context.key: the value "team" was added${refuses}`],
      [`breaking context.key: the value "team" was removed${holds}`],
    ],
    [
      'an enum that becomes a text',
      z.enum(['free']),
      z.string(),
      [`breaking context.key: a value beside "free" is taken${refuses}`],
      [`breaking context.key: no value is taken any more but "free"; another one${holds}`],
    ],
    ['a literal that becomes an enum', z.literal('free'), z.enum(['free']), [], []],
    [
      'a value that may be null',
      z.string(),
      z.string().nullable(),
      [`breaking context.key: a value of type null is taken${refuses}`],
      [`breaking context.key: a value of type null is not taken any more${holds}`],
    ],
    [
      'an enum that may be null',
      z.enum(['a']),
      z.enum(['a']).nullable(),
      [`breaking context.key: a value of type null is taken${refuses}`],
      [`breaking context.key: a value of type null is not taken any more${holds}`],
    ],
    [
      'a longer text',
      z.string().max(5),
      z.string().max(9),
      [`breaking context.key: maxLength went from 5 to 9; a value beyond the older bound${refuses}`],
      [`breaking context.key: maxLength went from 9 to 5; a value beyond the newer bound${holds}`],
    ],
    [
      'a shorter text',
      z.string().min(5),
      z.string(),
      [`breaking context.key: minLength went from 5 to none; a value beyond the older bound${refuses}`],
      [`breaking context.key: minLength went from none to 5; a value beyond the newer bound${holds}`],
    ],
    [
      'a fraction',
      z.int(),
      z.number(),
      [`breaking context.key: a number may have a fraction${refuses}`],
      [`breaking context.key: a number must be whole; a fraction${holds}`],
    ],
    [
      'a format',
      z.string(),
      z.string().regex(/^[a-z]+$/),
      [`breaking context.key: pattern was added; a value that does not fit${holds}`],
      [`breaking context.key: pattern was removed; a value that does not fit${refuses}`],
    ],
    [
      'another format',
      z.string().regex(/^[a-z]+$/),
      z.string().regex(/^[A-Z]+$/),
      [`breaking context.key: pattern changed: ${unjudged}`],
      [`breaking context.key: pattern changed: ${unjudged}`],
    ],
    [
      'a key that may be missing',
      z.string(),
      z.string().optional(),
      ['breaking context.key: the key may be missing now: older readers need it'],
      ['breaking context.key: the key must be there now: older documents and writers may lack it'],
    ],
    [
      'a key that gets a default',
      z.string(),
      z.string().default('a'),
      ['safe context.key: the key is filled in now where it is missing'],
      ['breaking context.key: the key must be there now: older documents and writers may lack it'],
    ],
    [
      'a key that gets a default before it is judged',
      z.string().optional(),
      z.string().prefault('a'),
      ['safe context.key: the key is filled in now where it is missing'],
      ['safe context.key: the key is not filled in any more: older readers fill it in'],
    ],
    [
      'another default',
      z.string().default('a'),
      z.string().default('b'),
      ['safe context.key: the default changed: documents that have the key keep their value'],
      ['safe context.key: the default changed: documents that have the key keep their value'],
    ],
    [
      'the items of an array',
      z.array(z.enum(['a'])),
      z.array(z.enum(['a', 'b'])),
      [`breaking context.key[]: the value "b" was added${refuses}`],
      [`breaking context.key[]: the value "b" was removed${holds}`],
    ],
    [
      'a longer array',
      z.array(z.string()).max(1),
      z.array(z.string()).max(2),
      [`breaking context.key: maxItems went from 1 to 2; a value beyond the older bound${refuses}`],
      [`breaking context.key: maxItems went from 2 to 1; a value beyond the newer bound${holds}`],
    ],
    [
      'a place of a tuple',
      z.tuple([z.string(), z.int()]),
      z.tuple([z.string(), z.number()]),
      [`breaking context.key[1]: a number may have a fraction${refuses}`],
      [`breaking context.key[1]: a number must be whole; a fraction${holds}`],
    ],
    [
      'a place added to a tuple',
      z.tuple([z.string()]),
      z.tuple([z.string(), z.int()]),
      [
        `breaking context.key: minItems went from 1 to 2; a value beyond the newer bound${holds}`,
        `breaking context.key: maxItems went from 1 to 2; a value beyond the older bound${refuses}`,
        'breaking context.key: the number of places of a tuple changed',
      ],
      [
        `breaking context.key: minItems went from 2 to 1; a value beyond the older bound${refuses}`,
        `breaking context.key: maxItems went from 2 to 1; a value beyond the newer bound${holds}`,
        'breaking context.key: the number of places of a tuple changed',
      ],
    ],
    ['the same default in another order', z.json().default({ a: 1, b: 2 }), z.json().default({ b: 2, a: 1 }), [], []],
    [
      'an added key deep inside',
      z.object({ a: z.array(z.object({ b: z.string() })) }),
      z.object({ a: z.array(z.object({ b: z.string(), c: z.int().optional() })) }),
      ['safe context.key.a[].c: an optional key was added'],
      [`breaking context.key.a[].c${removed}`],
    ],
    [
      'an added key that must be there',
      z.object({}),
      z.object({ a: z.string() }),
      ['breaking context.key.a: a key was added that must be there: older documents lack it'],
      [`breaking context.key.a${removed}`],
    ],
    [
      'an added key with a default',
      z.object({}),
      z.object({ a: z.string().default('') }),
      ['safe context.key.a: a key was added and is filled in where it is missing'],
      [`breaking context.key.a${removed}`],
    ],
    [
      'a key added to a strict object',
      z.strictObject({}),
      z.strictObject({ a: z.string().optional() }),
      ['breaking context.key.a: a key was added to a strict object: an older reader refuses it'],
      [`breaking context.key.a${removed}`],
    ],
    [
      'a key added to an open object',
      z.looseObject({}),
      z.looseObject({ a: z.string().optional() }),
      ['breaking context.key.a: a key was added that an older document may hold with another type of value'],
      [`breaking context.key.a${removed}`],
    ],
    [
      'an object that becomes strict',
      z.object({}),
      z.strictObject({}),
      [`breaking context.key: a key that the object does not name is refused${holds}`],
      ['safe context.key: further keys are ignored instead of refused'],
    ],
    [
      'an object that becomes open',
      z.object({}),
      z.looseObject({}),
      ['safe context.key: further keys are kept; older readers ignore them'],
      ['breaking context.key: keys that the object does not name are not kept any more'],
    ],
    [
      'a strict object that becomes open',
      z.strictObject({}),
      z.looseObject({}),
      [`breaking context.key: a key that the object does not name is taken${refuses}`],
      ['breaking context.key: keys that the object does not name are not kept any more'],
    ],
    [
      'the values of a record',
      z.record(z.string(), z.int()),
      z.record(z.string(), z.number()),
      [`breaking context.key{}: a number may have a fraction${refuses}`],
      [`breaking context.key{}: a number must be whole; a fraction${holds}`],
    ],
    [
      'the keys of a record',
      z.record(z.enum(['a']), z.int()),
      z.record(z.enum(['a', 'b']), z.int()),
      ['breaking context.key{}: the names of the keys changed: older readers and documents have others'],
      ['breaking context.key{}: the names of the keys changed: older readers and documents have others'],
    ],
    [
      'a new member of a union',
      z.union([z.string(), z.int()]),
      z.union([z.string(), z.int(), z.boolean()]),
      [`breaking context.key: a value of type boolean is taken${refuses}`],
      [`breaking context.key: a value of type boolean is not taken any more${holds}`],
    ],
    ['the order of a union', z.union([z.string(), z.int()]), z.union([z.int(), z.string()]), [], []],
    [
      'a new member of a union that has tags',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('b') }),
        z.object({ kind: z.literal('c') }),
        z.object({ kind: z.literal('a') }),
      ]),
      [`breaking context.key: the member c was added to a union${refuses}`],
      [`breaking context.key: the member c of a union was removed${holds}`],
    ],
    [
      'the inside of a member of a union that has tags',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), n: z.int() }), z.object({ kind: z.literal('b') })]),
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), n: z.number() }), z.object({ kind: z.literal('b') })]),
      [`breaking context.key(a).n: a number may have a fraction${refuses}`],
      [`breaking context.key(a).n: a number must be whole; a fraction${holds}`],
    ],
    [
      'any value',
      z.string(),
      z.unknown(),
      [`breaking context.key: any value is taken${refuses}`],
      [`breaking context.key: not every value is taken any more; another one${holds}`],
    ],
    [
      'no value at all',
      z.string(),
      z.never(),
      [`breaking context.key: a value of type string is not taken any more${holds}`],
      [`breaking context.key: a value of type string is taken${refuses}`],
    ],
    [
      'a schema that contains itself',
      treeOf(z.string()),
      treeOf(z.string().max(9)),
      [`breaking context.key.name: maxLength went from none to 9; a value beyond the newer bound${holds}`],
      [`breaking context.key.name: maxLength went from 9 to none; a value beyond the older bound${refuses}`],
    ],
    ['a schema that is named', z.object({ a: z.int() }), z.object({ a: z.int() }).meta({ id: 'compare-schemas-a' }), [], []],
    ['a description', z.string(), z.string().describe('why').meta({ title: 'A' }), [], []],
    ['readonly and brand', z.array(z.string()), z.array(z.string()).readonly().brand('Roles'), [], []],
  ])('%s, and its reverse', (_, older, newer, there, back) => {
    expect(between(key(older), key(newer))).toEqual(there)
    expect(between(key(newer), key(older))).toEqual(back)
  })
})

describe('compareContracts, for a part,', () => {
  it('finds an added optional key safe, in a strict part too, because readers ignore unknown keys of a part', () => {
    const line = 'safe context.later: an optional key was added'
    expect(between(z.object({}), z.object({ later: z.string().optional() }))).toEqual([line])
    expect(between(z.strictObject({}), z.strictObject({ later: z.string().optional() }))).toEqual([line])
  })

  it('does not mind whether it is strict', () => {
    expect(between(z.object({ a: z.string() }), z.strictObject({ a: z.string() }))).toEqual([])
    expect(between(z.strictObject({ a: z.string() }), z.object({ a: z.string() }))).toEqual([])
  })

  it('finds an added key that must be there and a removed key breaking', () => {
    expect(between(z.object({}), z.object({ later: z.string() }))).toEqual([
      'breaking context.later: a key was added that must be there: older documents lack it',
    ])
    expect(between(z.object({ later: z.string().optional() }), z.object({}))).toEqual([`breaking context.later${removed}`])
  })
})
