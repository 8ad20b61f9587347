/**
 * Whether an answer is for a person in front of a browser, rather than for a program: then it is a page, else
 * `application/problem+json`. Holds for forms too, so the method does not matter.
 */
export function wantsPage({ headers }: { readonly headers: { get(name: string): string | null } }): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return (headers.get('accept') ?? '').includes('text/html')
}
