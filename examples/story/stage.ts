import { people } from '../idp/people.ts'
import { type Browser, createBrowser } from './browser/browser.ts'
import type { Page } from './browser/page.ts'
import type { Expected } from './ledger.ts'
import type { Demonstration } from './processes/demonstration.ts'

/** Everything that the steps of the story act on. */
export interface Stage {
  readonly demonstration: Demonstration
  /** The browser of Bob, whose session it is about. */
  readonly bob: Browser
  /** The browser of Ada, the administrator. */
  readonly ada: Browser
  /** What the audit must show in the end; every step adds what it did. */
  readonly ledger: Expected[]
  /** Aborts when the story is to end before its time. */
  readonly signal: AbortSignal
}

/** One step of the story. It answers what was seen, and rejects when something else was. */
export interface Step {
  readonly name: string
  readonly run: (stage: Stage) => Promise<string>
}

/** The stage before the first step. */
export function createStage(demonstration: Demonstration, signal: AbortSignal): Stage {
  return { demonstration, bob: createBrowser(), ada: createBrowser(), ledger: [], signal }
}

/** Opens an application, and signs in with the provider's form where it asks for that. */
export async function signIn({ origins }: Demonstration, browser: Browser, login: string, application: 'portal' | 'admin'): Promise<Page> {
  const page = await browser.open(`${origins[application]}/`)
  if (!page.url.startsWith(origins.idp)) return page
  const person = people.find((known) => known.login === login)
  return browser.submit(page, page.form(), { login, password: person?.password ?? '' })
}
