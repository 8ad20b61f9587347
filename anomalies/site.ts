import type { Browser } from './browser.ts'

/**
 * Where a scenario reaches into an application: its store, its callbacks and the middle of its handler. Each may wait at a
 * gate or throw.
 */
export interface Hooks {
  /** In the handler of `POST /set`, after it has read the session and before it writes. */
  meanwhile: () => Promise<void>
  /** Before the store answers a read. */
  storeRead: (key: string) => Promise<void>
  /** Before the store does a write. */
  storeWrite: (key: string) => Promise<void>
  /** In a callback that the library lets its users write. */
  callback: () => void
}

/** Hooks that do nothing. */
export function createHooks(): Hooks {
  return { meanwhile: async () => {}, storeRead: async () => {}, storeWrite: async () => {}, callback: () => {} }
}

/** A small application with sessions, the same with every library. */
export interface Site {
  readonly hooks: Hooks
  /** Signs Ada in, in a new browser. */
  readonly signIn: () => Promise<Browser>
  /** A guarded route: 200 with `Me`, or 401 when nobody is signed in. */
  readonly me: (browser: Browser) => Promise<Response>
  /** A route for everybody: 200 with `{ subject }`, null when nobody is signed in. */
  readonly page: (browser: Browser) => Promise<Response>
  /** Sets one value of the session; 200 says that it is saved. */
  readonly set: (browser: Browser, key: Key) => Promise<Response>
  readonly signOut: (browser: Browser) => Promise<Response>
}

/** The values that a session of the site has. */
export type Key = 'first' | 'second'

/** What `me` answers. */
export type Me = { readonly subject: string } & { readonly [K in Key]?: string | null }

/** The routes of an application that writes its own. */
export const ownRoutes: Pick<Site, 'me' | 'page' | 'set' | 'signOut'> = {
  me: (browser) => browser.get('/me'),
  page: (browser) => browser.get('/page'),
  set: (browser, key) => browser.post(`/set?key=${key}`),
  signOut: (browser) => browser.post('/sign-out'),
}

/** What a browser is shown by `me`; null when it is not 200. */
export async function meOf(site: Site, browser: Browser): Promise<Me | null> {
  const response = await site.me(browser)
  return response.status === 200 ? ((await response.json()) as Me) : null
}

/** Signs out, which has to succeed: 200 or a redirect. */
export async function signOut(site: Site, browser: Browser): Promise<void> {
  const { status } = await site.signOut(browser)
  if (status >= 400) throw new Error(`the sign-out was answered with ${status}`)
}

/** Makes a hook throw at its next call, and never again. */
export function failOnce(): () => Promise<void> {
  let failed = false
  return async () => {
    if (failed) return
    failed = true
    throw new Error('injected: the store is away')
  }
}

/** Makes a hook throw at every call. */
export async function alwaysFail(): Promise<void> {
  throw new Error('injected: the store is away')
}
