import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSessionClient } from '../create-session-client.ts'
import { acme } from '../fixtures/acme.ts'
import { portalKey } from '../fixtures/scene.ts'
import { gatewayAddressOf, type SessionClientOptions } from './options.ts'

const good = { application: 'portal', gateway: 'https://session.acme.test', key: portalKey } as const
const secret = 'k'.repeat(43)

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('gatewayAddressOf', () => {
  it('takes address and key from the options', () => {
    expect(gatewayAddressOf(good)).toEqual({ origin: 'https://session.acme.test', key: portalKey })
  })

  it('takes them from the environment where the options say nothing, when it is asked and not before', () => {
    vi.stubEnv('SINGLE_STATE_GATEWAY', 'https://env.acme.test/')
    vi.stubEnv('SINGLE_STATE_KEY', `ss_portal_${'e'.repeat(43)}`)
    expect(gatewayAddressOf({ application: 'portal' })).toEqual({ origin: 'https://env.acme.test', key: `ss_portal_${'e'.repeat(43)}` })
    expect(gatewayAddressOf(good).origin).toBe('https://session.acme.test')
  })

  it.each([
    ['gateway', { gateway: '' }, "gateway: expected the gateway's origin, in the option or in SINGLE_STATE_GATEWAY"],
    ['key', { key: '' }, 'key: expected the application key, in the option or in SINGLE_STATE_KEY'],
    ['no address', { gateway: 'session' }, 'gateway: expected an origin such as https://session.example.com, found "session"'],
    ['a path', { gateway: 'https://session.acme.test/v1' }, 'gateway: expected an origin'],
    ['a query', { gateway: 'https://session.acme.test/?a=1' }, 'gateway: expected an origin'],
    ['a fragment', { gateway: 'https://session.acme.test/#a' }, 'gateway: expected an origin'],
    ['another scheme', { gateway: 'ftp://session.acme.test' }, 'gateway: expected an origin'],
    ['plain http', { gateway: 'http://session.acme.test' }, 'gateway: expected https for session.acme.test; allowPlainHttp'],
    ['a key of another form', { key: 'secret' }, 'key: expected the form ss_<application>_ and 43 characters'],
    ['a key that is cut off', { key: portalKey.slice(0, -1) }, 'key: expected the form'],
    ['a key with a line break', { key: `${portalKey}\n` }, 'key: expected the form'],
    [
      'the key of another application',
      { key: `ss_billing_${secret}` },
      'key: expected a key of application "portal", found one of "billing"',
    ],
  ])('names the option: %s', (_title, options, message) => {
    vi.stubEnv('SINGLE_STATE_GATEWAY', '')
    vi.stubEnv('SINGLE_STATE_KEY', '')
    expect(() => gatewayAddressOf({ ...good, ...options })).toThrow(TypeError)
    expect(() => gatewayAddressOf({ ...good, ...options })).toThrow(message)
  })

  it('never repeats a secret: swapped options, a password in the address', () => {
    for (const gateway of [portalKey, `https://ada:${secret}@session.acme.test`, `https://${secret}@session.acme.test/v1`]) {
      const refusal = () => gatewayAddressOf({ ...good, gateway })
      expect(refusal).toThrow('gateway: expected an origin')
      expect(refusal).not.toThrow(secret)
    }
    expect(() => gatewayAddressOf({ ...good, key: `oops${secret}` })).not.toThrow(secret)
  })

  it.each(['http://localhost:4400', 'http://127.0.0.1:4400', 'http://[::1]:4400', 'http://session.localhost'])(
    'takes %s: it is this machine',
    (gateway) => {
      expect(gatewayAddressOf({ ...good, gateway }).origin).toBe(gateway)
    },
  )

  it('takes plain http to another machine where that is allowed by name', () => {
    expect(gatewayAddressOf({ ...good, gateway: 'http://gateway.internal', allowPlainHttp: true }).origin).toBe('http://gateway.internal')
  })
})

describe('createSessionClient', () => {
  const create = (options: Partial<SessionClientOptions<'portal'>>) => createSessionClient(acme, { ...good, ...options })

  it('reaches for nothing when it is made', () => {
    let made = 0
    const transport = () => {
      made += 1
      return () => Promise.reject(new Error('nobody asked'))
    }
    create({ transport })
    // One for calls, one for heartbeats: they must not queue behind reads.
    expect(made).toBe(2)
  })

  it.each<[string, Partial<SessionClientOptions<'portal'>>, string]>([
    ['application', { application: 'shop' as 'portal' }, 'application: expected one of portal, billing, admin; found "shop"'],
    ['defaults', { defaults: { freshness: { maxAge: 'long' as '1s' } } }, 'maxAge: expected a duration'],
    ['defaults', { defaults: { outageGrace: '1 s' as '1s' } }, 'outageGrace: expected a duration'],
    ['cache', { cache: { entries: 0 } }, 'cache.entries: expected a whole number from 1'],
  ])('names the option that does not fit: %s', (_option, options, message) => {
    expect(() => create(options)).toThrow(TypeError)
    expect(() => create(options)).toThrow(message)
  })
})
