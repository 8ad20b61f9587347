import { describe, expect, it } from 'vitest'
import { oidc } from './oidc.ts'

describe('the options of oidc', () => {
  const right = { issuer: 'https://login.example.com', clientId: 'gateway', clientSecret: 'secret' }

  it.each([
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: 'login.example.com' }],
    ['issuer', { issuer: 'http://login.example.com' }],
    ['issuer', { issuer: 'https://login.example.com?tenant=a' }],
    ['issuer', { issuer: 'https://user@login.example.com' }],
    ['issuer', { issuer: 'ftp://localhost' }],
    ['clientId', { clientId: '' }],
    ['clientSecret', { clientSecret: '' }],
    ['clientSecret', { clientSecret: undefined }],
    ['clientAuthentication', { clientAuthentication: 'none' as 'basic' }],
    ['scopes', { scopes: ['profile'] }],
    ['scopes', { scopes: ['openid', 'a b'] }],
    ['idTokenAlgorithm', { idTokenAlgorithm: 'HS256' }],
    ['idTokenAlgorithm', { idTokenAlgorithm: 'none' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
  ])('are refused by name: %s as in %o', (option, change) => {
    expect(() => oidc({ ...right, ...change })).toThrow(TypeError)
    expect(() => oidc({ ...right, ...change })).toThrow(`${option}: `)
  })

  it('allow a public client, plain HTTP on this machine, and a gateway anywhere', () => {
    const { issuer, clientId } = right
    expect(oidc({ issuer, clientId }).issuer).toBe(issuer)
    expect(oidc({ issuer: 'http://127.0.0.1:4401', clientId }).name).toContain('http://127.0.0.1:4401')
    expect(() => oidc(right).check({ origin: 'https://session.example.com', production: true })).not.toThrow()
  })
})
