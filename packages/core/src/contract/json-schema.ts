/** A JSON Schema (draft 2020-12) as it stands in a file. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A schema with the document that its references point into. */
export interface Rooted {
  readonly schema: JsonSchema
  readonly root: JsonSchema
}

/** One of the ways in which a value may fit a schema: values of one JSON type under the keywords that judge them. */
export interface Alternative extends Rooted {
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' | 'any'
}

/** Fits no value, as `false` does where a schema may be a boolean. */
const nothing: JsonSchema = { not: {} }

/** What a keyword holds, as a schema: `true` is any value, `false` none. */
export function toSchema(found: unknown): JsonSchema {
  if (typeof found === 'boolean') return found ? {} : nothing
  return isSchema(found) ? found : {}
}

/** A schema under a keyword of another one, in the same document. */
export function inner({ root }: Rooted, found: unknown): Rooted {
  return { schema: toSchema(found), root }
}

/** Follows references until there is a schema; one that leads nowhere is any value. */
export function resolve(node: Rooted): Rooted {
  let { schema } = node
  for (let step = 0; step < 16 && typeof schema['$ref'] === 'string'; step += 1) schema = referred(node.root, schema['$ref'])
  return { schema, root: node.root }
}

/** The values that a schema lists, or undefined when it does not list them. */
export function listedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum']
  return Object.hasOwn(schema, 'const') ? [schema['const']] : undefined
}

/** The ways to fit a schema, with unions, nullables and lists of values taken apart by type. */
export function alternativesOf(node: Rooted, depth = 0): readonly Alternative[] {
  const { schema, root } = resolve(node)
  const members = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(members) && depth < 16)
    return members.flatMap((member) => alternativesOf({ schema: toSchema(member), root }, depth + 1))
  if (isNothing(schema)) return []
  const listed = listedValues(schema)
  if (listed) return byType(listed).map(([type, values]) => ({ type, root, schema: { enum: values } }))
  const types = [schema['type'] ?? 'any'].flat() as string[]
  return types.map((type) => ({ type: (type === 'integer' ? 'number' : type) as Alternative['type'], root, schema }))
}

/** A text that is equal for equal JSON values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, found) => (isSchema(found) ? Object.fromEntries(Object.entries(found).sort(byKey)) : found)) ?? 'undefined'
  )
}

function referred(root: JsonSchema, reference: string): JsonSchema {
  if (reference === '#') return root
  const name = /^#\/\$defs\/(.+)$/.exec(reference)?.[1] ?? ''
  const definitions = toSchema(root['$defs'])
  return Object.hasOwn(definitions, name) ? toSchema(definitions[name]) : {}
}

function isNothing(schema: JsonSchema): boolean {
  return isSchema(schema['not']) && Object.keys(schema['not']).length === 0
}

function byType(values: readonly unknown[]): [Alternative['type'], unknown[]][] {
  const groups = Map.groupBy(values, (value) => (value === null ? 'null' : typeof value) as Alternative['type'])
  return [...groups]
}

function byKey([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1
}

function isSchema(found: unknown): found is JsonSchema {
  return typeof found === 'object' && found !== null && !Array.isArray(found)
}
