import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** As narrow as telephones are. */
const narrow = { width: 360, height: 740 }
const usual = { width: 1_280, height: 800 }

/**
 * Looks at a page as people do who use the keyboard, a screen reader, a telephone or a dark screen, and as a script that
 * steals tokens would. Answers what is wrong, nothing when all is well.
 */
export async function inspectPage(page: Page): Promise<readonly string[]> {
  await page.setViewportSize(usual)
  await page.emulateMedia({ colorScheme: 'light' })
  const found = [...(await outline(page)), ...(await accessibility(page)), ...(await keyboard(page)), ...(await tokens(page))]
  await page.emulateMedia({ colorScheme: 'dark' })
  found.push(...(await accessibility(page, ['color-contrast'])).map((problem) => `in the dark: ${problem}`))
  await page.setViewportSize(narrow)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  return width > narrow.width ? [...found, `${width} px wide on a screen of ${narrow.width}`] : found
}

async function outline(page: Page): Promise<string[]> {
  const { headings, lang, title } = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    title: document.title.trim(),
  }))
  return [
    headings !== 1 && `${headings} headings of the first level`,
    lang !== 'en' && `language "${lang}"`,
    title === '' && 'no title',
  ].filter((problem) => problem !== false)
}

/** The rules of axe: labels, names, landmarks, contrast and the like. Those that need a person's judgement are left to persons. */
async function accessibility(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const results = await page.evaluate(
    (only) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        resultTypes: ['violations'],
        ...(only && { runOnly: { type: 'rule', values: only } }),
      }),
    rules,
  )
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}

/** Tab reaches everything that can be acted on, once, in the order of reading, and shows where it is. */
async function keyboard(page: Page): Promise<string[]> {
  const expected = await page.evaluate(() => {
    const actable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
    const all = [...document.querySelectorAll<HTMLElement>(actable)].filter((element) => element.checkVisibility())
    for (const [at, element] of all.entries()) element.dataset['order'] = String(at)
    // The walk begins where somebody begins who has just opened the page.
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
    return all.map((element) => element.outerHTML.slice(0, 80))
  })
  const reached: (string | undefined)[] = []
  const problems: string[] = []
  for (const element of expected) {
    await page.keyboard.press('Tab')
    const { order, outlined } = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement
      const { outlineStyle, outlineWidth } = getComputedStyle(focused)
      return { order: focused.dataset['order'], outlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 }
    })
    reached.push(order)
    if (order !== undefined && !outlined) problems.push(`the focus does not show: ${expected[Number(order)]} after ${element}`)
  }
  const skipped = expected.filter((_, at) => reached[at] !== String(at))
  return [...problems, ...skipped.map((element) => `not in its turn by Tab: ${element}`)]
}

/** Anything that looks like a token: three parts of base64url, the first a JSON object. */
const tokenLike = /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/

/** What a script could read: cookies, storage, and the document with all that a framework has put into it. */
async function tokens(page: Page): Promise<string[]> {
  const readable = await page.evaluate(() => ({
    cookies: document.cookie,
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    document: document.documentElement.outerHTML,
  }))
  return Object.entries(readable).flatMap(([place, text]) => (tokenLike.test(text) ? [`a token in the ${place}`] : []))
}
