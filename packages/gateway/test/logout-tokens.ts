import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import type { Spoil } from './test-idp.ts'

export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** What to do otherwise than a good provider does. */
export interface Odd {
  /** Replaces claims; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Replaces members of the header; undefined leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** `'none'` signs nothing; `'HS256'` signs with the public key's own bytes; a stranger's key is not in the key set. */
  readonly signedBy?: 'RS256' | 'PS256' | 'ES256' | 'HS256' | 'none' | 'stranger'
}

/** Makes logout tokens as the provider of `issuer` would for the client `gateway`, with a key set of their own that fits. */
export async function createLogoutTokens(issuer: string) {
  const keys = { RS256: await generateKeyPair('RS256'), PS256: await generateKeyPair('PS256'), ES256: await generateKeyPair('ES256') }
  const stranger = await generateKeyPair('RS256')
  const jwks = { keys: await Promise.all(Object.entries(keys).map(([alg, pair]) => publicJwk(alg, pair))) }
  let made = 0

  async function token({ claims, header, signedBy = 'RS256' }: Odd = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000)
    const good = { iss: issuer, aud: 'gateway', iat: now, exp: now + 120, jti: `t${++made}`, sub: 'ada', events: { [logoutEvent]: {} } }
    const payload = withoutUndefined({ ...good, ...claims })
    if (signedBy === 'none') return new UnsecuredJWT(payload).encode()
    const alg = signedBy === 'stranger' ? 'RS256' : signedBy
    const jwt = new SignJWT(payload).setProtectedHeader({
      ...withoutUndefined({ typ: 'logout+jwt', kid: signedBy === 'HS256' ? 'RS256' : alg, ...header }),
      alg,
    })
    if (signedBy === 'HS256') return jwt.sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0])))
    return jwt.sign(signedBy === 'stranger' ? stranger.privateKey : keys[signedBy].privateKey, { crit: { x: true } })
  }

  /** Serves the key set in the provider's place. */
  const keySet: Spoil = (req, res) => {
    if (req.url !== '/jwks') return false
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(jwks))
    return true
  }

  return { token, keySet }
}

async function publicJwk(alg: string, { publicKey }: GenerateKeyPairResult) {
  return { ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' }
}

function withoutUndefined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
