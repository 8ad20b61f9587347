import type { BrowserContext, Page } from 'playwright-core'
import { people } from '../idp/people.ts'
import type { Demonstration } from '../story/processes/demonstration.ts'
import { missingHeaders } from './page-headers.ts'

/** Somebody with a browser of their own, in which every tab has the same cookies. */
export interface Visitor {
  readonly context: BrowserContext
  /** The first tab. */
  readonly page: Page
  /** Opens an application in the first tab, and signs in at the provider's form with the keyboard. */
  readonly signIn: (login: string, application?: 'portal' | 'admin') => Promise<void>
  /** The session cookie as the browser keeps it; undefined when there is none. */
  readonly cookie: () => Promise<Cookie | undefined>
  /** What the browser would not load or run for the sake of a page's policy, what scripts have thrown, and headers that a page had not, so far. */
  readonly complaints: readonly string[]
}

type Cookie = Awaited<ReturnType<BrowserContext['cookies']>>[number]

/** 20 s for whatever a page waits for: it takes a hundredth of that. */
const deadlineMs = 20_000

/** Opens the first tab of a browser that has never been anywhere. */
export async function createVisitor({ origins }: Pick<Demonstration, 'origins'>, context: BrowserContext): Promise<Visitor> {
  context.setDefaultTimeout(deadlineMs)
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(error.error().message))
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text())
  })
  const ofApplications = Object.entries(origins).flatMap(([name, origin]) => (name === 'gateway' ? [] : [new URL(origin).origin]))
  context.on('response', (response) => {
    complaints.push(...missingHeaders(response, !ofApplications.includes(new URL(response.url()).origin)))
  })
  const page = await context.newPage()
  return {
    context,
    page,
    complaints,
    async signIn(login, application = 'portal') {
      await page.goto(`${origins[application]}/`)
      await page.getByLabel('User name').fill(login)
      await page.getByLabel('Password').fill(people.find((person) => person.login === login)?.password ?? '')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${origins[application]}/`)
    },
    cookie: async () => (await context.cookies()).find(({ name }) => name === '__Secure-session'),
  }
}
