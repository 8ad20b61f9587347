import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** What was asked, as far as it decides which answers there may be. */
export interface Asked {
  readonly method: string
  readonly pathname: string
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Says what is wrong with an answer by the OpenAPI document, or null. */
export type DescribedAnswers = (asked: Asked, answer: Answered) => string | null

interface Described {
  readonly method: string
  readonly pattern: RegExp
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>
}

/** The addresses for browsers, which the document does not describe: pages, redirects, and refusals like all others. */
const browserAnswers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^\/$/, [200, 404]],
  [/^\/login$/, [302, 400, 405, 503]],
  [/^\/callback$/, [302, 400, 403, 405, 503]],
  [/^\/logout$/, [200, 302, 400, 403, 405, 413, 415, 503]],
  [/^\/logout\/done$/, [200, 302, 400, 405]],
  [/^\/development\/sign-in$/, [200, 302, 400, 404, 413, 415]],
  [/^\/backchannel-logout$/, [200, 400, 405, 413, 415, 429, 503]],
]

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Reads an OpenAPI document, and judges answers by its statuses, its codes and its schemas. */
export function describedAnswers(document: Record<string, unknown>): DescribedAnswers {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': instant }, validateFormats: true })
  ajv.addSchema(document, 'api')
  const compiled = new Map<string, ValidateFunction>()
  const operations = operationsOf(document)

  function fits(schema: object, value: unknown): string | null {
    const name = JSON.stringify(schema)
    const validate = compiled.get(name) ?? ajv.compile(JSON.parse(name.replaceAll('"#/', '"api#/')))
    compiled.set(name, validate)
    return validate(value) ? null : ajv.errorsText(validate.errors)
  }

  function asProblem({ status, headers, text }: Answered, codes?: string): string | null {
    if (headers.get('content-type') !== 'application/problem+json') return `content type ${headers.get('content-type')}`
    const problem = JSON.parse(text)
    const misfit = fits({ $ref: '#/components/schemas/Problem' }, problem)
    if (misfit) return misfit
    if (problem.status !== status) return `status ${problem.status} in the body`
    if (codes !== undefined && !codes.split(', ').includes(problem.code)) return `the code ${problem.code} is not described`
    return null
  }

  function asDescribed(responses: Described['responses'], answer: Answered, method: string): string | null {
    const described = responses[String(answer.status)]
    if (!described) return 'the status is not described'
    if (method === 'HEAD' || answer.status === 304) return answer.text === '' ? null : 'a body'
    const [type, { schema }] = (Object.entries(described.content ?? {})[0] ?? [null, {}]) as [string | null, { schema?: object }]
    if (type === 'application/problem+json') return asProblem(answer, described.description)
    if (!schema) return null
    if (answer.headers.get('content-type') !== type) return `content type ${answer.headers.get('content-type')}`
    return fits(schema, JSON.parse(answer.text))
  }

  return ({ method, pathname }, answer) => {
    const here = operations.filter(({ pattern }) => pattern.test(pathname) || pattern.test(decoded(pathname)))
    const wanted = method === 'HEAD' ? 'GET' : method
    const found = here.find((operation) => operation.method === wanted || operation.method === '*')
    if (found) return asDescribed(found.responses, answer, method)
    const browser = browserAnswers.find(([pattern]) => pattern.test(pathname) || pattern.test(decoded(pathname)))
    const expected = here.length > 0 ? [405] : (browser?.[1] ?? [404])
    if (!expected.includes(answer.status)) return `expected ${expected.join(' or ')}`
    if (answer.status === 405 && !answer.headers.get('allow')) return 'no Allow'
    const isPage = answer.headers.get('content-type')?.startsWith('text/html')
    return method === 'HEAD' || answer.status < 400 || isPage ? null : asProblem(answer)
  }
}

function operationsOf(document: Record<string, unknown>): readonly Described[] {
  return Object.entries(document.paths as Record<string, Record<string, Pick<Described, 'responses'>>>).flatMap(([path, methods]) => {
    const isForProxies = path === '/v1/forward-auth'
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}${isForProxies ? '(/.*)?' : ''}$`)
    return Object.entries(methods).map(([method, { responses }]) => ({
      method: isForProxies ? '*' : method.toUpperCase(),
      pattern,
      responses,
    }))
  })
}

/** As routers do: once, and what cannot be is left as it is. */
export function decoded(pathname: string): string {
  return pathname.replaceAll(/(%[0-9A-Fa-f]{2})+/g, (encoded) => {
    try {
      return decodeURI(encoded)
    } catch {
      return encoded
    }
  })
}
