import { breaking, type ContractChange } from './contract-change.ts'
import { type Alternative, canonical, type JsonSchema, listedValues } from './json-schema.ts'

/** Keywords that bound a value from below, and from above. */
const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']

/** Keywords that say nothing about values, and those that are compared elsewhere. */
const passed = new Set([
  ...[
    '$schema',
    '$id',
    '$defs',
    '$ref',
    '$comment',
    'id',
    'title',
    'description',
    'examples',
    'deprecated',
    'readOnly',
    'writeOnly',
    'default',
  ],
  ...['type', 'enum', 'const', 'anyOf', 'oneOf', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'prefixItems'],
  ...lowerBounds,
  ...upperBounds,
])

/** 2^53 - 1: what every whole number is bounded by. */
const largestInteger = Number.MAX_SAFE_INTEGER

/**
 * What changed between two ways to fit a schema, without what is inside of them.
 *
 * A value that only the newer contract takes breaks an older reader, which judges what it reads; a value that only the
 * older one takes breaks older documents and the applications that write such values.
 */
export function compareKeywords(older: Alternative, newer: Alternative, path: string): ContractChange[] {
  const listed = compareListed(older.schema, newer.schema, path)
  if (listed) return listed
  return [
    ...compareWhole(older.schema, newer.schema, path),
    ...lowerBounds.flatMap((keyword) => compareBound(older.schema, newer.schema, keyword, path, -1)),
    ...upperBounds.flatMap((keyword) => compareBound(older.schema, newer.schema, keyword, path, 1)),
    ...compareOthers(older.schema, newer.schema, path),
  ]
}

/** The change of one that takes more values than before. */
export function wider(path: string, what: string): ContractChange {
  return breaking(path, `${what}: an older reader refuses it`)
}

/** The change of one that takes fewer values than before. */
export function narrower(path: string, what: string): ContractChange {
  return breaking(path, `${what}: older documents and writers may hold it`)
}

/** Lists of values, or undefined when neither side lists them. */
function compareListed(older: JsonSchema, newer: JsonSchema, path: string): ContractChange[] | undefined {
  const before = listedValues(older)?.map(canonical)
  const after = listedValues(newer)?.map(canonical)
  if (!before && !after) return undefined
  if (!before) return [narrower(path, `no value is taken any more but ${after?.join(', ')}; another one`)]
  if (!after) return [wider(path, `a value beside ${before.join(', ')} is taken`)]
  return [
    ...before.filter((value) => !after.includes(value)).map((value) => narrower(path, `the value ${value} was removed`)),
    ...after.filter((value) => !before.includes(value)).map((value) => wider(path, `the value ${value} was added`)),
  ]
}

function compareWhole(older: JsonSchema, newer: JsonSchema, path: string): ContractChange[] {
  const [before, after] = [older['type'] === 'integer', newer['type'] === 'integer']
  if (before === after) return []
  return [after ? narrower(path, 'a number must be whole; a fraction') : wider(path, 'a number may have a fraction')]
}

function compareBound(older: JsonSchema, newer: JsonSchema, keyword: string, path: string, open: 1 | -1): ContractChange[] {
  const [before, after] = [boundOf(older, keyword, open), boundOf(newer, keyword, open)]
  if (before === after) return []
  const what = `${keyword} went from ${shown(before)} to ${shown(after)}`
  const isWider = open === 1 ? after > before : after < before
  return [isWider ? wider(path, `${what}; a value beyond the older bound`) : narrower(path, `${what}; a value beyond the newer bound`)]
}

function boundOf(schema: JsonSchema, keyword: string, open: 1 | -1): number {
  const bound = schema[keyword]
  if (typeof bound !== 'number' || (schema['type'] === 'integer' && bound === open * largestInteger)) return open * Number.POSITIVE_INFINITY
  return bound
}

function shown(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : 'none'
}

/** Keywords of which only equality can be judged, such as `pattern` and `format`. */
function compareOthers(older: JsonSchema, newer: JsonSchema, path: string): ContractChange[] {
  const keywords = new Set([...Object.keys(older), ...Object.keys(newer)].filter((keyword) => !passed.has(keyword)))
  return [...keywords]
    .filter((keyword) => canonical(older[keyword]) !== canonical(newer[keyword]))
    .map((keyword) => {
      if (older[keyword] === undefined) return narrower(path, `${keyword} was added; a value that does not fit`)
      if (newer[keyword] === undefined) return wider(path, `${keyword} was removed; a value that does not fit`)
      return breaking(path, `${keyword} changed: which values fit both cannot be told`)
    })
}
