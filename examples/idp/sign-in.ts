import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { codePage, pageHeaders, signInPage } from './pages.ts'
import type { Person } from './people.ts'
import { demonstrationCode, secondFactorAcr, secondFactorReason } from './second-factor.ts'

/** Where the provider sends a browser that has to sign in. */
export const signInPath = '/sign-in'

/** 8 KiB: a login and a password take a hundredth of that. */
const mostFormBytes = 8_192

/** Serves the sign-in form, or the one for the code, judges what is sent with it and hands the result to the provider. */
export async function signIn(provider: Provider, people: readonly Person[], req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { uid, prompt, session } = await provider.interactionDetails(req, res)
  const action = `${signInPath}/${uid}`
  const cancel = `${action}/cancel`
  if (req.url === cancel) return finish(provider, req, res, { error: 'access_denied', error_description: 'the person cancelled' })
  const form = req.method === 'POST' ? await readForm(req) : null
  const isKnown = prompt.reasons.every((reason) => reason === secondFactorReason)
  if (isKnown && session?.accountId !== undefined) {
    if (form?.get('code') !== demonstrationCode) return send(res, form ? 401 : 200, codePage({ action, cancel, failed: form !== null }))
    const { accountId } = session
    return finish(provider, req, res, { login: { accountId, acr: secondFactorAcr, amr: ['pwd', 'otp'], remember: false } })
  }
  if (form === null) return send(res, 200, signInPage({ action, cancel, people, failed: null }))
  const login = form.get('login') ?? ''
  const person = people.find((known) => known.login === login && known.password === form.get('password'))
  if (!person) return send(res, 401, signInPage({ action, cancel, people, failed: login.slice(0, 64) }))
  return finish(provider, req, res, { login: { accountId: person.login, amr: ['pwd'], remember: false } })
}

function finish(provider: Provider, req: IncomingMessage, res: ServerResponse, result: Parameters<Provider['interactionFinished']>[2]) {
  return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false })
}

/** Sends a page as it is. */
export function send(res: ServerResponse, status: number, page: string): void {
  res.writeHead(status, pageHeaders).end(page)
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req) {
    bytes += chunk.length
    if (bytes > mostFormBytes) throw new RangeError(`a form of more than ${mostFormBytes} bytes`)
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
