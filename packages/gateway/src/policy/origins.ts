import { isLoopback } from '@single-state/core/protocol'

/**
 * Checks an origin: scheme, host and port, nothing else. Plain http is for this machine only, since the cookie and the
 * application key travel with it.
 *
 * @throws TypeError that names the option and the fix.
 */
export function checkOrigin(text: unknown, option: string): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.origin !== text) {
    throw new TypeError(
      `${option}: expected an origin such as 'https://session.example.com', without path or slash, found ${JSON.stringify(text)}`,
    )
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url
  throw new TypeError(`${option}: expected https, since ${url.hostname} is not this machine; found ${JSON.stringify(text)}`)
}
