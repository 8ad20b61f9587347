import type { SessionClientOptions, SessionResult } from '@single-state/core'
import type { AdapterView } from './contract.ts'

/** What the author of an adapter supplies: one application in the adapter's framework. */
export interface AdapterFixture {
  /** Names the adapter in the titles of the tests. */
  readonly name: string
  /**
   * Starts an application that serves `AdapterRoutes` with a session made of `adapterTestContract` and `given.options`.
   * Called for each test, so nothing may be shared between two starts.
   */
  start(given: AdapterStart): AdapterApplication | Promise<AdapterApplication>
  /**
   * Behaviours that a place of the framework cannot have, each by its title, or a whole group by its name, with the reason.
   * They are reported as skipped. Default none.
   */
  readonly notApplicable?: Readonly<Record<string, string>>
}

/** What an application is started with. */
export interface AdapterStart {
  /** For the adapter's `createSession`. */
  readonly options: SessionClientOptions<'app'>
  /** How browsers address the application; a request's URL begins with it, or its `Host` header says so. */
  readonly origin: string
  /** `GET /paused` waits for this between its two reads; the suite decides how long. */
  readonly pause: () => Promise<void>
}

/** A started application. On a Node.js server `serveNode` makes one. */
export interface AdapterApplication {
  /** Sends a request with exactly these headers, a `Cookie` and `Sec-Fetch-…` included, and follows no redirect. */
  fetch(path: string, init: AdapterRequest): Promise<Response>
  close(): Promise<void>
}

/** A request of the suite. */
export interface AdapterRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** The suite sends none; a fixture that has to wrap its requests may. */
  readonly body?: string
  readonly signal?: AbortSignal
}

/**
 * The routes of a fixture, with the JSON that each answers with. `require` goes before the handler, and the handler takes
 * the session from where the adapter publishes it; `get` and the others are called with the request. What they reject with
 * is left to the adapter, as an application would leave it.
 */
export interface AdapterRoutes {
  /** No session is asked for. */
  'GET /untouched': { readonly ok: true }
  /** `get` */
  'GET /whoami': { readonly session: AdapterView | null }
  /** `resolve`, as it is. */
  'GET /resolved': SessionResult<AdapterView>
  /** `require()` */
  'GET /required': Held
  /** `require()` */
  'POST /required': Held
  /**
   * `require()` before a router that is mounted at `/nested`, where the framework has such; the router uses the session's
   * middleware once more, and `require()` again.
   */
  'GET /nested/required': Held
  /** `require({ where })` with a rule that throws `new Error('broken rule')`; as `GET /throws` */
  'GET /broken-rule': { readonly caught: string }
  /** `require({ where })`, for those whose `entitlements.roles` include `admin` */
  'GET /admins': Held
  /** `require({ expect: { 'context.tenant': 'acme' } })` */
  'GET /acme': Held
  /** `require` with a function of the request: as `GET /acme`, for the tenant that the address names */
  'GET /tenants/acme': Held
  'GET /tenants/globex': Held
  /** `require({ assurance: { acr: 'urn:mfa', maxAge: '5m' } })` */
  'GET /transfer': Held
  /** `require({ freshness: { maxAge: '5s' } })` */
  'GET /recent': Held
  /** `require({ outageGrace: '10s' })` */
  'GET /grace': Held
  /** `require({ fresh: true, outageGrace: '10s' })` */
  'GET /fresh': Held
  /** `update('tenant.switch', { 'context.tenant': 'globex' })`: the bare form */
  'POST /tenant': Held
  /** `update('visit.count', …)` with a function that adds 1 to `context.visits` */
  'POST /visits': Held
  /** `require({ outageGrace: '10s' })`, then the update of `POST /visits` */
  'POST /grace': Held
  /** `get`, then the update of `POST /visits`, then `get` */
  'POST /visit-and-look': { readonly before: AdapterView | null; readonly after: AdapterView | null }
  /** `publish('tenantChanged', { tenant: 'globex' })`, then `get` */
  'POST /announce': { readonly session: AdapterView | null }
  /** `signOut()`, then `get` */
  'POST /sign-out': { readonly session: AdapterView | null }
  /** `get`, and `Set-Cookie: theme=dark` */
  'GET /own-cookie': { readonly session: AdapterView | null }
  /** `get`, and two headers: `Set-Cookie: theme=dark`, `Set-Cookie: size=large` */
  'GET /two-cookies': { readonly session: AdapterView | null }
  /** `Cache-Control: public, max-age=60`, then `get` */
  'GET /cacheable': { readonly session: AdapterView | null }
  /** `Cache-Control: public, max-age=60` and `CDN-Cache-Control: max-age=600` by something that goes before `require()` */
  'GET /cacheable-required': Held
  /** `get`, and `Cache-Control: no-cache` */
  'GET /revalidated': { readonly session: AdapterView | null }
  /** `get`, and `Vary: Accept-Language` */
  'GET /varies': { readonly session: AdapterView | null }
  /** `get`, then throws `new Error('broken handler')`. The framework's own error handler answers 500 with its message. */
  'GET /throws': { readonly caught: string }
  /** `get` twice at once, then `get` again. */
  'GET /thrice': { readonly sessions: readonly (AdapterView | null)[] }
  /** `require()`; the handler waits for `pause()`, then calls `get`: `held` is what `require` published. */
  'GET /paused': { readonly held: AdapterView; readonly read: AdapterView | null }
}

interface Held {
  readonly session: AdapterView
}
