import type { SessionErrorCode } from '@single-state/core/protocol'
import { html } from 'hono/html'
import { pageResponse } from './layout.ts'

/** What a failure page tells the person: what happened and what can be done, never what was sent. */
export interface FailureWords {
  readonly title: string
  readonly text: string
}

/** Words for the failures that a person meets while signing in or out. */
const words: Partial<Record<SessionErrorCode, FailureWords>> = {
  request_invalid: {
    title: 'This link does not work',
    text: 'The address that led here is not complete or leads to a place that this service does not know. Go back to the application and start again from there.',
  },
  not_found: {
    title: 'There is no such page',
    text: 'The address may be mistyped, or the page has moved.',
  },
  login_failed: {
    title: 'You are not signed in',
    text: 'The sign-in could not be completed. It may have taken too long, or it was begun in another browser.',
  },
  identity_provider_unavailable: {
    title: 'Signing in is not possible right now',
    text: 'The service that checks who you are does not answer. Whoever is signed in already can go on working. Please try again in a moment.',
  },
  store_unavailable: {
    title: 'This service is not available right now',
    text: 'Nothing has been changed, and nobody has been signed out. Please try again in a moment.',
  },
  cross_site: {
    title: 'Please confirm that it was you',
    text: 'Another site sent your browser here, so nothing has been done.',
  },
  credentials_ambiguous: {
    title: 'Your browser sent two sessions',
    text: 'This service cannot tell which one is meant. Close the browser, open it again and sign in anew.',
  },
}

const otherwise: FailureWords = { title: 'That did not work', text: 'Nothing has been changed. Please try again in a moment.' }

/** The words for a code; for codes that have none of their own, words that are true of all. */
export function failureWords(code: SessionErrorCode): FailureWords {
  return words[code] ?? otherwise
}

/** What a failure page shows. */
export interface FailureView {
  readonly status: number
  readonly words: FailureWords
  /** What the person can do next; a path of the gateway. */
  readonly action: { readonly label: string; readonly href: string } | null
  /** Trace id by which an operator finds the log line, or null. */
  readonly reference: string | null
}

/** A page that says what happened in plain words and offers the way on. */
export function failurePage({ status, words: { title, text }, action, reference }: FailureView): Promise<Response> {
  return pageResponse({
    title,
    status,
    mood: 'warn',
    body: html`<p>${text}</p>
${action ? html`<div class="actions"><a class="button first" href="${action.href}">${action.label}</a></div>` : ''}
${reference ? html`<p class="reference">Reference for support: <code>${reference}</code></p>` : ''}`,
  })
}
