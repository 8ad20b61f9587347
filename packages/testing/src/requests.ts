import type { AnyContract } from '@single-state/core'
import type { Person } from './people.ts'
import type { SignedIn } from './sign-in.ts'

/** A request to make: who sends it, and the request itself. */
export interface RequestOptions<C extends AnyContract = AnyContract> extends Person<C> {
  /** A session that exists already. Default: the person signs in now. */
  readonly session?: SignedIn
  /** A path of the application, or a whole URL. Default `'/'`. */
  readonly url?: string
  /** Default `'GET'`. */
  readonly method?: string
  /** In addition to ours, or instead of them where the names are the same. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | null
  /** How the session is shown: by a browser's cookie, or as another application does. Default `'cookie'`. */
  readonly as?: 'cookie' | 'bearer'
}

type Enter<C extends AnyContract> = (person: Person<C>) => Promise<SignedIn>

/** The headers of a request with a session: what a page of the application's own would send. */
export async function signedHeaders<C extends AnyContract>(options: RequestOptions<C>, enter: Enter<C>): Promise<Record<string, string>> {
  const { token, cookie } = options.session ?? (await enter(options))
  const shown = options.as === 'bearer' ? { authorization: `Bearer ${token}` } : { cookie, 'sec-fetch-site': 'same-origin' }
  return { ...shown, ...options.headers }
}

/** A web request with a session. */
export async function signedRequest<C extends AnyContract>(origin: string, options: RequestOptions<C>, enter: Enter<C>): Promise<Request> {
  const { url = '/', method = 'GET', body = null } = options
  return new Request(new URL(url, origin), { method, body, headers: await signedHeaders(options, enter) })
}
