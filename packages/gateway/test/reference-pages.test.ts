import { readFileSync } from 'node:fs'
import { defineContract } from '@single-state/core'
import { clockSlackMs, heartbeatMs, leaseMs, parseDuration, settleMs } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { commands } from '../src/commands/run-command.ts'
import { checkConfig } from '../src/configure.ts'
import { connectionLimitsOf } from '../src/connection-limits.ts'
import { configOf } from '../src/fixtures/test-gateway.ts'
import { bodyLimits, heartbeatBodyLimits, readsBodyLimits } from '../src/http/read-json.ts'
import { mostFailures } from '../src/policy/failed-keys.ts'
import { operations } from '../src/routes/operations.ts'
import { auditQuerySchema } from '../src/routes/schemas.ts'

// The pages of docs/reference against the code: what the code has and a page does not, or says otherwise, fails here.

const repository = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8')

describe('the page of the HTTP API', () => {
  const page = read('docs/reference/http-api.md')
  const named = [...page.matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) (\/[^`?]*)/gm)].map(([, method, path]) => `${method} ${path}`)

  it.each(Object.values(operations).map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`))(
    'has a line for %s',
    (call) => expect(named).toContain(call),
  )

  it('has no line for a call that the gateway does not know', () => {
    const forBrowsers = ['GET /login', 'GET /callback', 'GET /logout', 'POST /logout', 'GET /logout/done', 'POST /backchannel-logout']
    expect(named).toHaveLength(Object.keys(operations).length + forBrowsers.length)
    expect(named).toEqual(expect.arrayContaining(forBrowsers))
  })

  it('names every header that a call understands', () => {
    const headers = Object.values(operations).flatMap((operation) => ('headers' in operation ? operation.headers : []))
    for (const header of ['Contract-Revision', 'Session-Token', ...headers]) expect(page).toContain(`\`${header}`)
  })
})

describe('the page of the command', () => {
  const page = read('docs/reference/cli.md')

  it.each(commands.map(({ name }) => name))('has a line for %s', (name) => {
    expect(page).toMatch(new RegExp(`^\\| \`single-state ${name}( <[^>]+>)?\` \\|`, 'm'))
  })

  it.each(commands.flatMap(({ name, options }) => Object.keys(options).map((option) => [name, option])))(
    'names the option of %s --%s',
    (_name, option) => expect(page).toContain(`--${option}`),
  )
})

describe('the page of the configuration', () => {
  const page = read('docs/reference/configuration.md')

  it.each([
    ['packages/gateway/src/config.ts', 'GatewayConfig'],
    ['packages/gateway/src/config.ts', 'ApplicationConfig'],
    ['packages/gateway/src/connection-limits.ts', 'ConnectionLimits'],
    ['packages/gateway/src/oidc/oidc.ts', 'OidcOptions'],
    ['packages/gateway/src/stores/postgres/postgres.ts', 'PostgresStoreOptions'],
    ['packages/gateway/src/stores/redis/redis-options.ts', 'RedisStoreOptions'],
    ['packages/core/src/client/options.ts', 'SessionClientOptions'],
    ['packages/core/src/client/session-result.ts', 'ReadOptions'],
    ['packages/core/src/contract/contract.ts', 'ContractDefinition'],
    ['packages/core/src/contract/paths.ts', 'Grants'],
  ])('%s: names every option of %s', (file, name) => {
    const options = optionsOf(read(file), name)
    expect(options.length).toBeGreaterThan(1)
    const unnamed = options.filter((option) => !new RegExp(`\`([\\w<>]+\\.)?${option}\``).test(page))
    expect(unnamed).toEqual([])
  })

  it('names every variable that is read', () => {
    const sources = ['gateway/src/configure.ts', 'gateway/src/commands/operator-calls.ts', 'core/src/client/options.ts']
    const text = sources.map((file) => read(`packages/${file}`)).join('\n')
    const variables = new Set(text.match(/\b(SINGLE_STATE_[A-Z_]+|NODE_ENV)\b/g))
    expect(variables.size).toBe(5)
    for (const variable of variables) expect(page).toMatch(new RegExp(`^\\| \`${variable}\` \\|`, 'm'))
  })

  it('tells the defaults of the contract and of the audit as the code has them', () => {
    const { lifetime, limits, revision } = defineContract({ name: 'acme', applications: { portal: {} } })
    const defaultOf = (option: string) => new RegExp(`^\\| \`${option}\` \\| \`'?([^'\`]+)'?\` \\|`, 'm').exec(page)?.[1] ?? ''
    expect(parseDuration(defaultOf('lifetime.token'), 'token')).toBe(lifetime.tokenMs)
    expect(parseDuration(defaultOf('lifetime.idle'), 'idle')).toBe(lifetime.idleMs)
    expect(parseDuration(defaultOf('lifetime.absolute'), 'absolute')).toBe(lifetime.absoluteMs)
    expect(defaultOf('limits.bytes')).toBe(String(limits.bytes))
    expect(defaultOf('revision')).toBe(String(revision))
    expect(parseDuration(defaultOf('audit.keep'), 'keep')).toBe(checkConfig(configOf(), {}).keepAuditMs)
  })

  it.each<[row: string, actual: number]>([
    ['body of a request', bodyLimits.bytes],
    ['body of `POST /v1/reads`', readsBodyLimits.bytes],
    ['sessions in one `POST /v1/reads`', constantIn('core/src/document/wire-schemas.ts', /\.min\(1\)\n +\.max\((\d+)\)/)],
    ['levels of a body', bodyLimits.depth],
    ['names in a body', bodyLimits.keys],
    ['characters of a string in a body', bodyLimits.string],
    ['headers of a request', constantIn('gateway/src/serve.ts', 'maxHeaderSize')],
    ['time for the headers of a request', connectionLimitsOf({}).headersTimeoutMs],
    ['time for a whole request', connectionLimitsOf({}).requestTimeoutMs],
    ['silence on a connection, three times the time for a request', connectionLimitsOf({}).silenceMs],
    ['connections of one gateway', connectionLimitsOf({}).most],
    ['calls to the store at once', constantIn('gateway/src/guarded-store.ts', 'mostCalls')],
    ['time for a read in the store', constantIn('gateway/src/guarded-store.ts', /read: \{ ms: ([\d_]+)/)],
    ['time for a commit in the store', constantIn('gateway/src/guarded-store.ts', /commit: \{ ms: ([\d_]+)/)],
    ['writes of a session that can be repeated', constantIn('core/src/consistency/idempotency.ts', 'rememberedWrites')],
    ['characters of an idempotency key', constantIn('gateway/src/http/request-headers.ts', /_:-\]\{1,(\d+)\}/)],
    ['tags in `If-Match`', constantIn('gateway/src/http/entity-tag.ts', 'mostTags')],
    ['time in which a replaced token may be exchanged again', constantIn('core/src/consistency/lineage.ts', 'exchangeGraceMs')],
    ['difference of clocks between gateway and application', constantIn('core/src/client/verify-token.ts', 'clockLeewayMs')],
    ['bytes of the session cookie', constantIn('core/src/http/cookie.ts', 'largestCookieBytes')],
    ['time for a sign-in', constantIn('gateway/src/oidc/transaction.ts', 'transactionSeconds') * 1_000],
    ['time for `claimsOf`', constantIn('gateway/src/policy/derive.ts', 'deadlineMs')],
    ['characters of `acr_values`', constantIn('gateway/src/oidc/asked-assurance.ts', 'longestAcrValues')],
    ['wrong application keys of one name from one address in a minute', mostFailures],
    ['time for `derive`', constantIn('gateway/src/policy/derive.ts', 'deadlineMs')],
    ['characters of `return_to`', constantIn('gateway/src/oidc/return-to.ts', 'longestReturnTo')],
    ['answer of the identity provider', constantIn('gateway/src/oidc/provider-fetch.ts', 'largestAnswerBytes')],
    ["form of the identity provider's sign-out", constantIn('gateway/src/oidc/read-form.ts', 'mostBytes')],
    ['life of a logout token', constantIn('gateway/src/oidc/logout-token.ts', 'longestLifeS') * 1_000],
    ['sign-outs by the identity provider at once', constantIn('gateway/src/oidc/backchannel-logout.ts', 'mostUnderWay')],
    ['logout tokens remembered', constantIn('gateway/src/oidc/replay-guard.ts', 'mostRemembered')],
    ['life of a session context', constantIn('core/src/client/session-context.ts', 'sessionContextSeconds') * 1_000],
    ['characters of a session context', constantIn('core/src/client/session-context.ts', 'longestSessionContext')],
    ['records in a page of the audit', largestPage()],
    ['body of `POST /v1/heartbeat`', heartbeatBodyLimits.bytes],
    ['life of a lease', leaseMs],
    ['time between heartbeats', heartbeatMs],
    ['wait of a write until it is acknowledged', settleMs],
    ['processes with leases that are told apart', constantIn('gateway/src/leases/readers.ts', 'mostReaders')],
    ['difference of wall and monotonic clock within a lease', clockSlackMs],
    ['changes that a store remembers for `changesSince`', constantIn('gateway/src/stores/change-log.ts', 'keptChanges')],
    ["an application's wait for a read", constantIn('core/src/client/gateway-calls.ts', 'readTimeoutMs')],
    ["an answer's wait for the successor of a token at half of its life", constantIn('core/src/http/resolve.ts', 'patienceMs')],
    ["an application's wait for a connection", constantIn('core/src/node/undici-transport.ts', 'connectTimeoutMs')],
    ["an application's wait for a write", constantIn('core/src/client/gateway-calls.ts', 'writeTimeoutMs')],
    ['reads in one request of an application', constantIn('core/src/client/read-flights.ts', 'largestBatch')],
    ['requests for reads of an application at once', constantIn('core/src/client/read-flights.ts', 'mostOut')],
    ['sessions waiting to be read', constantIn('core/src/client/read-flights.ts', 'mostWaiting')],
    ['failures until an application stops asking', constantIn('core/src/client/breaker.ts', 'failuresToOpen')],
    ['time between probes of a gateway that is away', constantIn('core/src/client/breaker.ts', 'probeEveryMs')],
    ['decisions of one `update` made again', constantIn('core/src/http/changes.ts', 'defaultRetries')],
    ['size of an answer that an application reads', constantIn('core/src/client/transport.ts', 'largestAnswerBytes')],
  ])('tells the limit "%s" as the code has it', (row, actual) => {
    const cell = page.split('\n').find((line) => line.startsWith(`| ${row} |`))
    expect(numberOf(cell?.split('|')[2]?.trim() ?? '')).toBe(actual)
  })

  it('tells no limit that is not checked here', () => {
    const [, table = ''] = page.split('## Limits')
    expect(table.match(/^\| [^|]+\| [\d.,]+ ?(KiB|MiB|ms|s|min)? \|/gm)).toHaveLength(52)
  })
})

describe('the page about stores', () => {
  it('names every verb of the port', () => {
    const page = read('docs/guides/write-a-store.md')
    const [, port = ''] = /^export interface SessionStore \{\n([\s\S]*?)^\}/m.exec(read('packages/gateway/src/stores/store.ts')) ?? []
    const verbs = [...port.matchAll(/^ {2}(\w+)\(/gm)].map(([, verb]) => verb as string)
    expect(verbs).toHaveLength(19)
    expect(verbs.filter((verb) => !page.includes(`\`${verb}\``))).toEqual([])
  })
})

/** The options of one interface, from its source; those of a group by their own names. */
function optionsOf(source: string, name: string): string[] {
  const [, body = ''] = new RegExp(`^export interface ${name}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source) ?? []
  return [...body.matchAll(/^ +readonly (\w+)\??:(?!.*\{$)/gm)].map(([, option]) => option as string)
}

/** A constant that its file keeps to itself. */
function constantIn(file: string, constant: string | RegExp): number {
  const pattern = typeof constant === 'string' ? new RegExp(`\\b${constant}(?: =|:) ([\\d_]+)`) : constant
  const [, digits] = pattern.exec(read(`packages/${file}`)) ?? []
  return digits === undefined ? Number.NaN : Number(digits.replaceAll('_', ''))
}

function largestPage(): number {
  const isTaken = (limit: number) => auditQuerySchema.safeParse({ limit: String(limit) }).success
  return isTaken(500) && !isTaken(501) ? 500 : Number.NaN
}

const units: Readonly<Record<string, number>> = { KiB: 1_024, MiB: 1_048_576, ms: 1, s: 1_000, min: 60_000 }

/** A number as people write it: `16 KiB`, `1.8 s`, `10,000`. */
function numberOf(text: string): number {
  const [, digits = '', unit = ''] = /^([\d.,]+) ?(\w*)$/.exec(text) ?? []
  return Math.round(Number(digits.replaceAll(',', '')) * (units[unit] ?? 1))
}
