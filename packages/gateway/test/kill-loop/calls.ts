import { createBrowser } from '../browser.ts'
import type { Subject } from './subject.ts'

/** An answer, or null when there was none: then nobody knows what became of the call. */
export interface Answer {
  readonly status: number
  readonly etag: string | null
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every call.
  readonly body: any
}

/** One call of the HTTP API. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** 5 s: a process that was killed says so at once; this is for one that hangs. */
const timeoutMs = 5_000

/** Makes one call. Answers that were cut off count as none. */
export async function send(origin: string, key: string, { method, path, token, body, headers }: Call): Promise<Answer | null> {
  try {
    const response = await fetch(origin + path, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        'Contract-Revision': '1',
        ...(token !== undefined && { 'Session-Token': token }),
        ...(body && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, etag: response.headers.get('etag'), body: await response.json() }
  } catch {
    return null
  }
}

/** Signs a person in on the development page; the token of the new session, or null when the gateway died on the way. */
export async function signIn({ origin }: Subject, subject: string): Promise<string | null> {
  try {
    const browser = createBrowser()
    await browser.submit(await browser.open(`${origin}/login`), { subject })
    return browser.jar.valueOf(origin, '__Host-session')
  } catch {
    return null
  }
}

/** The session that a token names; the gateway's signature is not our business here. */
export function sessionIdOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
}
