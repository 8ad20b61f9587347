import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { contract, openTestGateway } from '../../src/fixtures/test-gateway.ts'
import { developmentPeople } from '../../src/oidc/development-people.ts'
import { oidc } from '../../src/oidc/oidc.ts'
import type { IdentityProvider } from '../../src/oidc/provider.ts'
import { createLogoutTokens } from '../logout-tokens.ts'
import type { Draw } from './draw.ts'

/** A token that the gateway has issued, and what is known of it. */
export interface KnownToken {
  readonly token: string
  readonly id: string
  readonly subject: string
}

/** A login that a browser has begun: its cookie, and how far it has come. */
export interface LoginUnderWay {
  readonly cookie: string
  readonly state: string
  code: string | null
}

export type FuzzScene = Awaited<ReturnType<typeof openFuzzScene>>

const people = ['ada', 'bob', 'eve']

/** Settings by which a write does not wait: its clock has moved on every time that somebody looks. */
function hastyClock(): () => number {
  let nowMs = 0
  return () => {
    nowMs += 1_000
    return nowMs
  }
}

/** A gateway with everything switched on, and a provider whose logout tokens it believes. */
export async function openFuzzScene(draw: Draw, provider: FuzzProvider) {
  const idp: IdentityProvider = { ...developmentPeople(people.map((subject) => ({ subject, roles: ['user'] }))), ...provider.judge }
  const claimsOf = async (_issuer: string, subject: string) => (people.includes(subject) ? { plan: 'pro', roles: ['user'] } : null)
  const gateway = await openTestGateway({ idp, claimsOf, live: true }, { monotonic: hastyClock() })
  const tokens: KnownToken[] = []
  const logins: LoginUnderWay[] = []
  const tags = new Map<string, string>()
  const issued = new Map<string, string>()
  const subjects = new Map<string, string>()

  /** Remembers a token of the gateway, in the place of an old one where there are many. */
  async function learn(token: string): Promise<void> {
    const id = String(decodeJwt(token).sid)
    const subject = subjects.get(id) ?? (await gateway.store.read([id])).records[0]?.subject ?? ''
    subjects.set(id, subject)
    issued.set(token, id)
    const known = { token, id, subject }
    if (tokens.length < 12) tokens.push(known)
    else tokens[draw.below(tokens.length)] = known
  }

  return {
    ...gateway,
    contract,
    tokens,
    logins,
    /** Ids of all sessions so far and whose they are: none may be shown to whoever shows no token of it. */
    subjects,
    /** Every token so far, letter by letter, and its session: any other spelling of it shows nothing. */
    issued,
    /** The tag that the portal was last shown of each session. */
    tags,
    learn,
    provider,
    signInSomebody: async () => learn(await gateway.signIn(draw.pick(people))),
  }
}

export type FuzzProvider = Awaited<ReturnType<typeof openFuzzProvider>>

/** What a logout token needs: a provider with metadata and keys, on a port of its own. */
export async function openFuzzProvider() {
  let issuer = ''
  let keySet: Awaited<ReturnType<typeof createLogoutTokens>>['keySet'] = () => false
  const server = createServer((req, res) => {
    if (keySet(req, res)) return
    const metadata = { issuer, jwks_uri: `${issuer}/jwks`, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` }
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(metadata))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made = await createLogoutTokens(issuer)
  keySet = made.keySet
  const { judgeLogoutToken } = oidc({ issuer, clientId: 'gateway' })
  return { judge: { judgeLogoutToken }, logoutToken: made.token, close: () => server.close() }
}
