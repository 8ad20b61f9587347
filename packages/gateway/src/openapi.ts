import { codes, type SessionErrorCode, wire } from '@single-state/core/protocol'
import { z } from 'zod'
import type { Operation } from './routes/operation.ts'

type Json = Readonly<Record<string, unknown>>

/** What every call of a kind can be refused for, beyond its own codes. */
const commonCodes: Readonly<Record<Operation['proof'], readonly SessionErrorCode[]>> = {
  none: [],
  application: ['application_unknown', 'rate_limited', 'store_unavailable'],
  operator: ['application_unknown', 'rate_limited', 'application_denied', 'store_unavailable'],
  session: [
    'application_unknown',
    'rate_limited',
    'token_missing',
    'token_invalid',
    'session_ended',
    'session_invalid',
    'store_unavailable',
  ],
}

/** What it can be refused for besides, where the token of the person who acts was shown. */
const actorCodes: readonly SessionErrorCode[] = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_replaced',
  'session_ended',
  'session_invalid',
]

const bodyCodes: readonly SessionErrorCode[] = ['request_invalid', 'document_too_large', 'media_type_unsupported']

/** The OpenAPI document of a gateway, from the table that its routes are mounted by and the schemas that they judge by. */
export function openApiDocument(operations: Readonly<Record<string, Operation>>, origin: string): Json {
  const schemas = componentSchemas(operations)
  const paths: Record<string, Record<string, Json>> = {}
  for (const [id, operation] of Object.entries(operations)) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method]: describe(id, operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Single State gateway', version: '1', description: 'Reads and conditional writes of shared session documents.' },
    servers: [{ url: origin }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        application: { type: 'http', scheme: 'bearer', description: 'The key of an application.' },
        session: { type: 'apiKey', in: 'header', name: 'Session-Token', description: 'The token of the session that is meant.' },
      },
    },
  }
}

function describe(id: string, operation: Operation): Json {
  const { body, answer } = operation
  return {
    operationId: id,
    summary: operation.summary,
    security: securityOf(operation),
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: true, content: jsonOf(refTo(`${capital(id)}Request`)) } }),
    responses: {
      '200': { description: 'As asked for.', ...(answer && { content: jsonOf(refTo(`${capital(id)}Answer`)) }) },
      ...(operation.headers?.includes('If-None-Match') && {
        '304': { description: 'The representation of If-None-Match is the current one.' },
      }),
      ...refusalsOf(operation),
    },
  }
}

/** One proof of a list is enough (OpenAPI 3.1 section 4.8.30). */
function securityOf({ proof, actor }: Operation): readonly Json[] {
  const both = { application: [], session: [] }
  if (proof === 'none') return []
  if (proof === 'session') return [both]
  return [{ application: [] }, ...(actor ? [both] : [])]
}

function parametersOf({ path, query, headers, proof, forProxies }: Operation): readonly Json[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const properties = query ? ((z.toJSONSchema(query, { io: 'input' }) as { properties?: Record<string, Json> }).properties ?? {}) : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
  const revision = { name: 'Contract-Revision', in: 'header', required: true, schema: { type: 'integer', minimum: 1 } }
  const conditional = (headers ?? []).map((name) => ({ name, in: 'header', required: name === 'If-Match', schema: { type: 'string' } }))
  return [...inPath, ...inQuery, ...(path.startsWith('/v1/') && proof !== 'none' && !forProxies ? [revision] : []), ...conditional]
}

/** One answer for each status, naming its codes. */
function refusalsOf(operation: Operation): Readonly<Record<string, Json>> {
  const all = new Set([
    ...operation.codes,
    ...commonCodes[operation.proof],
    ...(operation.actor ? actorCodes : []),
    ...(operation.body ? bodyCodes : []),
  ])
  if (operation.path.startsWith('/v1/')) all.add('request_invalid')
  const byStatus = Map.groupBy([...all], (code) => String(codes[code].status))
  const content = { 'application/problem+json': { schema: refTo('Problem') } }
  return Object.fromEntries([...byStatus].map(([status, found]) => [status, { description: found.join(', '), content }]))
}

/** Requests and answers under the name of their operation; what they share under its own. */
function componentSchemas(operations: Readonly<Record<string, Operation>>): Json {
  const named = Object.entries(operations).flatMap(([id, { body, answer }]): [string, z.ZodType][] => [
    ...(body ? [[`${capital(id)}Request`, body] satisfies [string, z.ZodType]] : []),
    ...(answer ? [[`${capital(id)}Answer`, answer] satisfies [string, z.ZodType]] : []),
  ])
  return Object.assign({}, ...[['Problem', wire.problemSchema] as const, ...named].map(([name, schema]) => schemasIn(name, schema)))
}

/** A schema under its name, and each that it holds and that has a name of its own. */
function schemasIn(name: string, schema: z.ZodType): Json {
  // As input: an answer may have members that are not described here, and a reader ignores them.
  const { $schema, $defs, id, ...json } = moved(z.toJSONSchema(schema, { io: 'input', override: withoutPattern }))
  return { ...($defs as Json | undefined), [name]: json }
}

/** Where OpenAPI keeps what JSON Schema keeps in `$defs`. */
function moved(schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
}

/** The format says it; the expression for it is a hundred characters. */
function withoutPattern({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

function refTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

function jsonOf(schema: Json): Json {
  return { 'application/json': { schema } }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
