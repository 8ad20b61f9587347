import { compareKeywords, narrower, wider } from './compare-keywords.ts'
import { breaking, type ContractChange, safe } from './contract-change.ts'
import {
  type Alternative,
  alternativesOf,
  canonical,
  inner,
  type JsonSchema,
  listedValues,
  type Rooted,
  resolve,
  toSchema,
} from './json-schema.ts'

/** How a comparison goes on inside of what it has compared. */
type CompareInside = (older: Rooted, newer: Rooted, path: string) => ContractChange[]

/**
 * What changed between two schemas and whom it breaks. Refinements are functions and stand in no description: a change
 * of one is not seen.
 *
 * With `isPart` the outermost object is a part of a document: its unknown keys are ignored whatever it declares.
 */
export function compareSchemas(older: JsonSchema, newer: JsonSchema, path: string, isPart: boolean): ContractChange[] {
  // A schema that contains itself is compared once for each pair.
  const compared = new Map<JsonSchema, Set<JsonSchema>>()
  const compare: CompareInside = (olderNode, newerNode, at) => {
    const [before, after] = [resolve(olderNode), resolve(newerNode)]
    const partners = compared.get(before.schema) ?? new Set()
    if (partners.has(after.schema)) return []
    compared.set(before.schema, partners.add(after.schema))
    return compareAlternatives(alternativesOf(before), alternativesOf(after), at, compare)
  }
  const [before, after] = [asPart(older, isPart), asPart(newer, isPart)]
  return compare({ schema: before, root: before }, { schema: after, root: after }, path)
}

function asPart(schema: JsonSchema, isPart: boolean): JsonSchema {
  return isPart && schema['additionalProperties'] === false ? { ...schema, additionalProperties: undefined } : schema
}

function compareAlternatives(
  older: readonly Alternative[],
  newer: readonly Alternative[],
  path: string,
  compare: CompareInside,
): ContractChange[] {
  const before = Map.groupBy(merged(older), ({ type }) => type)
  const after = Map.groupBy(merged(newer), ({ type }) => type)
  if (before.has('any') || after.has('any')) return compareAny(before, after, path)
  const types = [...new Set([...before.keys(), ...after.keys()])]
  return types.flatMap((type) => compareOfType(type, before.get(type) ?? [], after.get(type) ?? [], path, compare))
}

/** Lists of values of one type are one list: `'a' | 'b'` is the same however it was put together. */
function merged(alternatives: readonly Alternative[]): readonly Alternative[] {
  const lists = alternatives.filter(({ schema }) => listedValues(schema))
  const rest = alternatives.filter(({ schema }) => !listedValues(schema))
  const joined = [...Map.groupBy(lists, ({ type }) => type).values()].map((group) => ({
    ...(group[0] as Alternative),
    schema: { enum: group.flatMap(({ schema }) => listedValues(schema) ?? []) },
  }))
  return [...rest, ...joined]
}

type ByType = ReadonlyMap<Alternative['type'], readonly Alternative[]>

function compareAny(before: ByType, after: ByType, path: string): ContractChange[] {
  const [older, newer] = [before.get('any'), after.get('any')]
  if (!older) return [wider(path, 'any value is taken')]
  if (!newer) return [narrower(path, 'not every value is taken any more; another one')]
  return canonical(older.map(bare)) === canonical(newer.map(bare))
    ? []
    : [breaking(path, 'the schema changed: which values fit both cannot be told')]
}

function bare({ schema }: Alternative): JsonSchema {
  const { description, title, examples, default: _, ...rest } = schema
  return rest
}

function compareOfType(
  type: Alternative['type'],
  older: readonly Alternative[],
  newer: readonly Alternative[],
  path: string,
  compare: CompareInside,
): ContractChange[] {
  if (older.length === 0) return [wider(path, `a value of type ${type} is taken`)]
  if (newer.length === 0) return [narrower(path, `a value of type ${type} is not taken any more`)]
  if (older.length === 1 && newer.length === 1) return comparePair(older[0] as Alternative, newer[0] as Alternative, path, compare)
  return compareMembers(older, newer, path, compare)
}

/** Members of a union that have the same tag are compared; those that are equal need not be; the rest came or went. */
function compareMembers(
  older: readonly Alternative[],
  newer: readonly Alternative[],
  path: string,
  compare: CompareInside,
): ContractChange[] {
  const left = new Set(newer)
  return [
    ...older.flatMap((member) => {
      const partner = partnerOf(member, [...left])
      if (!partner) return [narrower(path, `the member ${nameOf(member)} of a union was removed`)]
      left.delete(partner)
      return comparePair(member, partner, `${path}${tagOf(member) && `(${tagOf(member)})`}`, compare)
    }),
    ...[...left].map((member) => wider(path, `the member ${nameOf(member)} was added to a union`)),
  ]
}

function partnerOf(member: Alternative, others: readonly Alternative[]): Alternative | undefined {
  const tag = tagOf(member)
  return (
    others.find(({ schema }) => canonical(schema) === canonical(member.schema)) ??
    others.find((other) => tag !== '' && tagOf(other) === tag)
  )
}

/** The values of the properties that have only one: what tells the members of a union apart. */
function tagOf({ schema }: Alternative): string {
  const values = Object.values(toSchema(schema['properties'])).map((property) => listedValues(toSchema(property)))
  return values.flatMap((listed) => (listed?.length === 1 ? [String(listed[0])] : [])).join(',')
}

function nameOf(member: Alternative): string {
  return tagOf(member) || member.type
}

function comparePair(older: Alternative, newer: Alternative, path: string, compare: CompareInside): ContractChange[] {
  const own = compareKeywords(older, newer, path)
  if (older.type === 'object') return [...own, ...compareObjects(older, newer, path, compare)]
  if (older.type === 'array') return [...own, ...compareArrays(older, newer, path, compare)]
  return own
}

function compareArrays(older: Alternative, newer: Alternative, path: string, compare: CompareInside): ContractChange[] {
  const [before, after] = [placesOf(older), placesOf(newer)]
  if (before.length !== after.length) return [breaking(path, 'the number of places of a tuple changed')]
  return [
    ...before.flatMap((place, index) => compare(place, after[index] as Rooted, `${path}[${index}]`)),
    ...compare(inner(older, older.schema['items']), inner(newer, newer.schema['items']), `${path}[]`),
  ]
}

function placesOf(alternative: Alternative): readonly Rooted[] {
  const places = alternative.schema['prefixItems']
  return Array.isArray(places) ? places.map((place) => inner(alternative, place)) : []
}

function compareObjects(older: Alternative, newer: Alternative, path: string, compare: CompareInside): ContractChange[] {
  const [before, after] = [toSchema(older.schema['properties']), toSchema(newer.schema['properties'])]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return [...keys.flatMap((key) => compareKey(older, newer, key, path, compare)), ...compareFurther(older, newer, path, compare)]
}

function compareKey(older: Alternative, newer: Alternative, key: string, path: string, compare: CompareInside): ContractChange[] {
  const at = `${path}.${key}`
  const [before, after] = [presenceOf(older.schema, key), presenceOf(newer.schema, key)]
  if (after === 'absent') return [breaking(at, 'the key was removed: older readers may need it, and older writers may set it')]
  if (before === 'absent') return [addedKey(older, at, after)]
  const [from, to] = [propertyOf(older, key), propertyOf(newer, key)]
  return [...comparePresence(from, to, before, after, at), ...compare(from, to, at)]
}

function propertyOf(alternative: Alternative, key: string): Rooted {
  return inner(alternative, toSchema(alternative.schema['properties'])[key])
}

/** Whether a key has to be there when a document is written, is filled in, or may be missing. */
type Presence = 'required' | 'defaulted' | 'optional' | 'absent'

function presenceOf(schema: JsonSchema, key: string): Presence {
  const properties = toSchema(schema['properties'])
  if (!Object.hasOwn(properties, key)) return 'absent'
  if (Object.hasOwn(toSchema(properties[key]), 'default')) return 'defaulted'
  return requiredOf(schema).includes(key) ? 'required' : 'optional'
}

function requiredOf(schema: JsonSchema): readonly unknown[] {
  return Array.isArray(schema['required']) ? schema['required'] : []
}

function addedKey(older: Alternative, at: string, presence: Presence): ContractChange {
  if (presence === 'required') return breaking(at, 'a key was added that must be there: older documents lack it')
  const further = older.schema['additionalProperties']
  if (further === false) return breaking(at, 'a key was added to a strict object: an older reader refuses it')
  if (further !== undefined) return breaking(at, 'a key was added that an older document may hold with another type of value')
  return safe(at, presence === 'defaulted' ? 'a key was added and is filled in where it is missing' : 'an optional key was added')
}

function comparePresence(older: Rooted, newer: Rooted, before: Presence, after: Presence, at: string): ContractChange[] {
  if (before === after) {
    const same = canonical(older.schema['default']) === canonical(newer.schema['default'])
    return same ? [] : [safe(at, 'the default changed: documents that have the key keep their value')]
  }
  if (after === 'required') return [breaking(at, 'the key must be there now: older documents and writers may lack it')]
  if (before === 'required' && after === 'optional') return [breaking(at, 'the key may be missing now: older readers need it')]
  return [
    safe(
      at,
      after === 'defaulted'
        ? 'the key is filled in now where it is missing'
        : 'the key is not filled in any more: older readers fill it in',
    ),
  ]
}

/** Keys that an object does not name: ignored, refused, or of a schema of their own, as in a record. */
function compareFurther(older: Alternative, newer: Alternative, path: string, compare: CompareInside): ContractChange[] {
  const [before, after] = [older.schema['additionalProperties'], newer.schema['additionalProperties']]
  const [open, stillOpen] = [isOpen(before), isOpen(after)]
  if (open && stillOpen) return [...compare(inner(older, before), inner(newer, after), `${path}{}`), ...compareNames(older, newer, path)]
  if (open) return [breaking(path, 'keys that the object does not name are not kept any more')]
  if (stillOpen)
    return before === false
      ? [wider(path, 'a key that the object does not name is taken')]
      : [safe(path, 'further keys are kept; older readers ignore them')]
  if (before === after) return []
  return [
    after === false
      ? narrower(path, 'a key that the object does not name is refused')
      : safe(path, 'further keys are ignored instead of refused'),
  ]
}

function isOpen(further: unknown): boolean {
  return further !== undefined && further !== false
}

/** The names that the keys of a record may have, and those that must be there. */
function compareNames(older: Alternative, newer: Alternative, path: string): ContractChange[] {
  const names = ({ schema }: Alternative) =>
    canonical([schema['propertyNames'], requiredOf(schema).filter((key) => !Object.hasOwn(toSchema(schema['properties']), String(key)))])
  return names(older) === names(newer)
    ? []
    : [breaking(`${path}{}`, 'the names of the keys changed: older readers and documents have others')]
}
