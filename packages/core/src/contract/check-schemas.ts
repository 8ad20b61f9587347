import { z } from 'zod'
import type { AnyContract } from './contract.ts'
import type { Signals } from './paths.ts'
import { isPersonal, personalDataIn } from './personal-data.ts'

/**
 * What a document may be made of: values that JSON carries and that a schema judges without changing them. A document is
 * read again at every version, so a schema must accept what it has once answered.
 */
const plainTypes = new Set([
  ...['string', 'number', 'int', 'boolean', 'null', 'literal', 'enum', 'template_literal', 'unknown', 'any', 'never'],
  ...['object', 'record', 'array', 'tuple', 'union', 'intersection', 'lazy', 'pipe'],
  ...['optional', 'nullable', 'nonoptional', 'default', 'prefault', 'readonly'],
])

/** Names that mean something to JavaScript itself: as keys of a document they could reach an object's prototype. */
const reservedKeys = ['__proto__', 'constructor', 'prototype']

/** The schemas of a contract, each under the option that holds it. */
function schemasOf(contract: AnyContract): [option: string, schema: z.ZodType][] {
  const signals = Object.entries(contract.signals as Signals).map(([name, { schema }]): [string, z.ZodType] => [`signals.${name}`, schema])
  return [['entitlements', contract.entitlements], ['context', contract.context], ...signals]
}

/** Refuses what could not travel as JSON, or would fail only at the first login. */
export function checkSchemas(contract: AnyContract): void {
  for (const part of ['entitlements', 'context'] as const) {
    if (!((contract[part] as unknown) instanceof z.ZodObject)) throw new TypeError(`${part}: expected z.object({ … }) of zod 4`)
    checkNames(Object.keys(contract[part].shape), part)
  }
  checkSignals(contract.signals)
  for (const [option, schema] of schemasOf(contract)) checkPlain(schema, option)
}

/** A document holds identifiers and decisions; what is personal data by its name stays with the identity provider. */
export function checkPersonalData(contract: AnyContract, allowed: readonly string[]): void {
  if (!Array.isArray(allowed)) throw new TypeError('allowPersonalData: expected a list of keys')
  const refuse = (option: string, keys: readonly string[]) => {
    const found = keys.find((key) => !allowed.includes(key))
    if (found === undefined) return
    const name = JSON.stringify(found)
    throw new TypeError(`${option}: ${name} is personal data by its name; keep an identifier instead, or name it in allowPersonalData`)
  }
  refuse('signals', Object.keys(contract.signals).filter(isPersonal))
  for (const [option, schema] of schemasOf(contract)) refuse(option, personalDataIn(z.toJSONSchema(schema)))
}

function checkSignals(signals: Signals): void {
  if (typeof signals !== 'object' || signals === null) throw new TypeError('signals: expected an object')
  for (const [name, signal] of Object.entries(signals)) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) || reservedKeys.includes(name)) {
      throw new TypeError(`signals: expected names of 1 to 64 letters, digits, hyphens and underscores, found ${JSON.stringify(name)}`)
    }
    if (!((signal?.schema as unknown) instanceof z.ZodType)) throw new TypeError(`signals.${name}: expected signal(schema, { ttl })`)
  }
}

/** A key of a part is a segment of a path, so it holds no dot. */
function checkNames(keys: readonly string[], option: string): void {
  for (const key of keys) {
    if (key.length === 0 || key.length > 64 || key.includes('.')) {
      throw new TypeError(`${option}: expected keys of 1 to 64 characters without a dot, found ${JSON.stringify(key)}`)
    }
  }
}

function checkPlain(schema: z.ZodType, option: string): void {
  const refusals: string[] = []
  const override = ({ zodSchema, path }: { zodSchema: z.core.$ZodTypes; path: readonly (string | number)[] }) => {
    const found = unfit(zodSchema)
    if (found) refusals.push(`${[option, ...keysOf(path)].join('.')}: ${found}`)
  }
  try {
    z.toJSONSchema(schema, { unrepresentable: 'any', override })
    // The library itself knows which literals JSON lacks.
    if (refusals.length === 0) z.toJSONSchema(schema, { unrepresentable: 'throw' })
  } catch (cause) {
    throw new TypeError(`${option}: expected a schema of plain JSON values`, { cause })
  }
  if (refusals[0]) throw new TypeError(refusals[0])
}

/** What makes one schema unfit for a document, or undefined. */
function unfit(schema: z.core.$ZodTypes): string | undefined {
  const def = schema._zod.def as z.core.$ZodTypes['_zod']['def'] & { coerce?: boolean; transform?: unknown }
  if (def.type === 'catch') return 'expected a schema that refuses what does not fit, found catch: a document is never patched'
  if (!plainTypes.has(def.type)) return `expected plain JSON values, found ${def.type}`
  if (def.coerce || def.transform || (def.type === 'pipe' && isTransform(def)))
    return 'expected a schema that judges values, found one that converts them'
  if (def.checks?.some(isAsync)) return 'expected refinements that answer at once, found an async one'
  const reserved = def.type === 'object' ? Object.keys(def.shape).find((key) => reservedKeys.includes(key)) : undefined
  return reserved && `expected no key named ${JSON.stringify(reserved)}`
}

function isTransform({ in: from, out }: z.core.$ZodPipeDef): boolean {
  return from._zod.def.type === 'transform' || out._zod.def.type === 'transform'
}

function isAsync(check: z.core.$ZodCheck<never>): boolean {
  const { fn } = check._zod.def as { fn?: { constructor?: { name?: string } } }
  return fn?.constructor?.name === 'AsyncFunction'
}

/** A JSON Schema path without the keywords that lead from key to key. */
function keysOf(path: readonly (string | number)[]): (string | number)[] {
  return path.filter((_, index) => path[index - 1] === 'properties')
}
