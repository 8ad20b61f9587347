import type { ServerResponse } from 'node:http'
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose'
import type { Spoil } from './test-idp.ts'

/** What a provider in the wrong hands, or none at all, would say in exchange for a code. */
export interface Forgery {
  readonly claims: Readonly<Record<string, unknown>>
  /** Whether the key that signed is not the one that the key set shows. Default false. */
  readonly wrongKey?: boolean
}

/** Makes token endpoints that say what a test wants, with a key set of their own that fits. */
export async function createForger(): Promise<(forgery: Forgery | null) => Spoil> {
  const shown = await generateKeyPair('RS256')
  const hidden = await generateKeyPair('RS256')
  const jwks = { keys: [{ ...(await exportJWK(shown.publicKey)), kid: 'forged', alg: 'RS256', use: 'sig' }] }
  return (forgery) => (req, res) => {
    if (req.url === '/jwks') return json(res, jwks)
    if (req.url !== '/token') return false
    req.resume()
    if (!forgery) return json(res, { access_token: 'a', token_type: 'Bearer' })
    void idToken(forgery, forgery.wrongKey ? hidden : shown).then((token) =>
      json(res, { access_token: 'a', token_type: 'Bearer', id_token: token }),
    )
    return true
  }
}

function idToken({ claims }: Forgery, { privateKey }: GenerateKeyPairResult): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'forged' }).sign(privateKey)
}

function json(res: ServerResponse, body: unknown): true {
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  return true
}
