import type { Page, Response } from 'playwright-core'

/** What a page shows of the session (`data-fact`). Rejects when it does not show it. */
export async function fact(page: Page, name: string): Promise<string | null> {
  return page.locator(`[data-fact="${name}"]`).first().textContent()
}

/** Waits until a page shows a fact. */
export async function shows(page: Page, name: string, text: string): Promise<void> {
  await page
    .locator(`[data-fact="${name}"]`, { hasText: new RegExp(`^${text}$`) })
    .first()
    .waitFor()
}

/** Waits until a page with this heading is there, and its title; rejects with what is there instead. */
export async function arrives(page: Page, heading: string): Promise<void> {
  const found = page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  await found.catch(async (cause: unknown) => {
    const text = await page.locator('main').first().textContent()
    throw new Error(`expected ${JSON.stringify(heading)} at ${page.url()}, found ${JSON.stringify(text?.slice(0, 300))}`, { cause })
  })
  // React puts a page up first and its title a moment later.
  await page.waitForFunction(() => document.title !== '')
}

/** Presses a button or follows a link as the keyboard does. What comes of it is to be waited for. */
export async function press(page: Page, role: 'button' | 'link', name: string): Promise<void> {
  await page.getByRole(role, { name, exact: true }).press('Enter')
}

/** Presses a button that sends a form, and answers how the server has answered it, after redirects. */
export async function send(page: Page, button: string): Promise<Response | null> {
  const [answer] = await Promise.all([page.waitForNavigation(), press(page, 'button', button)])
  return answer
}

/** Chooses the organisation in a form that is there, and sends it. */
export async function chooseTenant(page: Page, tenant: string): Promise<void> {
  await page.getByLabel('Work for').selectOption(tenant)
  await press(page, 'button', 'Switch')
}

/** The addresses of all documents that were asked for meanwhile, redirects included. */
export async function addressesDuring(page: Page, act: () => Promise<unknown>): Promise<readonly string[]> {
  const addresses: string[] = []
  const note = (request: { isNavigationRequest(): boolean; url(): string }) => {
    if (request.isNavigationRequest()) addresses.push(request.url())
  }
  page.on('request', note)
  await act().finally(() => page.off('request', note))
  return addresses
}
