import { isSessionError } from '@single-state/core/errors'
import { z } from 'zod'
import { causeText } from '../../oidc/cause-text.ts'
import type { IdentityProvider } from '../../oidc/provider.ts'
import { fetchFromProvider } from '../../oidc/provider-fetch.ts'
import { clockFinding } from './clock.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** 5 s for each request: a provider that takes longer fails sign-ins, too. */
export const timeoutMs = 5_000

const metadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: z.url(),
  end_session_endpoint: z.url().optional(),
  backchannel_logout_supported: z.boolean().optional(),
})
const keySetSchema = z.object({ keys: z.array(z.object({ kty: z.string() })).min(1) })

type Metadata = z.output<typeof metadataSchema>

/** Asks the provider what a sign-in would ask: metadata, keys, and whether it takes this client and this address. */
export async function providerFindings(idp: IdentityProvider, origin: string): Promise<readonly Finding[]> {
  if (!/^https?:/.test(idp.issuer)) return [ok('identity provider', `${idp.name}: a page of the gateway's own, for this machine alone`)]
  try {
    const { metadata, clock } = await discovered(idp.issuer)
    return [
      clock,
      ok('identity provider', `${idp.issuer} answers`),
      await keySetFinding(metadata),
      await redirectFinding(idp, `${origin}/callback`),
      logoutFinding(metadata),
    ]
  } catch (error) {
    if (!isSessionError(error) && !(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error
    const found = isSessionError(error) ? causeText(error) : 'its metadata is not what OpenID Connect Discovery says'
    return [
      fail('identity provider', `${idp.issuer}: ${found}`, 'correct the issuer, or start the provider: until then nobody can sign in'),
    ]
  }
}

async function discovered(issuer: string): Promise<{ readonly metadata: Metadata; readonly clock: Finding }> {
  const askedAtMs = Date.now()
  // OpenID Connect Discovery section 4: a slash at the end of the issuer goes before the name is added.
  const response = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const answeredAtMs = Date.now()
  const nowMs = Date.parse(response.headers.get('date') ?? '')
  const clock = Number.isNaN(nowMs)
    ? warn('clock', 'the identity provider does not tell the time', 'compare it by hand: it dates the ID tokens')
    : clockFinding({ whose: 'the identity provider', nowMs, askedAtMs, answeredAtMs, stepMs: 1_000 })
  return { metadata: metadataSchema.parse(await response.json()), clock }
}

async function keySetFinding({ jwks_uri }: Metadata): Promise<Finding> {
  const parsed = keySetSchema.safeParse(await (await ask(jwks_uri)).json().catch(() => null))
  if (parsed.success) return ok('identity provider', `${parsed.data.keys.length} keys at ${jwks_uri}`)
  return fail('identity provider', `no keys at ${jwks_uri}`, 'without keys no ID token can be checked: correct the provider')
}

/** A provider that does not know the client or the address says so before anybody has signed in. */
async function redirectFinding(idp: IdentityProvider, redirectUri: string): Promise<Finding> {
  const address = await idp.begin({
    state: 'doctor',
    nonce: 'doctor',
    codeVerifier: 'd'.repeat(43),
    redirectUri,
    assurance: { acrValues: [], maxAgeS: null },
  })
  const { status, headers } = await ask(address.href)
  const target = new URL(headers.get('location') ?? address.href, address)
  const refusal = target.href.startsWith(redirectUri) ? target.searchParams.get('error') : null
  if (status < 400 && refusal === null) return ok('identity provider', `takes this client and ${redirectUri}`)
  const found = `refuses a sign-in of this client with ${redirectUri}: ${refusal ?? `status ${status}`}`
  return fail('identity provider', found, 'register this address and the client at the provider, letter by letter')
}

function logoutFinding(metadata: Metadata): Finding {
  const can = [
    ...(metadata.end_session_endpoint ? ['a sign-out here ends its session'] : []),
    ...(metadata.backchannel_logout_supported ? ['its sign-out ends sessions here, where /backchannel-logout is registered'] : []),
  ]
  return ok('identity provider', can.length === 0 ? 'offers no sign-out: its own session goes on' : can.join('; '))
}

function ask(address: string): Promise<Response> {
  return fetchFromProvider(address, { method: 'GET', headers: {}, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
}
