import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createViewReader } from '../document/parse-view.ts'
import { project } from '../document/project.ts'
import { checkParts, parseStored, serializeStored } from '../document/stored-document.ts'
import { compareContracts } from './compare-contracts.ts'
import { defineContract } from './define-contract.ts'
import { describeContract } from './describe-contract.ts'

/** A schema and values that fit it, some of them barely. */
interface Sample {
  readonly schema: z.ZodType
  readonly value: fc.Arbitrary<unknown>
}

/** What one place of a document was and is: mostly kin, since of what has nothing in common there is nothing to judge. */
type Change = readonly [older: Sample, newer: Sample]

const twoOf = (kind: fc.Arbitrary<Sample>): fc.Arbitrary<Change> => fc.tuple(kind, kind)
const inBoth = (change: Change, wrap: (sample: Sample) => Sample): Change => [wrap(change[0]), wrap(change[1])]

const text = ['', 'a', 'b', 'abc', 'abcdef']
const textsOf = (min: number, max: number) => fc.constantFrom(...text.filter(({ length }) => length >= min && length <= max))

const boundedText = fc
  .record({ min: fc.constantFrom(0, 1), max: fc.constantFrom(3, 6) })
  .map(({ min, max }): Sample => ({ schema: z.string().min(min).max(max), value: textsOf(min, max) }))
const listed = fc
  .subarray(['a', 'b', 'abc'], { minLength: 1 })
  .map((members): Sample => ({ schema: members.length === 1 ? z.literal(members) : z.enum(members), value: fc.constantFrom(...members) }))
const number = fc.constantFrom<Sample>(
  { schema: z.int(), value: fc.integer({ min: -3, max: 3 }) },
  { schema: z.int().min(0), value: fc.nat({ max: 3 }) },
  { schema: z.number(), value: fc.constantFrom(-1, 0.5, 3) },
  { schema: z.number().lt(2), value: fc.constantFrom(-1, 0.5, 1) },
)
const other = fc.constantFrom<Sample>(
  { schema: z.string(), value: fc.constantFrom(...text) },
  { schema: z.boolean(), value: fc.boolean() },
  { schema: z.null(), value: fc.constant(null) },
  { schema: z.unknown(), value: fc.constantFrom('a', 1, null, { y: 1 }) },
)
const leaf = fc.oneof(boundedText, listed, number, other)
const sameLeaf = leaf.map((sample): Change => [sample, sample])
const leafChange = fc.oneof(
  { weight: 5, arbitrary: sameLeaf },
  ...[boundedText, listed, number, fc.oneof(boundedText, listed, other)].map((kind) => ({ weight: 1, arbitrary: twoOf(kind) })),
)

const nullable = ({ schema, value }: Sample): Sample => ({ schema: schema.nullable(), value: fc.option(value) })
const arrayOf =
  (max: number) =>
  ({ schema, value }: Sample): Sample => ({ schema: z.array(schema).max(max), value: fc.array(value, { maxLength: max }) })
const recordOf = ({ schema, value }: Sample): Sample => ({
  schema: z.record(z.string(), schema),
  value: fc.dictionary(fc.constantFrom('x', 'y', 'k'), value, { maxKeys: 2 }),
})
const unionOf = (one: Sample, two: Sample): Sample => ({ schema: z.union([one.schema, two.schema]), value: fc.oneof(one.value, two.value) })
const tupleOf = (one: Sample, two: Sample): Sample => ({ schema: z.tuple([one.schema, two.schema]), value: fc.tuple(one.value, two.value) })

const wrappedChange = (inside: fc.Arbitrary<Change>): fc.Arbitrary<Change> =>
  fc.oneof(
    inside.map((change) => inBoth(change, nullable)),
    inside.map(([older, newer]): Change => [older, nullable(newer)]),
    inside.map(([older, newer]): Change => [nullable(older), newer]),
    fc
      .tuple(inside, fc.constantFrom(1, 2), fc.constantFrom(1, 2))
      .map(([[older, newer], was, is]): Change => [arrayOf(was)(older), arrayOf(is)(newer)]),
    inside.map((change) => inBoth(change, recordOf)),
    fc.tuple(inside, leaf).map(([change, second]) => inBoth(change, (sample) => unionOf(sample, second))),
    fc.tuple(inside, leaf).map(([[older, newer], second]): Change => [older, unionOf(newer, second)]),
    fc.tuple(inside, leaf).map(([[older, newer], second]): Change => [unionOf(second, older), newer]),
    fc.tuple(inside, leaf).map(([change, second]) => inBoth(change, (sample) => tupleOf(sample, second))),
    objectChange(inside, ['x', 'y']),
  )

const presence = fc.constantFrom('required', 'required', 'optional', 'defaulted', 'absent')
const further = fc.constantFrom('ignored', 'refused', 'kept', 'judged')

/** Keys that must be there, may be missing, are filled in or are absent; further keys ignored, refused, kept or judged. */
function objectChange(inside: fc.Arbitrary<Change>, keys: readonly string[]): fc.Arbitrary<Change> {
  const places = fc.tuple(...keys.map(() => fc.tuple(inside, presence, presence)))
  return fc.tuple(places, further, further).map(
    ([found, was, is]): Change => [
      objectOf(
        keys,
        found.map(([[older], before]) => [older, before]),
        was,
      ),
      objectOf(
        keys,
        found.map(([[, newer], , after]) => [newer, after]),
        is,
      ),
    ],
  )
}

function objectOf(keys: readonly string[], places: readonly (readonly [Sample, string])[], rest: string): Sample {
  const named = keys.map((name, index) => ({ name, sample: places[index]?.[0] as Sample, presence: places[index]?.[1] as string }))
  const present = named.filter(({ presence }) => presence !== 'absent')
  const shape = Object.fromEntries(present.map(({ name, sample, presence }) => [name, asPresent(sample, presence)]))
  const requiredKeys = present.filter(({ presence }) => presence === 'required').map(({ name }) => name)
  const values = Object.fromEntries(present.map(({ name, sample }) => [name, sample.value]))
  const extra = rest === 'kept' ? { k: fc.constantFrom('x', 1) } : rest === 'judged' ? { k: fc.nat({ max: 3 }) } : {}
  return { schema: closing(z.object(shape), rest), value: fc.record({ ...extra, ...values }, { requiredKeys: requiredKeys as never[] }) }
}

function asPresent({ schema, value }: Sample, presence: string): z.ZodType {
  if (presence === 'required') return schema
  return presence === 'optional' ? schema.optional() : schema.default(fc.sample(value, { seed: 1, numRuns: 1 })[0] as never)
}

function closing(schema: z.ZodObject, rest: string): z.ZodObject {
  if (rest === 'refused') return schema.strict()
  if (rest === 'kept') return schema.loose()
  return rest === 'judged' ? schema.catchall(z.int()) : schema
}

const insideChange = wrappedChange(leafChange)
const contextChange = objectChange(fc.oneof(leafChange, insideChange, objectChange(leafChange, ['x']), wrappedChange(insideChange)), ['a'])

const header = { id: 'A'.repeat(43), version: 3, contract: 1, createdAt: '2026-11-01T08:00:00Z', expiresAt: '2026-11-01T20:00:00Z' }
const identity = { subject: 'ada', issuer: 'https://login.example.com', authenticatedAt: '2026-11-01T08:00:00Z', acr: null, amr: [] }

const contractOf = (context: z.ZodType) =>
  defineContract({ name: 'acme', context: context as z.ZodObject, applications: { portal: { reads: ['context'] } } })
type SomeContract = ReturnType<typeof contractOf>

/** The document that a gateway of this contract stores for a context. */
function stored(contract: SomeContract, context: unknown): string {
  const checked = checkParts(contract, { identity, entitlements: {}, context: contract.context.parse(context) })
  if (!checked.ok) throw new Error(checked.why)
  return serializeStored(header.id, checked.parts)
}

/** Whether an application of one contract can read what a gateway of another makes of a stored document. */
function reads(reader: SomeContract, gateway: SomeContract, text: string): boolean {
  const read = parseStored(gateway, header.id, text)
  if (!read.ok) return false
  const wire = project({ ...header, ...read.parts, signals: {} }, ['context'], 0)
  return createViewReader(reader, 'portal')(JSON.parse(JSON.stringify(wire))).ok
}

const pair = contextChange.chain(([older, newer]) =>
  fc.record({
    older: fc.constant(contractOf(older.schema)),
    newer: fc.constant(contractOf(newer.schema)),
    olderContexts: fc.array(older.value, { minLength: 1, maxLength: 4 }),
    newerContexts: fc.array(newer.value, { minLength: 1, maxLength: 4 }),
  }),
)

const breaks = (older: SomeContract, newer: SomeContract) =>
  compareContracts(describeContract(older), describeContract(newer)).some(({ kind }) => kind === 'breaking')

describe('a contract that breaks nothing according to compareContracts', () => {
  it('lets the newer gateway read every older document, and older applications what it makes of it', () => {
    fc.assert(
      fc.property(pair, ({ older, newer, olderContexts }) => {
        if (breaks(older, newer)) return
        for (const text of olderContexts.map((context) => stored(older, context))) {
          expect(parseStored(newer, header.id, text)).toMatchObject({ ok: true })
          expect(reads(older, newer, text)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('lets older applications read every newer document', () => {
    fc.assert(
      fc.property(pair, ({ older, newer, newerContexts }) => {
        if (breaks(older, newer)) return
        for (const text of newerContexts.map((context) => stored(newer, context))) expect(reads(older, newer, text)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is itself, whatever it holds', () => {
    fc.assert(
      fc.property(contextChange, ([{ schema }]) => {
        const described = describeContract(contractOf(schema))
        expect(compareContracts(described, JSON.parse(JSON.stringify(described)))).toEqual([])
      }),
    )
  })
})
