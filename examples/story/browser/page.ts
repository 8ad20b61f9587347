import type { IncomingHttpHeaders } from 'node:http'
import { type Form, formsIn, textOf } from './forms.ts'
import type { Answer } from './send.ts'

/** What a browser shows after the last redirect. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** How many redirects led here. */
  readonly redirects: number
  /** The `Set-Cookie` values of every answer on the way. */
  readonly setCookies: readonly string[]
  /**
   * A fact that the page shows (`data-fact`).
   *
   * @throws Error when it shows no such fact.
   */
  readonly fact: (name: string) => string
  /** As `fact`, and null where the page does not show it. */
  readonly factOrNull: (name: string) => string | null
  /**
   * A form, by its id; without one the only form or the first.
   *
   * @throws Error when there is none.
   */
  readonly form: (id?: string) => Form
}

/** Makes a page of the last answer. */
export function createPage(url: string, { status, headers, text }: Answer, way: Pick<Page, 'redirects' | 'setCookies'>): Page {
  const missing = (what: string) => new Error(`expected ${what} at ${url}, found status ${status} and "${titleOf(text)}"`)
  const factOrNull = (name: string) => {
    const inside = new RegExp(`data-fact="${name}">([^<]*)<`).exec(text)?.[1]
    return inside === undefined ? null : textOf(inside)
  }
  return {
    ...way,
    url,
    status,
    headers,
    text,
    factOrNull,
    fact(name) {
      const fact = factOrNull(name)
      if (fact === null) throw missing(`the fact "${name}"`)
      return fact
    },
    form(id) {
      const form = formsIn(text, url).find((one) => id === undefined || one.id === id)
      if (!form) throw missing(id === undefined ? 'a form' : `the form "${id}"`)
      return form
    },
  }
}

function titleOf(html: string): string {
  return textOf(/<title>([^<]*)</.exec(html)?.[1] ?? '')
}
