import { issuer, keyOf, origin } from '../../src/fixtures/test-gateway.ts'
import type { Operation } from '../../src/routes/operation.ts'
import { operations } from '../../src/routes/operations.ts'
import { logoutEvent } from '../logout-tokens.ts'
import type { Draft } from './draft.ts'
import type { Draw } from './draw.ts'
import type { FuzzScene, KnownToken } from './fuzz-scene.ts'

// A request of each kind that the gateway would answer, or very nearly: what is random here is what people choose.

const browserKinds = ['home', 'login', 'development', 'callback', 'logoutPage', 'logout', 'loggedOut', 'backchannelLogout'] as const
type BrowserKind = (typeof browserKinds)[number]
type OperationKind = keyof typeof operations

/** Every kind of request there is; the calls of applications come three times as often. */
const kinds: readonly (OperationKind | BrowserKind)[] = [
  ...(Object.keys(operations) as OperationKind[]),
  ...(['readSession', 'readSessions', 'updateSession', 'updateSession', 'publishSignal', 'exchangeToken', 'endSession'] as const),
  ...browserKinds,
]

const applications = ['portal', 'billing', 'desk', 'admin'] as const

/** A request that nothing is wrong with yet. */
export async function validDraft(draw: Draw, scene: FuzzScene): Promise<Draft> {
  const kind = draw.pick(kinds)
  return kind in operations ? operationDraft(kind as OperationKind, draw, scene) : browserDraft(kind as BrowserKind, draw, scene)
}

function draftOf(kind: string, method: string, path: string, members: Partial<Draft> = {}): Draft {
  return { kind, method, path, query: [], headers: [], json: undefined, text: null, ...members }
}

function operationDraft(kind: OperationKind, draw: Draw, scene: FuzzScene): Draft {
  const operation: Operation = operations[kind]
  const known = draw.pick(scene.tokens)
  const application = operation.proof === 'operator' || kind.endsWith('Others') ? draw.pick(['admin', 'portal']) : draw.pick(applications)
  const draft = draftOf(kind, operation.method.toUpperCase(), pathOf(operation, draw, known))
  draft.headers.push(['Contract-Revision', draw.pick(['3', '3', '1', '4'])])
  if (operation.proof !== 'none')
    draft.headers.push(['Authorization', `Bearer ${keyOf(operation.proof === 'session' ? 'portal' : application)}`])
  if (operation.proof === 'session' || (operation.actor && draw.once(3))) draft.headers.push(['Session-Token', known.token])
  if (operation.forProxies) draft.headers.push(['Cookie', `__Host-session=${known.token}`])
  draft.headers.push(...conditionsOf(operation, draw, scene.tags.get(known.id)))
  if (operation.query && draw.once(2)) draft.query.push(['limit', String(1 + draw.below(500))], ['after', String(draw.below(20))])
  draft.json = jsonOf(kind, draw, scene)
  if (draft.json !== undefined) draft.headers.push(['Content-Type', 'application/json'])
  return draft
}

function pathOf({ path, forProxies }: Operation, draw: Draw, { id, subject }: KnownToken): string {
  const names: Readonly<Record<string, string>> = {
    id,
    issuer: encodeURIComponent(issuer),
    subject: encodeURIComponent(subject),
    name: draw.pick(['tenantChanged', 'ping', 'none']),
  }
  return path.replaceAll(/:(\w+)/g, (_whole, name: string) => names[name] ?? name) + (forProxies ? draw.pick(['', '/', '/orders/7']) : '')
}

function conditionsOf({ headers = [] }: Operation, draw: Draw, etag: string | undefined): [string, string][] {
  const tag = etag ?? '"1-AAAAAAAA.AAAAAAAA"'
  return headers.flatMap((name): [string, string][] => {
    if (name !== 'Idempotency-Key') return [[name, draw.pick([tag, tag, tag, '*', `W/${tag}`])]]
    return draw.once(2) ? [[name, `key-${draw.below(20)}`]] : []
  })
}

function jsonOf(kind: OperationKind, draw: Draw, { tokens, tags }: FuzzScene): unknown {
  const reason = draw.pick(['tenant.switch', 'tenant.leave', 'theme.pick', 'support.case_7'])
  switch (kind) {
    case 'readSessions':
      return { reads: Array.from({ length: 1 + draw.below(4) }, () => readOf(draw.pick(tokens), draw, tags)) }
    case 'updateSession':
      return {
        reason,
        set: draw.pick([{ 'context.tenant': 'acme' }, { 'context.theme': 'dark' }, { 'context.tenant': null, 'context.theme': 'x' }, {}]),
        ...(draw.once(4) && { unset: ['context.theme'] }),
        ...(draw.once(4) && { settle: 'commit' }),
      }
    case 'publishSignal':
      return { value: draw.pick([{ tenant: 'acme' }, 'ping']) }
    case 'exchangeToken':
      return {}
    case 'heartbeat':
      return { epoch: draw.pick(['', 'e']), since: draw.below(30), process: `p${draw.below(3)}` }
    case 'endSubject':
      return { reason, ...(draw.once(2) && { except: draw.pick(tokens).id }) }
    case 'endAll':
      return { reason, confirm: draw.once(12) ? 'end-all' : 'no' }
    case 'rotateKeys':
      return { reason, compromised: draw.once(8) }
    case 'endSession':
    case 'endOthers':
    case 'endAnySession':
    case 'refreshSubject':
      return { reason }
    default:
      return undefined
  }
}

function readOf({ token, id }: KnownToken, draw: Draw, tags: ReadonlyMap<string, string>): object {
  const etag = tags.get(id)
  return { token, ...(etag !== undefined && draw.once(2) && { etag }) }
}

const returnAddresses = ['http://localhost:4410/', 'http://localhost:4411/orders?page=2', `${origin}/`]

async function browserDraft(kind: BrowserKind, draw: Draw, scene: FuzzScene): Promise<Draft> {
  const page: [string, string][] = draw.once(2) ? [['Accept', 'text/html']] : [['Sec-Fetch-Mode', 'navigate']]
  const cookie: [string, string] = ['Cookie', `__Host-session=${draw.pick(scene.tokens).token}`]
  const way: [string, string][] = [['return_to', draw.pick(returnAddresses)]]
  const headers = [...(draw.once(2) ? page : []), ...(draw.once(2) ? [cookie] : [])]
  const login = scene.logins.length > 0 ? draw.pick(scene.logins) : null
  const state = login?.state ?? 'A'.repeat(43)
  switch (kind) {
    case 'home':
      return draftOf(kind, 'GET', '/', { headers })
    case 'login':
      return draftOf(kind, 'GET', '/login', {
        headers,
        query: draw.once(3) ? [...way, ['acr_values', 'urn:acr:2'], ['max_age', '60']] : way,
      })
    case 'development':
      if (draw.once(2)) return draftOf(kind, 'GET', '/development/sign-in', { headers, query: [['state', state]] })
      return formDraft(draftOf(kind, 'POST', '/development/sign-in', { headers }), { state, subject: draw.pick(['ada', 'bob']) })
    case 'callback':
      return draftOf(kind, 'GET', '/callback', {
        headers: [...page, ['Cookie', [login?.cookie, ...(draw.once(2) ? [cookie[1]] : [])].join('; ')]],
        query: [
          ['state', state],
          ['code', login?.code ?? 'none'],
        ],
      })
    case 'logoutPage':
      return draftOf(kind, 'GET', '/logout', { headers, query: way })
    case 'logout': {
      const own: [string, string] = draw.once(2) ? ['Origin', origin] : ['Sec-Fetch-Site', 'same-origin']
      return formDraft(draftOf(kind, 'POST', '/logout', { headers: [...headers, own] }), { return_to: draw.pick(returnAddresses) })
    }
    case 'loggedOut':
      return draftOf(kind, 'GET', '/logout/done', { headers, query: [['state', draw.pick(returnAddresses)]] })
    case 'backchannelLogout':
      return formDraft(draftOf(kind, 'POST', '/backchannel-logout'), { logout_token: await logoutToken(draw, scene) })
  }
}

function logoutToken(draw: Draw, { provider }: FuzzScene): Promise<string> {
  const claims = draw.pick<Record<string, unknown>>([
    { sub: 'eve' },
    { sub: undefined, sid: 'one' },
    { sub: 'eve', sid: 'one' },
    { nonce: 'n' },
    { events: {} },
    { events: { [logoutEvent]: [] } },
    { aud: ['gateway', 'other'] },
    { exp: draw.pick([0, -1, 1e308, 'soon', null]) },
    { sub: { length: 1 }, jti: [] },
  ])
  return provider.logoutToken({ claims, signedBy: draw.pick(['RS256', 'RS256', 'RS256', 'ES256', 'HS256', 'none', 'stranger']) })
}

function formDraft(draft: Draft, members: Readonly<Record<string, string>>): Draft {
  draft.headers.push(['Content-Type', 'application/x-www-form-urlencoded'])
  draft.text = new URLSearchParams(members).toString()
  return draft
}
