/** What core reads of a request. A web `Request` is one; adapters of other frameworks pass a view of theirs. */
export interface RequestHead {
  readonly method: string
  /** Absolute, as the browser addressed it. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
  /** Whether a part of this application that came before, such as a proxy, has shown the token already. Default false. */
  readonly shownBefore?: boolean
}

/** Whether a person's browser will show the answer, rather than a script read it. */
export function isPageNavigation({ headers }: RequestHead): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return (headers.get('accept') ?? '').includes('text/html')
}
