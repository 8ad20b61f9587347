/** A request that is still being made up. Each step of a mutation changes it in place. */
export interface Draft {
  /** Which call it was before anything was changed. */
  readonly kind: string
  method: string
  /** As it goes into the address, percent-encoded or not. */
  path: string
  query: [name: string, value: string][]
  headers: [name: string, value: string][]
  /** A body as JSON; undefined for none. */
  json: unknown
  /** A body as it is sent, in place of `json`. */
  text: string | Uint8Array<ArrayBuffer> | null
}

/** The value of a header, or undefined. */
export function headerOf({ headers }: Draft, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

/** Sets a header, in place of one of the same name. */
export function setHeader(draft: Draft, wanted: string, value: string): void {
  draft.headers = [...draft.headers.filter(([name]) => name.toLowerCase() !== wanted.toLowerCase()), [wanted, value]]
}

/** The body as it is sent. */
export function bodyOf({ json, text }: Draft): string | Uint8Array<ArrayBuffer> | undefined {
  return text ?? (json === undefined ? undefined : JSON.stringify(json))
}

/** The address without its host. */
function addressOf({ path, query }: Draft): string {
  const pairs = query.map(([name, value]) => `${encodeURIComponent(toWellFormed(name))}=${encodeURIComponent(toWellFormed(value))}`)
  return path + (pairs.length > 0 ? `?${pairs.join('&')}` : '')
}

function toWellFormed(text: string): string {
  return text.toWellFormed()
}

/** The request, or null where `Request` itself refuses to make one: that is for the raw connection. */
export function requestOf(draft: Draft, origin: string): Request | null {
  try {
    const headers = new Headers()
    for (const [name, value] of draft.headers) headers.append(name, value)
    const hasBody = draft.method !== 'GET' && draft.method !== 'HEAD'
    const body = hasBody ? bodyOf(draft) : undefined
    return new Request(origin + addressOf(draft), { method: draft.method, headers, ...(body !== undefined && { body }) })
  } catch {
    return null
  }
}
