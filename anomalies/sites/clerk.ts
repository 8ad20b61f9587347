import { createClerkClient } from '@clerk/backend'
import { clerkMiddleware, getAuth } from '@clerk/express'
import express, { type RequestHandler } from 'express'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, ownRoutes, type Site } from '../site.ts'
import { serveExpress, siteOrigin } from './serve-express.ts'

/** Clerk for Express with its networkless verification: the key is given, nothing is asked. */
export async function clerkSite(scope: Scope, { before }: { readonly before?: RequestHandler } = {}): Promise<Site> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const publishableKey = `pk_test_${Buffer.from('clerk.example.com$').toString('base64')}`
  const keys = { publishableKey, secretKey: 'sk_test_scenarios', jwtKey: await exportSPKI(publicKey) }
  const app = express()
  if (before) app.use(before)
  app.use(clerkMiddleware({ ...keys, clerkClient: createClerkClient({ ...keys, telemetry: { disabled: true } }) }))
  app.get('/me', (request, response) => {
    const { userId } = getAuth(request)
    if (!userId) return void response.status(401).end()
    response.json({ subject: userId })
  })
  const send = await serveExpress(scope, app)
  return {
    ...ownRoutes,
    hooks: createHooks(),
    async signIn() {
      const browser = openBrowser(send)
      // As Clerk issues them: for 60 seconds, to be renewed by its script in the page.
      const issuedAt = Math.floor(Date.now() / 1_000)
      const claims = new SignJWT({ sid: 'sess_1', azp: siteOrigin, v: 2 }).setProtectedHeader({ alg: 'RS256', kid: 'ins_1', typ: 'JWT' })
      const token = claims
        .setSubject('ada')
        .setIssuer('https://clerk.example.com')
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 60)
      browser.take([
        `__session=${await token.sign(privateKey)}; Path=/`,
        `__client_uat=${issuedAt - 10}; Path=/`,
        '__clerk_db_jwt=dev; Path=/',
      ])
      return browser
    },
  }
}
