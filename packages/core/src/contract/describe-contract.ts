import { z } from 'zod'
import type { AnyContract } from './contract.ts'
import { parseDuration } from './duration.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Grants, Signals } from './paths.ts'

const schemaText = z.record(z.string(), z.unknown())
const texts = z.array(z.string())

const descriptionSchema = z.object({
  name: z.string(),
  revision: z.int(),
  entitlements: schemaText,
  context: schemaText,
  signals: z.record(z.string(), z.object({ schema: schemaText, ttlMs: z.int() })),
  applications: z.record(
    z.string(),
    z.object({
      reads: texts,
      writes: z.record(z.string(), texts),
      publishes: texts,
      staleMs: z.int(),
      operates: z.enum(['own', 'all']).nullable(),
    }),
  ),
  carryOver: texts,
  lifetime: z.object({ tokenMs: z.int(), idleMs: z.int(), absoluteMs: z.int() }),
  limits: z.object({ bytes: z.int() }),
})

/** A contract as JSON, to be committed and compared with the contract of another day. Schemas are JSON Schema, draft 2020-12. */
export type ContractDescription = z.output<typeof descriptionSchema>

/** Describes a contract as JSON. Refinements are functions and cannot be described. */
export function describeContract(contract: AnyContract): ContractDescription {
  const { name, revision, carryOver, lifetime, limits } = contract
  const signals = Object.entries(contract.signals as Signals).map(([signal, { schema, ttlMs }]) => [
    signal,
    { schema: describeSchema(schema), ttlMs },
  ])
  const applications = Object.entries(contract.applications as Record<string, LooseGrants>).map(([application, grants]) => [
    application,
    describeGrants(grants),
  ])
  return {
    name,
    revision,
    entitlements: describeSchema(contract.entitlements),
    context: describeSchema(contract.context),
    signals: Object.fromEntries(signals),
    applications: Object.fromEntries(applications),
    carryOver: [...carryOver],
    lifetime: { ...lifetime },
    limits: { ...limits },
  }
}

/**
 * Reads a description that was written to a file.
 *
 * @throws TypeError when it is none.
 */
export function parseContractDescription(json: unknown): ContractDescription {
  const parsed = descriptionSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new TypeError(
    `contract description: expected what describeContract makes, found ${issue?.code} at ${issue?.path.join('.') || 'its root'}`,
  )
}

// biome-ignore lint/suspicious/noExplicitAny: only names and paths are described; the schemas decide the literal types.
type LooseGrants = Grants<any, any, any>

function describeGrants({ reads, writes, publishes, stale, operates }: LooseGrants): ContractDescription['applications'][string] {
  return {
    reads: [...(reads ?? [])],
    writes: Object.fromEntries(Object.entries(writes ?? {}).map(([path, reasons]) => [path, [...(reasons ?? [])]])),
    publishes: [...(publishes ?? [])],
    staleMs: stale === undefined ? 0 : parseDuration(stale, 'stale'),
    operates: operates ?? null,
  }
}

/** What a document holds, so the output of the schema; with what its input may leave out marked by a default. */
function describeSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...described } = z.toJSONSchema(schema, {
    override: ({ zodSchema, jsonSchema }) => mark(zodSchema._zod.def, jsonSchema),
  })
  return JSON.parse(JSON.stringify(described))
}

function mark(def: z.core.$ZodTypes['_zod']['def'], described: z.core.JSONSchema.BaseSchema): void {
  // The library describes the output of an object that ignores further keys like that of one that refuses them.
  if (def.type === 'object' && def.catchall === undefined) delete described.additionalProperties
  if (def.type === 'prefault') described.default = def.defaultValue
}
