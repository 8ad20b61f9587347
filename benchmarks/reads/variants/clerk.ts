import { verifyToken } from '@clerk/backend'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { answerOf, sampleSession } from '../sample-session.ts'
import type { Variant } from '../variant.ts'
import { mountedByCookie } from './mounted-by-cookie.ts'

/**
 * Clerk's networkless verification of a session token. The token carries the roles only, as its documentation limits
 * custom claims to 1.2 KB, and lives longer than Clerk's 60 s so that a run can use it.
 */
export const clerkNetworkless: Variant = {
  name: 'Clerk, networkless verification',
  stale: 'up to 60 s',
  peer: '@clerk/backend',
  needs: {},
  async prepare(_, count) {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const jwtKey = await exportSPKI(publicKey)
    const cookies: string[] = []
    for (let index = 0; index < count; index += 1) {
      const { subject, roles } = sampleSession(index)
      const claims = new SignJWT({ roles, sid: `sess_${index}`, azp: 'http://localhost', v: 2 })
      const token = claims.setProtectedHeader({ alg: 'RS256', kid: 'benchmark', typ: 'JWT' }).setSubject(subject)
      cookies.push(`__session=${await token.setIssuer('https://clerk.example.com').setIssuedAt().setExpirationTime('1h').sign(privateKey)}`)
    }

    async function answerFor(cookie: string | undefined) {
      const token = /(?:^|;\s*)__session=([^;]+)/.exec(cookie ?? '')?.[1]
      if (token === undefined) return null
      const claims = await verifyToken(token, { jwtKey }).catch(() => null)
      return claims && answerOf({ subject: claims.sub, roles: claims['roles'] as string[] })
    }
    return mountedByCookie(cookies, answerFor)
  },
}
