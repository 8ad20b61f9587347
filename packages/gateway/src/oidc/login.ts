import { assuranceParameters, judgeAssurance } from './asked-assurance.ts'
import type { LoginPorts } from './login-ports.ts'
import { judgeReturnTo } from './return-to.ts'
import { drawTransaction, type PendingLogin, sealTransaction, transactionCookieName } from './transaction.ts'
import { surplusTransactions, transactionCookie, transactionCookieRemoval } from './transaction-cookies.ts'

/**
 * `GET /login?return_to=…&acr_values=…&max_age=…`: begins a login and sends the browser to the provider.
 *
 * Rejections: `request_invalid`, `identity_provider_unavailable`, `store_unavailable`; nothing has begun then.
 */
export async function login(ports: LoginPorts, request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url)
  const returnTo = judgeReturnTo(searchParams.getAll('return_to'), ports.allowedOrigins, ports.origin)
  const transaction = drawTransaction(`${ports.origin}/callback`, judgeAssurance(searchParams))
  const [endingsAtStart, provider] = await Promise.all([ports.endings(), ports.idp.begin(transaction)])
  const sealed = await sealTransaction({ ...transaction, returnTo, endingsAtStart }, ports.transactionKey, ports.now())
  const cookie = transactionCookie(transactionCookieName(transaction.state), sealed)
  const headers = new Headers({ Location: provider.href })
  for (const name of surplusTransactions(request.headers.get('cookie'), cookie.length)) {
    headers.append('Set-Cookie', transactionCookieRemoval(name))
  }
  headers.append('Set-Cookie', cookie)
  return new Response(null, { status: 302, headers })
}

/** The way back to the start of a login, for the page of one that failed. */
export function loginPath({ returnTo, assurance }: Pick<PendingLogin, 'returnTo' | 'assurance'>): string {
  return `/login?${new URLSearchParams({ return_to: returnTo, ...assuranceParameters(assurance) })}`
}
