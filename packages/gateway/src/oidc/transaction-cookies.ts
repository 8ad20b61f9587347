import { transactionCookiePrefix, transactionSeconds } from './transaction.ts'

/** 8 KiB: with the session cookie still under the 16 KiB of headers that a Node server takes. */
export const mostBytes = 8_192

const attributes = 'Path=/; HttpOnly; Secure; SameSite=Lax'

/** The `Set-Cookie` value that gives one login to the browser. `Lax`, because the provider sends the browser back from another site. */
export function transactionCookie(name: string, sealed: string): string {
  return `${name}=${sealed}; ${attributes}; Max-Age=${transactionSeconds}`
}

/** The `Set-Cookie` value that takes it back. */
export function transactionCookieRemoval(name: string): string {
  return `${name}=; ${attributes}; Max-Age=0`
}

/**
 * Names of pending logins to drop so that one of `newBytes` fits: a page that keeps beginning logins must not fill the
 * browser's headers until no server takes them. The oldest go first; browsers name older cookies first (RFC 6265 section 5.4).
 */
export function surplusTransactions(cookieHeader: string | null, newBytes: number): readonly string[] {
  const pending = (cookieHeader ?? '').split(';').flatMap((pair) => {
    const [name = ''] = pair.trim().split('=', 1)
    return name.startsWith(transactionCookiePrefix) ? [{ name, bytes: pair.trim().length }] : []
  })
  let bytes = newBytes + pending.reduce((sum, cookie) => sum + cookie.bytes, 0)
  const surplus: string[] = []
  for (const cookie of pending) {
    if (bytes <= mostBytes) break
    surplus.push(cookie.name)
    bytes -= cookie.bytes
  }
  return surplus
}
