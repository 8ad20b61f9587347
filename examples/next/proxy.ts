import { session } from './session.ts'

/** Renews tokens and tells pages their address. It guards nothing: that is done where the data is. */
export const proxy = session.proxy

// Pages only: handlers and actions write their own cookies.
export const config = { matcher: '/((?!healthz|view|_next/static|_next/image|favicon.ico).*)' }
