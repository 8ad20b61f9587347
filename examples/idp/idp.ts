import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import Provider, { type ClientMetadata, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { memoryAdapters } from './memory-adapter.ts'
import { messagePage, pageHeaders, signOutPage } from './pages.ts'
import { people as everybody, type Person } from './people.ts'
import { secondFactorAcr, signInPolicy } from './second-factor.ts'
import { send, signIn, signInPath } from './sign-in.ts'

/** How the provider is reached and the one client that it knows. */
export interface IdpOptions {
  /** Its own address, such as `http://localhost:4401`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** The gateway's `/callback`. */
  readonly redirectUris: readonly string[]
  /** The gateway's `/logout/done`. */
  readonly postLogoutRedirectUris: readonly string[]
  /** The gateway's `/backchannel-logout`: told when somebody signs out here. Default: nobody is told. */
  readonly backchannelLogoutUri?: string
  /** Default: Ada, Bob and Carol. */
  readonly people?: readonly Person[]
}

/** A provider that answers requests, on a server of its own or on one that is there. */
export interface Idp {
  readonly handler: RequestListener
  /** Listens on the loopback interface; 0 takes any free port. Rejects when the port is taken. */
  listen(port: number): Promise<{ readonly port: number; close(): Promise<void> }>
}

/** 8 hours: one day at work. */
const sessionSeconds = 28_800

/** Makes a provider that forgets everything when the process ends: its keys, its sessions, its codes. */
export async function createIdp(options: IdpOptions): Promise<Idp> {
  const people = options.people ?? everybody
  const provider = new Provider(options.issuer, configuration(options, people, await signingKey()))
  const answer = provider.callback()
  const handler: RequestListener = (req, res) => {
    if (!req.url?.startsWith(`${signInPath}/`)) return void answer(req, res)
    signIn(provider, people, req, res).catch((error: unknown) => {
      const gone = error instanceof errors.SessionNotFound
      send(
        res,
        gone ? 400 : 500,
        messagePage('That did not work', gone ? 'This sign-in is over. Go back to the application and start again.' : 'Please try again.'),
      )
    })
  }
  return { handler, listen: (port) => listen(createServer(handler), port) }
}

function configuration(options: IdpOptions, people: readonly Person[], key: KeyObject): Configuration {
  return {
    adapter: memoryAdapters(),
    clients: [clientOf(options)],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: randomBytes(8).toString('base64url'), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    // The roles belong into the ID token, so that the gateway needs no second request.
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'acr', 'amr', 'roles', 'plan', 'tenants'], profile: ['name'] },
    acrValues: [secondFactorAcr],
    scopes: ['openid', 'profile'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    // The library reaches no loopback address by itself; the one that is asked here is the gateway's, which is configured.
    fetch: (url, init) => fetch(url, { ...init, dispatcher: undefined } as RequestInit),
    findAccount: (_ctx, login) => accountOf(people, login),
    loadExistingGrant: firstPartyGrant,
    interactions: { url: (_ctx, { uid }) => `${signInPath}/${uid}`, policy: signInPolicy() },
    renderError: (ctx, { error }) => show(ctx, messagePage('That did not work', `The request could not be answered (${error}).`)),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: sessionSeconds, Grant: sessionSeconds },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => show(ctx, signOutPage(form)),
        postLogoutSuccessSource: (ctx) => show(ctx, messagePage('Signed out', 'You can close this page.')),
      },
    },
  }
}

function clientOf({ clientId, clientSecret, redirectUris, postLogoutRedirectUris, backchannelLogoutUri }: IdpOptions): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    require_auth_time: true,
    // The ID token then carries `sid`, so that signing out in one browser leaves the person's others alone.
    ...(backchannelLogoutUri && { backchannel_logout_uri: backchannelLogoutUri, backchannel_logout_session_required: true }),
  }
}

async function accountOf(people: readonly Person[], login: string) {
  const person = people.find((known) => known.login === login)
  if (!person) return undefined
  const { name, roles, plan, tenants } = person
  return { accountId: login, claims: async () => ({ sub: login, name, roles: [...roles], plan, tenants: [...tenants] }) }
}

/** The one client is the organisation's own gateway, so nobody is asked for consent. */
async function firstPartyGrant({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const known = session.grantIdFor(client.clientId)
  const grant =
    (known && (await provider.Grant.find(known))) || new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid profile')
  await grant.save()
  return grant
}

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.set(pageHeaders)
  ctx.body = page
}

async function signingKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })).privateKey
}

function listen(server: Server, port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', () => resolve({ port: (server.address() as AddressInfo).port, close: () => close(server) }))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
