import { HttpResponse, http, type RequestHandler } from 'msw'

/** What is needed of a test gateway. */
interface Answering {
  readonly origin: string
  readonly fetch: (request: Request) => Promise<Response>
}

/**
 * Handlers for msw that answer every request to the gateway's origin from a test gateway, faults included: for
 * applications whose client runs on the platform's `fetch`. A client over undici is not seen by msw; give it the
 * gateway's `optionsFor` instead.
 *
 * ```ts
 * const server = setupServer(...handlers(gateway))
 * ```
 */
export function handlers(gateway: Answering): RequestHandler[] {
  return [
    http.all(`${gateway.origin}/*`, async ({ request }) => {
      try {
        return await gateway.fetch(request)
      } catch {
        // No answer at all is what msw calls a network error.
        return HttpResponse.error()
      }
    }),
  ]
}
