import type { HeaderChanges } from '@single-state/core/adapter'

/** Puts the session's headers on an answer, its cookie beside those that are there. */
export function applyHeaders(headers: Headers, { set, setCookie }: HeaderChanges): void {
  for (const [name, value] of Object.entries(set)) headers.set(name, value)
  if (setCookie) headers.append('set-cookie', setCookie)
}
