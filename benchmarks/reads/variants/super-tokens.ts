import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { answerOf, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'
import { mountedByCookie } from './mounted-by-cookie.ts'

/** The claim that SuperTokens keeps a person's roles in. */
const rolesClaim = 'st-role'

/**
 * A SuperTokens access token, verified by hand with a JWT library as its documentation shows, the key set in memory. Its own
 * middleware does this and more. The token carries the roles only.
 */
export const superTokens: Variant = {
  name: 'SuperTokens token, with jose',
  stale: "up to the token's life, 1 hour",
  peer: 'jose',
  needs: {},
  async prepare(_, count) {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'd-benchmark', alg: 'RS256', use: 'sig' }] })
    const cookies: string[] = []
    for (let index = 0; index < count; index += 1) {
      const { subject, roles } = sampleSession(index)
      const about = { sessionHandle: `session-${index}`, refreshTokenHash1: 'none', antiCsrfToken: null, tId: 'public', rsub: subject }
      const claims = new SignJWT({ ...about, [rolesClaim]: { v: roles, t: Date.now() } }).setSubject(subject).setIssuedAt()
      const token = claims.setProtectedHeader({ alg: 'RS256', kid: 'd-benchmark', typ: 'JWT', version: '5' })
      cookies.push(`sAccessToken=${await token.setIssuer('http://localhost/auth').setExpirationTime('1h').sign(privateKey)}`)
    }

    async function answerFor(cookie: string | undefined) {
      const token = /(?:^|;\s*)sAccessToken=([^;]+)/.exec(cookie ?? '')?.[1]
      if (token === undefined) return null
      const verified = await jwtVerify(token, keys).catch(() => null)
      if (verified === null) return null
      const { sub = '', [rolesClaim]: held } = verified.payload
      return answerOf({ subject: sub, roles: (held as { readonly v: readonly string[] }).v })
    }
    return mountedByCookie(cookies, answerFor)
  },
}
