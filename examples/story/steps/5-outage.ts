import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from '../browser/page.ts'
import { holds, same } from '../expect.ts'
import type { Stage, Step } from '../stage.ts'

/** Unavailable is not signed out. */
export const outage: Step = {
  name: 'an outage',
  async run(stage) {
    const killed = await throughOutage(stage, 'SIGKILL', async () => undefined)
    const expired = await throughOutage(stage, 'SIGTERM', () => untilExpired(stage))
    return `gateway killed: ${killed}; stopped until the token had expired: ${expired}`
  },
}

/** 1 s from the moment the gateway answers again. */
const backWithinMs = 1_000
/** Half a second and a little: until then an application answers from memory, and rightly. */
const leaseOverMs = 600
/** The clocks of applications and gateway may differ by 5 s before a token counts as expired. */
const leewayMs = 5_000

async function throughOutage(stage: Stage, signal: 'SIGKILL' | 'SIGTERM', meanwhile: () => Promise<void>): Promise<string> {
  const { gateway } = stage.demonstration.parts
  const versions = (await openAll(stage)).map((page) => page.fact('version'))
  const token = tokenOf(stage)
  await gateway.stop(signal)
  await wait(leaseOverMs)
  await meanwhile()
  const [portal, billing, workspace] = await openAll(stage)
  for (const page of [portal, billing]) isUnavailable(page)
  await hasUnavailablePage(stage, workspace)
  same('the cookie', tokenOf(stage), token)
  const startedAt = performance.now()
  await gateway.start()
  const upMs = performance.now() - startedAt
  const [pages, backMs] = await untilBack(stage)
  const found = pages.map((page) => page.fact('version'))
  same('the versions after it', found, versions)
  return `503 and cookie kept in all once the leases were over, up after ${Math.round(upMs)} ms, signed in ${Math.round(backMs)} ms later`
}

async function openAll({ demonstration, bob }: Stage): Promise<readonly [Page, Page, Page]> {
  const { portal, billing, workspace } = demonstration.origins
  return [await bob.open(`${portal}/`), await bob.open(`${billing}/`), await bob.open(`${workspace}/`)]
}

function tokenOf({ demonstration, bob }: Stage): string | null {
  return bob.token(`${demonstration.origins.portal}/`)
}

function isUnavailable({ url, status, headers, setCookies, redirects }: Page): void {
  same(`the answer of ${url}`, { status, redirects, setCookies }, { status: 503, redirects: 0, setCookies: [] })
  holds(`${url} says when to try again`, Number(headers['retry-after']) >= 1)
}

/** A page of Next.js cannot choose its status: its `error.tsx` knows by the digest what to say. A handler answers 503. */
async function hasUnavailablePage({ demonstration, bob }: Stage, { status, redirects, setCookies, text }: Page): Promise<void> {
  same('the page of the workspace', { status, redirects, setCookies }, { status: 500, redirects: 0, setCookies: [] })
  holds('the page of the workspace says that it is unavailable', text.includes('single-state:store_unavailable'))
  const { status: answer, headers } = await bob.ask(`${demonstration.origins.workspace}/view`)
  same('the answer of its handler', [answer, headers['set-cookie']], [503, undefined])
  holds('the handler says when to try again', Number(headers['retry-after']) >= 1)
}

async function untilBack(stage: Stage): Promise<[readonly Page[], number]> {
  const upAt = performance.now()
  for (;;) {
    const pages = await openAll(stage)
    const elapsedMs = performance.now() - upAt
    const isBack = pages.every(({ status, redirects }) => status === 200 && redirects === 0)
    holds(`all applications are back within ${backWithinMs} ms of the gateway`, elapsedMs <= backWithinMs)
    if (isBack) return [pages, elapsedMs]
    await wait(20)
  }
}

/** Waits out the life of the token that the browser has, and the leeway between clocks. */
async function untilExpired(stage: Stage): Promise<void> {
  const payload = tokenOf(stage)?.split('.')[1] ?? ''
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp: number }
  const remainingMs = exp * 1_000 + leewayMs - Date.now()
  holds('the token of the story has a short life', remainingMs < 15_000)
  await wait(Math.max(0, remainingMs) + 50, undefined, { signal: stage.signal })
}
