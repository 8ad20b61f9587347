import { describe, expect, it } from 'vitest'
import { configOf, keyOf, openTestGateway, secret } from './fixtures/test-gateway.ts'
import { createGateway } from './gateway.ts'
import { oidc } from './oidc/oidc.ts'
import { memoryStore } from './stores/memory.ts'

const applications = configOf().applications
const idp = oidc({ issuer: 'https://login.example.com', clientId: 'gateway' })
const withPortal = (portal: object) => ({ applications: { ...applications, portal: { ...applications.portal, ...portal } } })
const at = (portal: string, billing: string, origin = 'https://session.example.com') => ({
  origin,
  idp,
  applications: {
    ...applications,
    portal: { key: keyOf('portal'), origins: [portal] },
    billing: { key: keyOf('billing'), origins: [billing] },
  },
})

describe('createGateway refuses', () => {
  it.each<[string, object, Record<string, string>, string]>([
    [
      'a store that lasts without a secret',
      { store: 'sqlite:./none.db', secret: undefined },
      {},
      "secret: expected 32 random characters or more, found none; make one with 'single-state keys create --secret' and set SINGLE_STATE_SECRET",
    ],
    ['a secret that is too short', { secret: 'short' }, {}, 'secret: expected 32 random characters or more, found 5'],
    ['a memory store in production', { idp }, { NODE_ENV: 'production' }, 'store: a memory store signs everybody out with every restart'],
    [
      'a memory store that was made already, in production',
      { idp, store: memoryStore() },
      { NODE_ENV: 'production' },
      'allowMemoryInProduction: true',
    ],
    [
      'an algorithm of keys that no token has',
      { signingAlgorithm: 'RS256' },
      {},
      'signingAlgorithm: expected EdDSA or ES256, found "RS256"',
    ],
    ['claims in place of claimsOf', { claimsOf: { roles: [] } }, {}, 'claimsOf: expected a function'],
    ['a store that it does not know', { store: 'mysql:x' }, {}, 'store: expected'],
    [
      'an application of the contract without a key',
      withPortal({ key: undefined }),
      {},
      "applications.portal.key: expected a key; make one with 'single-state keys create portal'",
    ],
    [
      'an application that is left out',
      { applications: { ...applications, desk: undefined } },
      {},
      'applications.desk.key: expected a key',
    ],
    [
      'a key of another application',
      withPortal({ key: keyOf('billing') }),
      {},
      'applications.portal.key: expected ss_portal_ and 43 characters, or sha256: and 64 hex digits',
    ],
    ['a key that is too short', withPortal({ key: 'ss_portal_abc' }), {}, 'applications.portal.key: expected ss_portal_'],
    [
      'one key for two applications',
      {
        applications: {
          ...applications,
          portal: { key: `sha256:${'0'.repeat(64)}`, origins: [] },
          billing: { key: `sha256:${'0'.repeat(64)}`, origins: [] },
        },
      },
      {},
      'applications.billing.key: is the key of portal',
    ],
    [
      'an application that the contract does not have',
      { applications: { ...applications, shop: applications.desk } },
      {},
      'applications.shop: the contract has no such application; it has portal, billing, desk, admin',
    ],
    ['an application without origins', withPortal({ origins: undefined }), {}, 'applications.portal.origins: expected a list'],
    ['an origin with a path', { origin: 'http://localhost:4400/' }, {}, 'origin: expected an origin such as'],
    ['an origin that is no address', withPortal({ origins: ['localhost:3000'] }), {}, 'applications.portal.origins[0]: expected'],
    [
      'plain http beyond this machine',
      { origin: 'http://session.example.com', idp },
      {},
      'origin: expected https, since session.example.com is not this machine',
    ],
    [
      'several hosts without a named domain',
      at('https://portal.example.com', 'https://billing.example.com'),
      {},
      "cookie.domain: origins are on several hosts (session.example.com, portal.example.com, billing.example.com); name the parent domain that they share, such as 'example.com'",
    ],
    [
      'hosts of two sites',
      at('https://portal.example.com', 'https://billing.example.org'),
      {},
      'with no parent domain in common; a session cookie reaches hosts of one site only',
    ],
    [
      'a host name and the address of the same machine',
      withPortal({ origins: ['http://127.0.0.1:3000'] }),
      {},
      'with no parent domain in common',
    ],
    [
      'a domain that is no parent of all',
      { ...at('https://a.example.com', 'https://b.example.com'), cookie: { domain: 'a.example.com' } },
      {},
      'cookie.domain: expected a parent of all origins, but session.example.com is not under a.example.com',
    ],
    [
      'a host whose name only ends like the domain',
      { ...at('https://a.example.com', 'https://notexample.com'), cookie: { domain: 'example.com' } },
      {},
      'cookie.domain: expected a parent of all origins, but notexample.com is not under example.com',
    ],
    [
      'a domain with a dot before it',
      { ...at('https://a.example.com', 'https://b.example.com'), cookie: { domain: '.example.com' } },
      {},
      "cookie.domain: expected a domain such as 'example.com', without a dot before it",
    ],
    [
      'a domain where one host is enough',
      { cookie: { domain: 'example.com' } },
      {},
      'cookie.domain: leave it out, since all origins are on localhost',
    ],
    ...['co.uk', 'github.io'].map((domain): [string, object, Record<string, string>, string] => [
      `a domain under which everybody registers names: ${domain}`,
      { ...at(`https://a.${domain}`, `https://b.${domain}`, `https://c.${domain}`), cookie: { domain } },
      {},
      `cookie.domain: expected a domain of yours, found ${domain}`,
    ]),
    [
      'hosts that share nothing but a public suffix',
      at('https://a.co.uk', 'https://b.co.uk', 'https://c.co.uk'),
      {},
      'with no parent domain in common',
    ],
    ['encryption without keys', { encryption: { keys: [] } }, {}, 'encryption.keys: expected one key or more'],
    ['an encryption key that is not set', { encryption: { keys: [undefined] } }, {}, 'encryption.keys[0]: expected a key'],
    ['a mistyped option of the encryption', { encryption: { keys: [], plain: true } }, {}, 'encryption'],
    ['connections without a limit', { connections: { most: 0 } }, {}, 'connections.most: expected 1 to 65535, found 0'],
    [
      'headers that may take a minute',
      { connections: { headersTimeoutMs: 60_000 } },
      {},
      'connections.headersTimeoutMs: expected 100 to 5000',
    ],
    [
      'less time for a request than for its headers',
      { connections: { requestTimeoutMs: 1_000 } },
      {},
      'connections.requestTimeoutMs: expected 5000 to 10000',
    ],
    ['a certificate without its key', { tls: { cert: 'a.crt' } }, {}, 'tls.key: expected the name of a PEM file'],
    ['development people in production', {}, { NODE_ENV: 'production', X: '1' }, 'in production use oidc'],
    ['a contract that was not defined', { contract: {} }, {}, 'contract: expected what defineContract returned'],
    ['no identity provider', { idp: undefined }, {}, 'idp: expected oidc'],
    ['a derive that is no function', { derive: {} }, {}, 'derive: expected a function'],
    ['a length of time that is none', { audit: { keep: 'forever' } }, {}, 'audit.keep: expected a duration'],
    [
      'an audit that is shorter than the life of a session',
      { audit: { keep: '12h' } },
      {},
      "audit.keep: expected 13h5m or more (the contract's absolute and token life, and an hour), found 12h",
    ],
    ['a limit of no sessions', { sessionsPerSubject: { max: 0, onOverflow: 'deny' } }, {}, 'sessionsPerSubject.max: expected 1 to 1000'],
    [
      'an overflow that it does not know',
      { sessionsPerSubject: { max: 1, onOverflow: 'x' } },
      {},
      "sessionsPerSubject.onOverflow: expected 'deny' or 'end-oldest'",
    ],
    ['a mistyped option', { sessionPerSubject: { max: 1, onOverflow: 'deny' } } as object, {}, 'found "sessionPerSubject"'],
    ['a mistyped option of an option', { audit: { kept: '1d' } as object }, {}, 'audit: expected no option but keep, sink; found "kept"'],
    ['a log level that it does not know', { log: { level: 'loud' } }, {}, 'log.level: expected debug'],
  ])('%s', async (_, overrides, env, message) => {
    const refused = createGateway(configOf(overrides), { env })
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toBeInstanceOf(TypeError)
  })
})

describe('createGateway accepts', () => {
  it('a memory store without a secret, and in production by name', async () => {
    const config = configOf({ secret: undefined, idp, allowMemoryInProduction: true, log: { level: 'silent' } })
    const gateway = await createGateway(config, { env: { NODE_ENV: 'production' } })
    await gateway.close()
  })

  it('the secret of the environment, and the hash of a key in place of the key', async () => {
    const hash = 'sha256:2b1b1dd5b5b2a9d3d5cd9a4e9c0cbb7a1d7ff0dc2d5ac9e0e4e4dcb1a7fb4c9d'
    const { gateway } = await openTestGateway({ secret: undefined, ...withPortal({ key: hash }) }, { env: { SINGLE_STATE_SECRET: secret } })
    expect(gateway.origin).toBe('http://localhost:4400')
  })

  it('several hosts under one named domain, whose every host receives the token', async () => {
    const overrides = { ...at('https://portal.example.com', 'https://billing.example.com'), cookie: { domain: 'example.com' } }
    const { gateway } = await openTestGateway(overrides)
    expect(gateway.cookie).toEqual({ name: '__Secure-session', domain: 'example.com' })
  })
})

describe('the start-up lines', () => {
  it('say what the gateway is configured to do, and no secret', async () => {
    const { gateway } = await openTestGateway()
    expect(gateway.describe()).toEqual([
      'gateway http://localhost:4400',
      'contract acme, revision 3, documents up to 1024 bytes',
      'lifetimes token 5m, idle 30m, absolute 12h; signed out 27m30s to 30m after the last request',
      'cookie __Host-session, received by localhost alone',
      'store memory: an acknowledged change is lost with the process',
      'documents are stored as they are: encryption.keys are not set',
      'identity provider development people (ada, bob)',
      "application portal: http://localhost:4410; operates the person's own sessions",
      'application billing: http://localhost:4411; stale up to 10s',
      'application desk: no pages',
      'application admin: no pages; operates all sessions',
      'audit kept 90d',
      'live off: reads ask the gateway, but for what an application may have stale',
    ])
  })

  it('say who receives a cookie that reaches several hosts', async () => {
    const overrides = { ...at('https://portal.example.com', 'https://billing.example.com'), cookie: { domain: 'example.com' } }
    const { gateway } = await openTestGateway(overrides)
    expect(gateway.describe()).toContain('cookie __Secure-session, received by every host under example.com: all of them must be yours')
  })
})
