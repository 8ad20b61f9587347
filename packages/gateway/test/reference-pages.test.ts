import { readFileSync } from 'node:fs'
import { defineContract } from '@single-state/core'
import { parseDuration } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { defaultBytes, defaultEntries } from '../../core/src/cache/snapshot-cache.ts'
import { commands } from '../src/commands/run-command.ts'
import { checkConfig } from '../src/configure.ts'
import { connectionLimitsOf } from '../src/connection-limits.ts'
import { configOf } from '../src/fixtures/test-gateway.ts'
import { operations } from '../src/routes/operations.ts'

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

  const defaultOf = (option: string) => new RegExp(`^\\| \`${option}\` \\| \`'?([^'\`]+)'?\` \\|`, 'm').exec(page)?.[1] ?? ''

  it('tells the defaults of the contract and of the audit as the code has them', () => {
    const { lifetime, limits, revision } = defineContract({ name: 'acme', applications: { portal: {} } })
    expect(parseDuration(defaultOf('lifetime.token'), 'token')).toBe(lifetime.tokenMs)
    expect(parseDuration(defaultOf('lifetime.idle'), 'idle')).toBe(lifetime.idleMs)
    expect(parseDuration(defaultOf('lifetime.absolute'), 'absolute')).toBe(lifetime.absoluteMs)
    expect(defaultOf('limits.bytes')).toBe(String(limits.bytes))
    expect(defaultOf('revision')).toBe(String(revision))
    expect(parseDuration(defaultOf('audit.keep'), 'keep')).toBe(checkConfig(configOf(), {}).keepAuditMs)
  })

  it('tells the defaults of the connections and of the cache as the code has them', () => {
    const connections = connectionLimitsOf({})
    for (const option of ['most', 'headersTimeoutMs', 'requestTimeoutMs'] as const)
      expect(defaultOf(`connections.${option}`)).toBe(String(connections[option]))
    expect(defaultOf('cache')).toBe(`{ entries: ${defaultEntries}, bytes: ${defaultBytes} }`)
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
