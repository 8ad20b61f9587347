import type { AnswerHeaders, HeaderChanges } from '@single-state/core/adapter'

/** Of an answer that Next.js is still to make, nothing is known. */
export const answerUnknown: AnswerHeaders = { cacheControl: null, cdnCacheControl: null, vary: null }

/** Puts the session's headers on an answer, its cookie beside those that are there. */
export function applyHeaders(headers: Headers, { set, setCookie }: HeaderChanges): void {
  for (const [name, value] of Object.entries(set)) headers.set(name, value)
  if (setCookie) headers.append('set-cookie', setCookie)
}
